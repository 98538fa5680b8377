#include "web-gateway/server/service_discovery.h"

#include "tests/web-gateway/server/gateway_fixture.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(ServiceDiscovery, EveryHostIsATargetOfTheExporter) {
  v1::ListHostsResponse hosts;
  EXPECT_EQ(TargetsJson(hosts, "127.0.0.1:9464"), "[]\n");
  auto* host = hosts.add_hosts();
  host->set_name("hosts/a");
  host->set_hostname("web-1");
  (*host->mutable_labels())["rack"] = "\"7\"";
  hosts.add_hosts()->set_name("hosts/b");
  EXPECT_EQ(TargetsJson(hosts, "127.0.0.1:9464"),
            R"([{"targets":["127.0.0.1:9464"],"labels":{"__metrics_path__":"/hosts/a/metrics",)"
            R"("instance":"web-1","job":"syspulse","__meta_syspulse_host":"hosts/a",)"
            R"("__meta_syspulse_label_rack":"\"7\""}},)"
            R"({"targets":["127.0.0.1:9464"],"labels":{"__metrics_path__":"/hosts/b/metrics",)"
            R"("instance":"b","job":"syspulse","__meta_syspulse_host":"hosts/b"}}])"
            "\n");
}

TEST(ServiceDiscovery, HostsAreCalledAsInQueries) {
  v1::ListHostsResponse hosts;
  for (const char* const id : {"a", "b", "c"}) {
    auto* host = hosts.add_hosts();
    host->set_name(std::string("hosts/") + id);
    host->set_hostname("vm");
    if (*id != 'c') host->set_agent_version("1.0");
  }
  const std::string json = TargetsJson(hosts, "127.0.0.1:9464");
  for (const char* const id : {"a", "b", "c"}) {
    EXPECT_THAT(json, HasSubstr(std::string(R"("instance":"vm/)") + id + "\""));
  }
}

using Discovery = GatewayTest;

TEST_F(Discovery, AnswersPrometheus) {
  v1::ListHostsResponse hosts;
  hosts.add_hosts()->set_name("hosts/a");
  upstream_->On("/syspulse.v1.HostService/ListHosts", {.messages = {hosts.SerializeAsString()}});
  const HttpAnswer answer = Get("/sd", {"Authorization: Bearer key"});
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_THAT(answer.body, HasSubstr("/hosts/a/metrics"));
  const auto call = upstream_->WaitForCall("/syspulse.v1.HostService/ListHosts");
  EXPECT_EQ(call.metadata.find("authorization")->second, "Bearer key");
}

TEST_F(Discovery, FailsRatherThanForgetTargets) {
  upstream_.reset();
  const HttpAnswer answer = Get("/sd");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("cannot reach syspulsed"));
}

}  // namespace
}  // namespace syspulse
