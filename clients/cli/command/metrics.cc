#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"

namespace syspulse {
namespace {

constexpr int kPageSize = 10'000;

std::string_view TypeName(v1::MetricType type) {
  switch (type) {
    case v1::METRIC_TYPE_COUNTER:
      return "counter";
    case v1::METRIC_TYPE_GAUGE:
      return "gauge";
    default:
      return "untyped";
  }
}

}  // namespace

absl::Status RunMetrics(const Session& session, const MetricsArguments& options) {
  const auto stub = v1::MetricsService::NewStub(session.channel);
  v1::ListMetricsRequest request;
  request.set_host(options.host);
  request.set_page_size(kPageSize);
  v1::ListMetricsResponse all;
  Table table{.columns = {{"NAME", "name"},
                          {"TYPE", "type"},
                          {"UNIT", "unit"},
                          {"SERIES", "series_count", true},
                          {"HELP", "help"}}};
  do {
    v1::ListMetricsResponse page;
    RETURN_IF_ERROR(CallOnce(session, [&](grpc::ClientContext* context) {
      return stub->ListMetrics(context, request, &page);
    }));
    for (const v1::Metric& metric : page.metrics()) {
      const v1::MetricFamily& family = metric.family();
      if (ToLower(family.name()).find(ToLower(options.match)) == std::string::npos) continue;
      *all.add_metrics() = metric;
      table.rows.push_back({TextCell(family.name()), TextCell(TypeName(family.type())),
                            TextCell(family.unit()), CountCell(metric.series_count()),
                            TextCell(family.help())});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (table.rows.empty()) {
    session.tell_user(options.match.empty()
                          ? "no metric yet"
                          : absl::StrFormat("no metric's name contains '%s'", options.match));
  }
  return session.writer->Write({.message = &all, .tables = {std::move(table)}});
}

}  // namespace syspulse
