// syspulse.v1.IngestService: takes what agents measure, and what others scraped.
#ifndef SERVICES_API_INGEST_SERVICE_H_
#define SERVICES_API_INGEST_SERVICE_H_

#include <atomic>

#include "services/api/api_context.h"
#include "services/api/schema_pool.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"

namespace syspulse {

using IngestServiceMethods = v1::IngestService::WithRawCallbackMethod_PushFrames<
    v1::IngestService::WithRawCallbackMethod_PushMetrics<
        v1::IngestService::WithRawCallbackMethod_WriteSeries<
            v1::IngestService::WithCallbackMethod_ImportSeries<v1::IngestService::Service>>>>;

// Thread-safe.
class IngestService final : public IngestServiceMethods {
 public:
  explicit IngestService(const ApiContext& api);

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* PushFrames(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* PushMetrics(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* WriteSeries(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ImportSeries(grpc::CallbackServerContext* context,
                                         const v1::ImportSeriesRequest* request,
                                         v1::ImportSeriesResponse* response) override;

 private:
  const ApiContext api_;
  SchemaPool pool_;
  std::atomic<int> imports_ = 0;  // that run
};

}  // namespace syspulse

#endif  // SERVICES_API_INGEST_SERVICE_H_
