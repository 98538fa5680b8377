#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/exporter/exporter.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ExporterPagesTest : public ::testing::Test {
 protected:
  std::uint64_t Connect(const std::string& id, const std::string& hostname) {
    return hub_.Connect(Host{.id = id, .hostname = hostname}, "run", "")->id;
  }
  void Push(std::uint64_t connection, const std::string& host, const std::string& source,
            const std::vector<Sample>& samples) {
    EXPECT_THAT(hub_.PushFrame(connection, FrameOf(host, source, clock_.Now(), samples)), IsOk());
  }
  std::string Metrics() {
    const HttpAnswer answer = pages_.Answer("/metrics");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.type, HasSubstr("version=0.0.4"));
    return answer.body;
  }

  FakeClock clock_;
  Hub hub_{&clock_, {}};
  ServiceMetrics metrics_;
  ProcFs procfs_;
  StoreStats stored_;
  ExporterPages pages_{ServiceParts{
      .hub = &hub_, .metrics = &metrics_, .procfs = &procfs_, .store = [this] { return stored_; }}};
};

TEST_F(ExporterPagesTest, ServiceSaysWhatItIsAndDoesBeforeThereIsAnyHost) {
  metrics_.frames_received = 7;
  metrics_.subscribers = 2;
  const std::string text = Metrics();
  EXPECT_THAT(text, HasSubstr("syspulse_build_info{version=\"0."));
  EXPECT_THAT(text, HasSubstr("# TYPE syspulse_frames_received_total counter\n"
                              "syspulse_frames_received_total 7\n"));
  EXPECT_THAT(text, HasSubstr("\nsyspulse_subscribers 2\n"));
  EXPECT_THAT(text, HasSubstr("\nsyspulse_hosts{state=\"online\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("syspulse_host_up")));
  for (const char* name : {"process_cpu_seconds_total", "process_open_fds", "process_max_fds",
                           "process_virtual_memory_bytes", "process_resident_memory_bytes",
                           "process_start_time_seconds"}) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(name) + " "));
  }
}

TEST_F(ExporterPagesTest, SaysHowTheStoreIsDoing) {
  EXPECT_THAT(Metrics(), HasSubstr("\nsyspulse_store_writable 1\n"));
  stored_ = {.appended_samples = 12, .block_bytes = 345, .damaged_units = 2, .writing = false};
  const std::string text = Metrics();
  EXPECT_THAT(text, HasSubstr("\nsyspulse_store_samples_appended_total 12\n"));
  EXPECT_THAT(text, HasSubstr("\nsyspulse_store_block_bytes 345\n"));
  EXPECT_THAT(text, HasSubstr("\nsyspulse_store_damaged_units 2\n"));
  EXPECT_THAT(text, HasSubstr("\nsyspulse_store_writable 0\n"));
}

