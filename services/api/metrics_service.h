// syspulse.v1.MetricsService: what hosts are doing now.
#ifndef SERVICES_API_METRICS_SERVICE_H_
#define SERVICES_API_METRICS_SERVICE_H_

#include "services/api/api_context.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"

namespace syspulse {

using MetricsServiceMethods = v1::MetricsService::WithCallbackMethod_GetSnapshot<
    v1::MetricsService::WithRawCallbackMethod_WatchSnapshots<
        v1::MetricsService::WithRawCallbackMethod_WatchFrames<
            v1::MetricsService::WithCallbackMethod_ListMetrics<v1::MetricsService::Service>>>>;

// Thread-safe.
class MetricsService final : public MetricsServiceMethods {
 public:
  explicit MetricsService(const ApiContext& api);

  grpc::ServerUnaryReactor* GetSnapshot(grpc::CallbackServerContext* context,
                                        const v1::GetSnapshotRequest* request,
                                        v1::GetSnapshotResponse* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchSnapshots(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchFrames(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* ListMetrics(grpc::CallbackServerContext* context,
                                        const v1::ListMetricsRequest* request,
                                        v1::ListMetricsResponse* response) override;

 private:
  const ApiContext api_;
};

}  // namespace syspulse

#endif  // SERVICES_API_METRICS_SERVICE_H_
