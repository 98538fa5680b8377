#include "web-gateway/server/agent_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr const char* kReport = R"({
  "agent_id": "web-1", "agent_name": "Web server 1", "timestamp": "2026-01-02T03:04:05.250",
  "system": {
    "cpu_percent": 12.5,
    "memory": {"total": 8000, "available": 6000, "percent": 25.0, "used": 1500},
    "disk": {"total": 100, "used": 40, "free": 60, "percent": 40}
  },
  "network": [
    {"bytes_sent": 1, "interface": "eth0", "bytes_recv": 2},
    {"interface": "lo", "bytes_sent": 3, "bytes_recv": 4, "mtu": 65536}
  ]
})";

v1::PushMetricsRequest Parsed(const std::string& json) {
  const auto request = ParseAgentReport(json);
  EXPECT_THAT(request, IsOk());
  return request.ok() ? *request : v1::PushMetricsRequest();
}

// Returns the samples as `name{label=value}`.
std::map<std::string, double> SamplesOf(const v1::PushMetricsRequest& request) {
  std::map<std::string, double> samples;
  for (const v1::PushedMetric& metric : request.metrics()) {
    for (const v1::PushedSample& sample : metric.samples()) {
      std::string name = metric.name();
      const std::map<std::string, std::string> labels(sample.labels().begin(),
                                                      sample.labels().end());
      for (const auto& [label, value] : labels) {
        name += absl::StrFormat("{%s=%s}", label, value);
      }
      samples[name] = sample.value();
    }
  }
  return samples;
}

std::string Failure(const std::string& json) {
  const auto request = ParseAgentReport(json);
  EXPECT_EQ(request.status().code(), absl::StatusCode::kInvalidArgument) << json;
  return std::string(request.status().message());
}

