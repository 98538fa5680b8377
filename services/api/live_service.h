// syspulse.v1.LiveService: any mix of live values in one stream.
#ifndef SERVICES_API_LIVE_SERVICE_H_
#define SERVICES_API_LIVE_SERVICE_H_

#include "services/api/api_context.h"
#include "syspulse/v1/live_service.grpc.pb.h"

namespace syspulse {

using LiveServiceMethods = v1::LiveService::WithRawCallbackMethod_Watch<v1::LiveService::Service>;

// Thread-safe.
class LiveService final : public LiveServiceMethods {
 public:
  explicit LiveService(const ApiContext& api);

  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request) override;

 private:
  const ApiContext api_;
};

}  // namespace syspulse

#endif  // SERVICES_API_LIVE_SERVICE_H_
