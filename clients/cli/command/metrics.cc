#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/metric_list.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/model/metric_type_proto.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"

namespace syspulse {
namespace {

constexpr int kMetricPageSize = 10'000;

// As Prometheus' text format has it.
std::string_view TypeName(v1::MetricType type) {
  return type == v1::METRIC_TYPE_UNTYPED ? "untyped" : MetricTypeName(type);
}

}  // namespace

absl::StatusOr<std::vector<v1::Metric>> ListAllMetrics(const Session& session,
                                                       const std::string& host) {
  const auto stub = v1::MetricsService::NewStub(session.channel);
  v1::ListMetricsRequest request;
  request.set_host(host);
  request.set_page_size(kMetricPageSize);
  std::vector<v1::Metric> metrics;
  do {
    v1::ListMetricsResponse page;
    RETURN_IF_ERROR(CallOnce(session, [&](grpc::ClientContext* context) {
      return stub->ListMetrics(context, request, &page);
    }));
    metrics.insert(metrics.end(), page.metrics().begin(), page.metrics().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return metrics;
}

absl::Status RunMetrics(const Session& session, const MetricsArguments& options) {
  ASSIGN_OR_RETURN(const std::vector<v1::Metric> metrics, ListAllMetrics(session, options.host));
  v1::ListMetricsResponse all;
  Table table{.columns = {{"NAME", "name"},
                          {"TYPE", "type"},
                          {"UNIT", "unit"},
                          {"SERIES", "series_count", true},
                          {"HELP", "help"}}};
  for (const v1::Metric& metric : metrics) {
    const v1::MetricFamily& family = metric.family();
    if (ToLower(family.name()).find(ToLower(options.match)) == std::string::npos) continue;
    *all.add_metrics() = metric;
    // Of what others sent the service knows no more than the name here.
    const Cell series =
        metric.remote_write() ? NumberCell(std::nullopt, 0) : CountCell(metric.series_count());
    table.rows.push_back({TextCell(family.name()), TextCell(TypeName(family.type())),
                          TextCell(family.unit()), series, TextCell(family.help())});
  }
  if (table.rows.empty()) {
    session.tell_user(options.match.empty()
                          ? "no metric yet"
                          : absl::StrFormat("no metric's name contains '%s'", options.match));
  }
  return session.writer->Write({.message = &all, .tables = {std::move(table)}});
}

}  // namespace syspulse
