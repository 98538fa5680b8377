// syspulse.v1.HostService: lists, names and forgets hosts.
#ifndef SERVICES_API_HOST_SERVICE_H_
#define SERVICES_API_HOST_SERVICE_H_

#include "services/api/api_context.h"
#include "syspulse/v1/host_service.grpc.pb.h"

namespace syspulse {

using HostServiceMethods = v1::HostService::WithCallbackMethod_ListHosts<
    v1::HostService::WithCallbackMethod_GetHost<v1::HostService::WithCallbackMethod_UpdateHost<
        v1::HostService::WithCallbackMethod_DeleteHost<
            v1::HostService::WithRawCallbackMethod_WatchHosts<v1::HostService::Service>>>>>;

// Thread-safe.
class HostService final : public HostServiceMethods {
 public:
  explicit HostService(const ApiContext& api);

  grpc::ServerUnaryReactor* ListHosts(grpc::CallbackServerContext* context,
                                      const v1::ListHostsRequest* request,
                                      v1::ListHostsResponse* response) override;
  grpc::ServerUnaryReactor* GetHost(grpc::CallbackServerContext* context,
                                    const v1::GetHostRequest* request,
                                    v1::GetHostResponse* response) override;
  grpc::ServerUnaryReactor* UpdateHost(grpc::CallbackServerContext* context,
                                       const v1::UpdateHostRequest* request,
                                       v1::UpdateHostResponse* response) override;
  grpc::ServerUnaryReactor* DeleteHost(grpc::CallbackServerContext* context,
                                       const v1::DeleteHostRequest* request,
                                       v1::DeleteHostResponse* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchHosts(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request) override;

 private:
  const ApiContext api_;
};

}  // namespace syspulse

#endif  // SERVICES_API_HOST_SERVICE_H_
