#include "services/api/query_service.h"

#include "services/api/call.h"
#include "services/api/export_call.h"
#include "services/api/query_call.h"
#include "services/api/query_evaluator.h"

namespace syspulse {

QueryService::QueryService(const ApiContext& api) : api_(api) {}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* QueryService::Evaluate(const Request& request, Response* response) {
  const absl::Status allowed = api_.access->Check(*Request::descriptor());
  return QueryCall<Response>::Open(
      api_, allowed.ok() ? TimeoutOf(request) : allowed, response,
      [request](const QueryEvaluator& queries, const std::stop_token& stop, Response* filled) {
        return queries.Answer(request, stop, filled);
      });
}

grpc::ServerUnaryReactor* QueryService::Query(grpc::CallbackServerContext*,
                                              const v1::QueryRequest* request,
                                              v1::QueryResponse* response) {
  return Evaluate(*request, response);
}

grpc::ServerUnaryReactor* QueryService::QueryRange(grpc::CallbackServerContext*,
                                                   const v1::QueryRangeRequest* request,
                                                   v1::QueryRangeResponse* response) {
  return Evaluate(*request, response);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* QueryService::WatchQuery(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return Watch<v1::WatchQueryRequest>(api_, Envelope::kQuery, *context, *request,
                                      OneTopic<v1::WatchQueryRequest>);
}

grpc::ServerUnaryReactor* QueryService::ListSeries(grpc::CallbackServerContext*,
                                                   const v1::ListSeriesRequest* request,
                                                   v1::ListSeriesResponse* response) {
  return Evaluate(*request, response);
}

grpc::ServerUnaryReactor* QueryService::ListLabels(grpc::CallbackServerContext*,
                                                   const v1::ListLabelsRequest* request,
                                                   v1::ListLabelsResponse* response) {
  return Evaluate(*request, response);
}

grpc::ServerUnaryReactor* QueryService::ListLabelValues(grpc::CallbackServerContext*,
                                                        const v1::ListLabelValuesRequest* request,
                                                        v1::ListLabelValuesResponse* response) {
  return Evaluate(*request, response);
}

grpc::ServerWriteReactor<v1::ExportSeriesResponse>* QueryService::ExportSeries(
    grpc::CallbackServerContext* context, const v1::ExportSeriesRequest* request) {
  return ExportCall::Open(api_, *context, *request);
}

}  // namespace syspulse
