#include "tests/clients/cli/fake_query_server.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr std::size_t kNamesAPage = 2;

// Adds the page that `token` begins; returns the token of the next.
template <typename Add>
std::string AddNames(const std::vector<std::string>& names, const std::string& token,
                     const Add& add) {
  const std::size_t first = token.empty() ? 0 : std::stoul(token);
  const std::size_t last = std::min(names.size(), first + kNamesAPage);
  for (std::size_t i = first; i < last; ++i) add(names[i]);
  return last < names.size() ? std::to_string(last) : "";
}

}  // namespace

FakeQueryServer::FakeQueryServer(FakeAnswers answers) : answers_(std::move(answers)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(static_cast<v1::QueryService::Service*>(this));
  builder.RegisterService(static_cast<v1::MetricsService::Service*>(this));
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) std::abort();
}

FakeQueryServer::~FakeQueryServer() {
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
  server_->Wait();
}

std::string FakeQueryServer::address() const { return absl::StrFormat("127.0.0.1:%d", port_); }

v1::QueryRequest FakeQueryServer::query() const {
  const MutexLock lock(mutex_);
  return query_;
}

v1::QueryRangeRequest FakeQueryServer::range() const {
  const MutexLock lock(mutex_);
  return range_;
}

v1::ListLabelValuesRequest FakeQueryServer::values() const {
  const MutexLock lock(mutex_);
  return values_;
}

v1::ListSeriesRequest FakeQueryServer::series() const {
  const MutexLock lock(mutex_);
  return series_;
}

v1::ExportSeriesRequest FakeQueryServer::exported() const {
  const MutexLock lock(mutex_);
  return exported_;
}

grpc::Status FakeQueryServer::ExportSeries(grpc::ServerContext*,
                                           const v1::ExportSeriesRequest* request,
                                           grpc::ServerWriter<v1::ExportSeriesResponse>* writer) {
  {
    const MutexLock lock(mutex_);
    exported_ = *request;
  }
  for (const v1::ExportSeriesResponse& response : answers_.exported) writer->Write(response);
  return answers_.status;
}

grpc::Status FakeQueryServer::ListMetrics(grpc::ServerContext*, const v1::ListMetricsRequest*,
                                          v1::ListMetricsResponse* response) {
  response->mutable_metrics()->Assign(answers_.metrics.begin(), answers_.metrics.end());
  return grpc::Status::OK;
}

grpc::Status FakeQueryServer::Query(grpc::ServerContext*, const v1::QueryRequest* request,
                                    v1::QueryResponse* response) {
  const MutexLock lock(mutex_);
  query_ = *request;
  *response = answers_.instant;
  return answers_.status;
}

grpc::Status FakeQueryServer::QueryRange(grpc::ServerContext*, const v1::QueryRangeRequest* request,
                                         v1::QueryRangeResponse* response) {
  const MutexLock lock(mutex_);
  range_ = *request;
  *response = answers_.range;
  return answers_.status;
}

grpc::Status FakeQueryServer::ListSeries(grpc::ServerContext*, const v1::ListSeriesRequest* request,
                                         v1::ListSeriesResponse* response) {
  const MutexLock lock(mutex_);
  series_ = *request;
  response->mutable_series()->Assign(answers_.series.begin(), answers_.series.end());
  return answers_.status;
}

grpc::Status FakeQueryServer::ListLabels(grpc::ServerContext*, const v1::ListLabelsRequest* request,
                                         v1::ListLabelsResponse* response) {
  response->set_next_page_token(
      AddNames(answers_.names, request->page_token(),
               [&](const std::string& name) { response->add_labels(name); }));
  return answers_.status;
}

grpc::Status FakeQueryServer::ListLabelValues(grpc::ServerContext*,
                                              const v1::ListLabelValuesRequest* request,
                                              v1::ListLabelValuesResponse* response) {
  const MutexLock lock(mutex_);
  values_ = *request;
  response->set_next_page_token(
      AddNames(answers_.names, request->page_token(),
               [&](const std::string& name) { response->add_values(name); }));
  return answers_.status;
}

}  // namespace syspulse
