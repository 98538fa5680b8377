// syspulse.v1.ProcessService: processes of one host, or of the whole fleet.
#ifndef SERVICES_API_PROCESS_SERVICE_H_
#define SERVICES_API_PROCESS_SERVICE_H_

#include "services/api/api_context.h"
#include "syspulse/v1/process_service.grpc.pb.h"

namespace syspulse {

using ProcessServiceMethods = v1::ProcessService::WithCallbackMethod_ListProcesses<
    v1::ProcessService::WithRawCallbackMethod_WatchProcesses<v1::ProcessService::Service>>;

// Thread-safe.
class ProcessService final : public ProcessServiceMethods {
 public:
  explicit ProcessService(const ApiContext& api);

  grpc::ServerUnaryReactor* ListProcesses(grpc::CallbackServerContext* context,
                                          const v1::ListProcessesRequest* request,
                                          v1::ListProcessesResponse* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchProcesses(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;

 private:
  const ApiContext api_;
};

}  // namespace syspulse

#endif  // SERVICES_API_PROCESS_SERVICE_H_