TEST(AgentReport, NumbersGetTheNamesOfNodeExporterOrOfTheirPlace) {
  const v1::PushMetricsRequest request = Parsed(kReport);
  EXPECT_EQ(request.host(), "web-1");
  EXPECT_EQ(request.hostname(), "Web server 1");
  EXPECT_EQ(request.source(), "agent");
  EXPECT_EQ(request.sample_time().seconds(), 1'767'323'045);
  EXPECT_EQ(request.sample_time().nanos(), 250'000'000);
  EXPECT_THAT(SamplesOf(request),
              UnorderedElementsAre(
                  Pair("custom_system_cpu_percent", 12.5), Pair("node_memory_MemTotal_bytes", 8000),
                  Pair("node_memory_MemAvailable_bytes", 6000),
                  Pair("custom_system_memory_percent", 25), Pair("custom_system_memory_used", 1500),
                  Pair("node_filesystem_size_bytes{mountpoint=/}", 100),
                  Pair("custom_system_disk_used", 40),
                  Pair("node_filesystem_avail_bytes{mountpoint=/}", 60),
                  Pair("custom_system_disk_percent", 40),
                  Pair("node_network_transmit_bytes_total{device=eth0}", 1),
                  Pair("node_network_receive_bytes_total{device=eth0}", 2),
                  Pair("node_network_transmit_bytes_total{device=lo}", 3),
                  Pair("node_network_receive_bytes_total{device=lo}", 4),
                  Pair("custom_network_mtu{device=lo}", 65536)));
  EXPECT_EQ(request.metrics(0).type(), v1::METRIC_TYPE_GAUGE);
}

TEST(AgentReport, IsToldApartByItsFields) {
  EXPECT_TRUE(LooksLikeAgentReport(kReport));
  EXPECT_TRUE(LooksLikeAgentReport(R"({"agent_id": "a", "system": {)"));  // and is found damaged
  EXPECT_TRUE(LooksLikeAgentReport(R"({"network": []})"));
  EXPECT_TRUE(LooksLikeAgentReport(R"({"agent_id": "a", "metrics": [], "host": "b"})"));
  EXPECT_FALSE(LooksLikeAgentReport(R"({"host": "a", "metrics": [{"name": "system"}]})"));
  EXPECT_FALSE(LooksLikeAgentReport(R"({"host": "a", "system": 1})"));
  EXPECT_FALSE(LooksLikeAgentReport(""));
  EXPECT_FALSE(LooksLikeAgentReport("[1, 2]"));
}

TEST(AgentReport, TimesMayNameAZoneOrNoneOrBeNumbers) {
  const auto seconds = [](const std::string& timestamp) {
    return Parsed(R"({"agent_id": "a", "x": 1, "timestamp": )" + timestamp + "}")
        .sample_time()
        .seconds();
  };
  EXPECT_EQ(seconds(R"("2026-01-02T03:04:05Z")"), 1'767'323'045);
  EXPECT_EQ(seconds(R"("2026-01-02T03:04:05")"), 1'767'323'045);
  EXPECT_EQ(seconds(R"("2026-01-02 03:04:05.123456")"), 1'767'323'045);
  EXPECT_EQ(seconds(R"("2026-01-02T05:04:05+02:00")"), 1'767'323'045);
  EXPECT_EQ(seconds("1767323045.5"), 1'767'323'045);
  EXPECT_EQ(seconds("1767323045500"), 1'767'323'045);
  const auto nanos = [](const std::string& timestamp) {
    return Parsed(R"({"agent_id": "a", "x": 1, "timestamp": )" + timestamp + "}")
        .sample_time()
        .nanos();
  };
  for (int ms = 0; ms < 1000; ++ms) {
    EXPECT_EQ(nanos(absl::StrFormat("1767323045%03d", ms)), ms * 1'000'000);
    EXPECT_EQ(nanos(absl::StrFormat("1767323045.%03d", ms)), ms * 1'000'000);
  }
  EXPECT_FALSE(Parsed(R"({"agent_id": "a", "x": 1, "timestamp": null})").has_sample_time());
  EXPECT_THAT(Failure(R"({"agent_id": "a", "x": 1, "timestamp": "yesterday"})"),
              HasSubstr("timestamp 'yesterday' is not a time"));
  EXPECT_THAT(Failure(R"({"agent_id": "a", "x": 1, "timestamp": [1]})"),
              HasSubstr("timestamp is neither"));
}

TEST(AgentReport, IdsThatAreNoHostIdsBecomeOnesThatStayApart) {
  const auto host = [](const std::string& id) {
    return Parsed(R"({"x": 1, "agent_id": ")" + id + "\"}").host();
  };
  EXPECT_EQ(host("WEB-1"), "web-1");
  EXPECT_THAT(host("web_1.example"), HasSubstr("web-1-example-"));
  EXPECT_NE(host("web_1"), host("web.1"));
  EXPECT_EQ(host(std::string(300, 'a')).size(), 63U);
  EXPECT_THAT(Failure(R"({"x": 1, "agent_id": "???"})"), HasSubstr("neither letters nor digits"));
}

TEST(AgentReport, ItemsWithoutANameAreToldApartByTheirPlace) {
  EXPECT_THAT(SamplesOf(Parsed(R"({"agent_id": "a", "cores": [10, 20], "up": true})")),
              UnorderedElementsAre(Pair("custom_cores{index=0}", 10),
                                   Pair("custom_cores{index=1}", 20), Pair("custom_up", 1)));
  EXPECT_THAT(
      SamplesOf(Parsed(R"({"agent_id": "a", "heat": [[1, 2], [3]]})")),
      UnorderedElementsAre(Pair("custom_heat{index=0.0}", 1), Pair("custom_heat{index=0.1}", 2),
                           Pair("custom_heat{index=1.0}", 3)));
}

TEST(AgentReport, WhatIsWrongIsNamedWithItsPlace) {
  EXPECT_EQ(Failure(R"({"agent_id": "a", "system": {"memory": {"total": "NaN"}}})"),
            "read the report: system.memory.total is the text 'NaN'; a number is expected");
  EXPECT_THAT(Failure(R"({"agent_id": "a", "system": {"cpu_percent": NaN}})"),
              HasSubstr("a number is expected at byte 45"));
  EXPECT_THAT(Failure(R"({"agent_id": "a", "x": 1e999})"),
              HasSubstr("1e999 at byte 24 does not fit"));
  EXPECT_THAT(Failure(R"({"agent_id": "a", "x": 1, "x": 2})"), HasSubstr("'x' stands twice"));
  EXPECT_THAT(Failure(R"({"agent_id": "a", "a.b": 1, "a": {"b": 2}})"),
              HasSubstr("a.b and a.b are one series, custom_a_b"));
  EXPECT_THAT(Failure(R"({"agent_id": "a", "network": [{"interface": "e", "x": 1},
                                                       {"interface": "e", "x": 1}]})"),
              HasSubstr("are one series"));
  EXPECT_THAT(Failure(R"({"system": {"cpu_percent": 1}})"), HasSubstr("no agent_id"));
  EXPECT_THAT(Failure(R"({"agent_id": 7})"), HasSubstr("agent_id is not a text"));
  EXPECT_THAT(Failure(R"({"agent_id": "a"})"), HasSubstr("holds no numbers"));
  EXPECT_THAT(Failure("[]"), HasSubstr("not an object"));
  EXPECT_THAT(Failure("{"), HasSubstr("expected at byte 2"));
}

TEST(AgentReport, HugeOnesAreRefusedBeforeTheyTakeMemory) {
  EXPECT_THAT(Failure(R"({"agent_id": "a", "x": )" + std::string(100'000, '[')),
              HasSubstr("nested deeper than 16"));
  std::string many = R"({"agent_id": "a")";
  for (int i = 0; i < 1'000'000; ++i) many += absl::StrFormat(",\"%d\":1", i);
  EXPECT_THAT(Failure(many + "}"), HasSubstr("more than 5000 values"));
  EXPECT_THAT(Failure(R"({"agent_id": "a", ")" + std::string(64 << 10, 'x') + R"(": 1})"),
              HasSubstr("makes a name of 65543 bytes"));
}

}  // namespace
}  // namespace syspulse
