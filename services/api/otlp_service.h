// opentelemetry.proto.collector.metrics.v1.MetricsService: takes what OpenTelemetry sends.
#ifndef SERVICES_API_OTLP_SERVICE_H_
#define SERVICES_API_OTLP_SERVICE_H_

#include "opentelemetry/proto/collector/metrics/v1/metrics_service.grpc.pb.h"
#include "services/api/api_context.h"

namespace syspulse {

// Thread-safe.
class OtlpService final
    : public opentelemetry::proto::collector::metrics::v1::MetricsService::
          WithRawCallbackMethod_Export<
              opentelemetry::proto::collector::metrics::v1::MetricsService::Service> {
 public:
  explicit OtlpService(const ApiContext& api);

  grpc::ServerUnaryReactor* Export(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;

 private:
  const ApiContext api_;
};

}  // namespace syspulse

#endif  // SERVICES_API_OTLP_SERVICE_H_
