#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h"
#include "services/otlp/translation.h"
#include "tests/fuzz/targets.h"
#include "tests/testing/fake_clock.h"
#include "web-gateway/server/agent_report.h"

namespace syspulse {
namespace {

constexpr std::int64_t kTimeNow = 1'700'000'000'000;  // of the fake clock

void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void RunReport(std::string_view input) {
  const auto request = ParseAgentReport(input);
  Demand(!request.ok() || LooksLikeAgentReport(input), "what is a report looks like one");
  Demand(!request.ok() || request->metrics_size() > 0, "a report holds numbers");
}

// Twice, as series are known the second time.
void RunOtlp(std::string_view input) {
  if (input.ends_with('\n')) input.remove_suffix(1);  // as seeds end in one
  const FakeClock clock(absl::FromUnixMillis(kTimeNow));
  MetadataBook metadata;
  SeriesWriter writer({.max_series = 1000, .max_target_series = 100}, &clock, &metadata);
  for (int i = 0; i < 2; ++i) {
    const auto out = WriteOtlp(input, &writer, &metadata);
    if (!out.ok()) continue;
    for (const FramePtr& frame : out->parts.frames) {
      Demand(frame->values.size() == frame->schema->series().size(), "a part fits its schema");
    }
    Demand(out->refused_points <= out->parts.refused_samples(), "what is refused is counted");
    Demand(out->parts.refusal.empty() == (out->parts.refused_samples() == 0),
           "a refusal is put in words");
  }
}

std::string SomeExport() {
  opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest request;
  auto& resource = *request.add_resource_metrics();
  auto& attribute = *resource.mutable_resource()->add_attributes();
  attribute.set_key("service.name");
  attribute.mutable_value()->set_string_value("cart");
  resource.mutable_resource()->add_attributes()->set_key("os.type");
  auto& scope = *resource.add_scope_metrics();
  auto& sum = *scope.add_metrics();
  sum.set_name("orders");
  sum.set_unit("1/s");
  sum.mutable_sum()->set_is_monotonic(true);
  sum.mutable_sum()->set_aggregation_temporality(
      opentelemetry::proto::metrics::v1::AGGREGATION_TEMPORALITY_CUMULATIVE);
  auto& number = *sum.mutable_sum()->add_data_points();
  number.set_time_unix_nano(kTimeNow * 1'000'000);
  number.set_as_int(7);
  auto& list = *number.add_attributes();
  list.set_key("list");
  list.mutable_value()->mutable_array_value()->add_values()->set_bool_value(true);
  auto& histogram = *scope.add_metrics();
  histogram.set_name("duration");
  histogram.mutable_histogram()->set_aggregation_temporality(
      opentelemetry::proto::metrics::v1::AGGREGATION_TEMPORALITY_CUMULATIVE);
  auto& counts = *histogram.mutable_histogram()->add_data_points();
  counts.set_time_unix_nano(kTimeNow * 1'000'000);
  counts.set_count(3);
  counts.set_sum(1.5);
  counts.add_bucket_counts(1);
  counts.add_bucket_counts(2);
  counts.add_explicit_bounds(0.5);
  auto& summary = *scope.add_metrics();
  summary.set_name("sizes");
  auto& quantiles = *summary.mutable_summary()->add_data_points();
  quantiles.set_time_unix_nano(kTimeNow * 1'000'000);
  quantiles.add_quantile_values()->set_quantile(0.5);
  return request.SerializeAsString();
}

}  // namespace

std::vector<FuzzTarget> WaysInTargets() {
  static const std::string request = SomeExport() + "\n";
  return {{"agent_report",
           RunReport,
           {"{\"agent_id\": \"Web_1\", \"timestamp\": \"2026-01-02T03:04:05\", \"system\": "
            "{\"cpu_percent\": 1.5, \"memory\": {\"total\": 8e9}}, \"network\": [{\"interface\": "
            "\"eth\\u0030\", \"bytes_sent\": 1}, [true, null]]}\n"}},
          {"otlp_request", RunOtlp, {request}}};
}

}  // namespace syspulse