TEST_F(ExporterPagesTest, HostsCarryTheirHostnameAsInstance) {
  Push(Connect("a", "alpha"), "a", "system", {{"node_load1", {}, 0.5}});
  Push(Connect("b", "beta"), "b", "system", {{"node_load1", {}, 2}});
  const std::string text = Metrics();
  EXPECT_THAT(text, HasSubstr("# HELP node_load1 Help.\n# TYPE node_load1 gauge\n"
                              "node_load1{instance=\"alpha\"} 0.5\n"
                              "node_load1{instance=\"beta\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("syspulse_host_up{instance=\"alpha\",host=\"a\"} 1\n"));
}

TEST_F(ExporterPagesTest, HostThatIsNotHeardFromVanishesAndIsDown) {
  const std::uint64_t a = Connect("a", "alpha");
  Push(a, "a", "system", {{"node_load1", {}, 0.5}});
  clock_.Advance(absl::Seconds(10));
  hub_.UpdateStates();
  EXPECT_THAT(Metrics(), Not(HasSubstr("node_load1")));
  EXPECT_THAT(Metrics(), HasSubstr("syspulse_host_up{instance=\"alpha\",host=\"a\"} 0\n"));
  EXPECT_THAT(Metrics(), HasSubstr("syspulse_hosts{state=\"stale\"} 1\n"));
  EXPECT_EQ(pages_.Answer("/hosts/a/metrics").status, 503);
  hub_.Disconnect("a", a);
  EXPECT_THAT(Metrics(), HasSubstr("syspulse_hosts{state=\"offline\"} 1\n"));
  EXPECT_THAT(pages_.Answer("/hosts/a/metrics").body, HasSubstr("host a is offline"));
  Push(Connect("a", "alpha"), "a", "system", {{"node_load1", {}, 0.7}});
  EXPECT_THAT(Metrics(), HasSubstr("node_load1{instance=\"alpha\"} 0.7"));
}

TEST_F(ExporterPagesTest, DeletedHostLeavesNothing) {
  Push(Connect("a", "alpha"), "a", "system", {{"node_load1", {}, 0.5}});
  EXPECT_THAT(hub_.DeleteHost("a"), IsOk());
  EXPECT_THAT(Metrics(), Not(HasSubstr("alpha")));
  EXPECT_EQ(pages_.Answer("/hosts/a/metrics").status, 404);
}

TEST_F(ExporterPagesTest, OneHostsPageIsThatOfItsNodeExporter) {
  const std::uint64_t a = Connect("a", "alpha");
  Push(a, "a", "system", {{"node_load1", {}, 0.5}});
  Push(a, "a", "filesystem", {{"node_filesystem_files", {{"mountpoint", "/"}}, 9}});
  for (const char* path : {"/hosts/a/metrics", "/hosts/alpha/metrics"}) {
    EXPECT_EQ(pages_.Answer(path).body,
              "# HELP node_filesystem_files Help.\n# TYPE node_filesystem_files gauge\n"
              "node_filesystem_files{mountpoint=\"/\"} 9\n"
              "# HELP node_load1 Help.\n# TYPE node_load1 gauge\nnode_load1 0.5\n");
  }
}

TEST_F(ExporterPagesTest, UnknownPagesAndHostsAreSentences) {
  Connect("a", "alpha");
  const HttpAnswer unknown = pages_.Answer("/hosts/nobody/metrics");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body, "there is no host 'nobody'; there is hosts/a (alpha)\n");
  for (const char* path : {"/", "/metrics/", "/hosts//metrics", "/hosts/metrics", "/hosts/a", ""}) {
    EXPECT_EQ(pages_.Answer(path).status, 404) << path;
    EXPECT_THAT(pages_.Answer(path).body, HasSubstr("/hosts/{host}/metrics"));
  }
  EXPECT_EQ(pages_.Answer("/healthz").body, "ok\n");
}

TEST_F(ExporterPagesTest, HostsOfOneHostnameAreToldApart) {
  Push(Connect("a", "twin"), "a", "system", {{"node_load1", {}, 1}});
  Push(Connect("b", "twin"), "b", "system", {{"node_load1", {}, 2}});
  EXPECT_THAT(Metrics(), HasSubstr("node_load1{instance=\"twin/a\"} 1\n"
                                   "node_load1{instance=\"twin/b\"} 2\n"));
  EXPECT_EQ(pages_.Answer("/hosts/twin/metrics").status, 409);
  EXPECT_EQ(pages_.Answer("/hosts/a/metrics").status, 200);
}

TEST_F(ExporterPagesTest, NoHostSpeaksForTheServiceOrForItsSystem) {
  const std::uint64_t a = Connect("a", "alpha");
  Push(a, "a", "custom/evil", {{"syspulse_host_up", {}, 666}, {"node_load1", {}, 666}});
  Push(a, "a", "system", {{"node_load1", {}, 1}});
  EXPECT_THAT(Metrics(), Not(HasSubstr("} 666\n")));
  EXPECT_THAT(Metrics(), HasSubstr("node_load1{instance=\"alpha\"} 1\n"));
}

TEST_F(ExporterPagesTest, AgentsProcessesStandBesideTheServicesOwn) {
  Push(Connect("a", "alpha"), "a", "system",
       {{"process_open_fds", {}, 42},
        {.name = "process_max_fds", .value = 43, .type = MetricType::kCounter}});
  EXPECT_THAT(Metrics(), HasSubstr("\nprocess_open_fds{instance=\"alpha\"} 42\n"));
  EXPECT_THAT(Metrics(), Not(HasSubstr("} 43\n"))) << "it is a gauge, not a counter";
}

TEST_F(ExporterPagesTest, SourceThatEndedVanishesAfterAWhile) {
  const std::uint64_t a = Connect("a", "alpha");
  Push(a, "a", "custom/gone", {{"gone", {}, 1}});
  clock_.Advance(absl::Minutes(5));
  Push(a, "a", "system", {{"node_load1", {}, 1}});
  EXPECT_THAT(Metrics(), HasSubstr("gone{"));
  clock_.Advance(absl::Seconds(1));
  Push(a, "a", "system", {{"node_load1", {}, 1}});
  EXPECT_THAT(Metrics(), Not(HasSubstr("gone{")));
}

}  // namespace
}  // namespace syspulse
