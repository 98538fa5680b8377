// A QueryService that answers what a test tells it to, over real gRPC, on a loopback port of its
// own.
#ifndef TESTS_CLIENTS_CLI_FAKE_QUERY_SERVER_H_
#define TESTS_CLIENTS_CLI_FAKE_QUERY_SERVER_H_

#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <vector>

#include "services/base/mutex.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "syspulse/v1/query_service.grpc.pb.h"

namespace syspulse {

struct FakeAnswers {
  grpc::Status status;  // of every call
  v1::QueryResponse instant;
  v1::QueryRangeResponse range;
  std::vector<std::string> names;  // of labels, and values of each; two a page
  std::vector<v1::LabelSet> series;
  std::vector<v1::ExportSeriesResponse> exported;  // before `status`
  std::vector<v1::Metric> metrics;
};

// Thread-safe.
class FakeQueryServer final : private v1::QueryService::Service,
                              private v1::MetricsService::Service {
 public:
  explicit FakeQueryServer(FakeAnswers answers);
  ~FakeQueryServer() override;

  // Returns `127.0.0.1:PORT`.
  std::string address() const;

  // Return the last request of a kind.
  v1::QueryRequest query() const;
  v1::QueryRangeRequest range() const;
  v1::ListLabelValuesRequest values() const;
  v1::ListSeriesRequest series() const;
  v1::ExportSeriesRequest exported() const;

 private:
  grpc::Status Query(grpc::ServerContext*, const v1::QueryRequest*, v1::QueryResponse*) override;
  grpc::Status QueryRange(grpc::ServerContext*, const v1::QueryRangeRequest*,
                          v1::QueryRangeResponse*) override;
  grpc::Status ListSeries(grpc::ServerContext*, const v1::ListSeriesRequest*,
                          v1::ListSeriesResponse*) override;
  grpc::Status ListLabels(grpc::ServerContext*, const v1::ListLabelsRequest*,
                          v1::ListLabelsResponse*) override;
  grpc::Status ListLabelValues(grpc::ServerContext*, const v1::ListLabelValuesRequest*,
                               v1::ListLabelValuesResponse*) override;
  grpc::Status ExportSeries(grpc::ServerContext*, const v1::ExportSeriesRequest*,
                            grpc::ServerWriter<v1::ExportSeriesResponse>*) override;
  grpc::Status ListMetrics(grpc::ServerContext*, const v1::ListMetricsRequest*,
                           v1::ListMetricsResponse*) override;

  const FakeAnswers answers_;
  mutable Mutex mutex_;
  v1::QueryRequest query_ ABSL_GUARDED_BY(mutex_);
  v1::QueryRangeRequest range_ ABSL_GUARDED_BY(mutex_);
  v1::ListLabelValuesRequest values_ ABSL_GUARDED_BY(mutex_);
  v1::ListSeriesRequest series_ ABSL_GUARDED_BY(mutex_);
  v1::ExportSeriesRequest exported_ ABSL_GUARDED_BY(mutex_);
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace syspulse

#endif  // TESTS_CLIENTS_CLI_FAKE_QUERY_SERVER_H_
