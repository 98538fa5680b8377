// syspulse.v1.QueryService: what was measured, in PromQL.
#ifndef SERVICES_API_QUERY_SERVICE_H_
#define SERVICES_API_QUERY_SERVICE_H_

#include "services/api/api_context.h"
#include "services/base/clock.h"
#include "services/promql/engine.h"
#include "syspulse/v1/query_service.grpc.pb.h"

namespace syspulse {

using QueryServiceMethods =
    v1::QueryService::WithCallbackMethod_Query<v1::QueryService::WithCallbackMethod_QueryRange<
        v1::QueryService::WithRawCallbackMethod_WatchQuery<
            v1::QueryService::WithCallbackMethod_ListSeries<
                v1::QueryService::WithCallbackMethod_ListLabels<
                    v1::QueryService::WithCallbackMethod_ListLabelValues<
                        v1::QueryService::WithCallbackMethod_ExportSeries<
                            v1::QueryService::Service>>>>>>>;

// Thread-safe.
class QueryService final : public QueryServiceMethods {
 public:
  explicit QueryService(const ApiContext& api);

  grpc::ServerUnaryReactor* Query(grpc::CallbackServerContext* context,
                                  const v1::QueryRequest* request,
                                  v1::QueryResponse* response) override;
  grpc::ServerUnaryReactor* QueryRange(grpc::CallbackServerContext* context,
                                       const v1::QueryRangeRequest* request,
                                       v1::QueryRangeResponse* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchQuery(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* ListSeries(grpc::CallbackServerContext* context,
                                       const v1::ListSeriesRequest* request,
                                       v1::ListSeriesResponse* response) override;
  grpc::ServerUnaryReactor* ListLabels(grpc::CallbackServerContext* context,
                                       const v1::ListLabelsRequest* request,
                                       v1::ListLabelsResponse* response) override;
  grpc::ServerUnaryReactor* ListLabelValues(grpc::CallbackServerContext* context,
                                            const v1::ListLabelValuesRequest* request,
                                            v1::ListLabelValuesResponse* response) override;

  grpc::ServerWriteReactor<v1::ExportSeriesResponse>* ExportSeries(
      grpc::CallbackServerContext* context, const v1::ExportSeriesRequest* request) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Evaluate(const Request& request, Response* response);

  const ApiContext api_;
};

}  // namespace syspulse

#endif  // SERVICES_API_QUERY_SERVICE_H_
