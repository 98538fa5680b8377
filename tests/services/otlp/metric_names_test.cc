#include "services/otlp/metric_names.h"

#include <gtest/gtest.h>

#include <string>

namespace syspulse {
namespace {

TEST(OtlpNames, MetricsGetTheirUnitAndWhatTheyAre) {
  constexpr struct {
    const char* name;
    const char* unit;
    OtlpKind kind;
    const char* becomes;
  } kCases[] = {
      {"http.server.duration", "ms", OtlpKind::kOther, "http_server_duration_milliseconds"},
      {"memory.usage", "By", OtlpKind::kGauge, "memory_usage_bytes"},
      {"memory_usage_bytes", "By", OtlpKind::kGauge, "memory_usage_bytes"},
      {"requests", "", OtlpKind::kCounter, "requests_total"},
      {"requests.total", "1", OtlpKind::kCounter, "requests_total"},
      {"total.requests", "{request}", OtlpKind::kCounter, "requests_total"},
      {"cpu.utilization", "1", OtlpKind::kGauge, "cpu_utilization_ratio"},
      {"cpu.utilization", "1", OtlpKind::kOther, "cpu_utilization"},
      {"throughput", "By/s", OtlpKind::kGauge, "throughput_bytes_per_second"},
      {"rate", "1/s", OtlpKind::kGauge, "rate_per_second"},
      {"speed", "m/min", OtlpKind::kGauge, "speed_meters_per_min"},
      {"io", "By/{op}", OtlpKind::kCounter, "io_bytes_total"},
      {"fill", "%", OtlpKind::kGauge, "fill_percent"},
      {"odd", "a b/c.d", OtlpKind::kGauge, "odd_a_b_per_c_d"},
      {"a__b..c", "", OtlpKind::kGauge, "a_b_c"},
      {"2xx.count", "", OtlpKind::kGauge, "_2xx_count"},
      {"job:rate", "", OtlpKind::kGauge, "job:rate"},
      {"\xc3\xa9t\xc3\xa9", "", OtlpKind::kGauge, "t"},
      {"", "By", OtlpKind::kGauge, ""},
      {"...", "By", OtlpKind::kGauge, ""}};
  for (const auto& one : kCases) {
    EXPECT_EQ(PrometheusMetricName(one.name, one.unit, one.kind), one.becomes) << one.name;
  }
}

TEST(OtlpNames, UnitsInWords) {
  EXPECT_EQ(PrometheusUnit("By/s"), "bytes_per_second");
  EXPECT_EQ(PrometheusUnit("s"), "seconds");
  EXPECT_EQ(PrometheusUnit("1"), "");
  EXPECT_EQ(PrometheusUnit("{request}"), "");
}

TEST(OtlpNames, Labels) {
  EXPECT_EQ(PrometheusLabelName("http.method"), "http_method");
  EXPECT_EQ(PrometheusLabelName("5xx"), "key_5xx");
  EXPECT_EQ(PrometheusLabelName("_private"), "key_private");
  EXPECT_EQ(PrometheusLabelName("__reserved__"), "__reserved__");
  EXPECT_EQ(PrometheusLabelName("__name__"), "");
  EXPECT_EQ(PrometheusLabelName("..."), "");
  EXPECT_EQ(PrometheusLabelName(""), "");
}

}  // namespace
}  // namespace syspulse
