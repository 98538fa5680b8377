#include "services/exporter/text_format.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace syspulse {
namespace {

prometheus::ClientMetric Gauge(double value,
                               std::vector<prometheus::ClientMetric::Label> labels = {}) {
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  metric.label = std::move(labels);
  return metric;
}

std::string TextOf(const prometheus::MetricFamily& family) {
  std::string text;
  AppendFamily(family, &text);
  return text;
}

TEST(TextFormat, WritesHelpTypeAndSeries) {
  EXPECT_EQ(TextOf({.name = "node_load1",
                    .help = "1m load average.",
                    .type = prometheus::MetricType::Gauge,
                    .metric = {Gauge(0.51), Gauge(2, {{"a", "1"}, {"b", "2"}})}}),
            "# HELP node_load1 1m load average.\n"
            "# TYPE node_load1 gauge\n"
            "node_load1 0.51\n"
            "node_load1{a=\"1\",b=\"2\"} 2\n");
}

TEST(TextFormat, EscapesWhatWouldForgeLines) {
  EXPECT_EQ(TextOf({.name = "m",
                    .help = "a \"b\" \\\nm 666",
                    .type = prometheus::MetricType::Gauge,
                    .metric = {Gauge(1, {{"l", "x\"} 5\n\\"}})}}),
            "# HELP m a \"b\" \\\\\\nm 666\n"
            "# TYPE m gauge\n"
            "m{l=\"x\\\"} 5\\n\\\\\"} 1\n");
}

TEST(TextFormat, NumbersReadBackAsTheSame) {
  const double inf = std::numeric_limits<double>::infinity();
  const std::string text = TextOf({.name = "m",
                                   .type = prometheus::MetricType::Gauge,
                                   .metric = {Gauge(0.1 + 0.2), Gauge(1.795217396e9), Gauge(inf),
                                              Gauge(-inf), Gauge(1e-300), Gauge(-0.0)}});
  EXPECT_NE(text.find("m 0.30000000000000004\nm 1795217396\nm +Inf\nm -Inf\nm 1e-300\nm -0\n"),
            std::string::npos)
      << text;
}

TEST(TextFormat, CountersAndUntypedSayTheirOwnValue) {
  prometheus::ClientMetric metric;
  metric.counter.value = 1;
  metric.gauge.value = 2;
  metric.untyped.value = 3;
  EXPECT_NE(TextOf({.name = "m", .type = prometheus::MetricType::Counter, .metric = {metric}})
                .find("# TYPE m counter\nm 1\n"),
            std::string::npos);
  EXPECT_NE(TextOf({.name = "m", .type = prometheus::MetricType::Untyped, .metric = {metric}})
                .find("# TYPE m untyped\nm 3\n"),
            std::string::npos);
}

}  // namespace
}  // namespace syspulse
