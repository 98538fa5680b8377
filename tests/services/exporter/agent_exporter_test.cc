#include "services/exporter/agent_exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/exporter/collector_query.h"
#include "services/exporter/gzip.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kTime = absl::FromUnixSeconds(1'700'000'000);

FramePtr One(const std::string& source, const std::string& metric, double value) {
  return FrameOf("web-1", source, kTime, {{metric, {}, value}});
}

TEST(AgentPages, HaveTheLatestOfEachSource) {
  const ProcFs procfs;
  AgentPages pages(&procfs, {});
  EXPECT_EQ(pages.Answer("/metrics").status, 503);
  pages.OnFrames({One("system", "up_to", 1), One("network", "links", 4)});
  pages.OnFrames({One("system", "up_to", 2)});
  const HttpAnswer answer = pages.Answer("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("\nup_to 2\n"), HasSubstr("\nlinks 4\n"),
                                 HasSubstr("\nprocess_open_fds "),
                                 HasSubstr("node_exporter_build_info{version=\"")));
}

TEST(AgentPages, HoldEachFamilyOnceWhateverFilesSay) {
  const ProcFs procfs;
  AgentPages pages(&procfs, {});
  pages.OnFrames({One("textfile", "zeal", 7), One("zone", "zeal", 1)});
  pages.OnFrames({FrameOf("web-1", "units", kTime, {{"process_open_fds", {}, -1}})});
  const std::string body = pages.Answer("/metrics").body;
  EXPECT_THAT(body, AllOf(HasSubstr("\nzeal 1\n"), Not(HasSubstr("\nzeal 7\n")),
                          Not(HasSubstr("\nprocess_open_fds -1\n"))));
}

TEST(AgentPages, LeaveOutTheAgentItselfIfTheyShall) {
  const ProcFs procfs;
  AgentPages pages(&procfs, {.telemetry_path = "/m\"", .own_metrics = false});
  pages.OnFrames({One("agent", "syspulse_agent_x", 1), One("system", "up_to", 1)});
  EXPECT_THAT(pages.Answer("/m\"").body, AllOf(HasSubstr("\nup_to 1\n"), Not(HasSubstr("process_")),
                                               Not(HasSubstr("syspulse_agent_x"))));
  EXPECT_THAT(pages.Answer("/").body, HasSubstr("href=\"/m&quot;\""));
  EXPECT_EQ(pages.Answer("/metrics").status, 404);
  EXPECT_EQ(pages.Answer("/healthz").body, "ok\n");
}

TEST(CollectorQuery, AFileCannotEndACollectorsSeries) {
  constexpr const char* kLast = "node_scrape_collector_duration_seconds";
  const FramePtr frame = FrameOf("h", "textfile", kTime,
                                 {{"mine", {}, 1},
                                  {kLast, {{"collector", "loadavg"}}, 2},
                                  {kLast, {{"collector", "textfile"}}, 3}});
  EXPECT_EQ(CollectorQuery::Parse("collect[]=textfile", {})->Narrowed(frame)->values,
            (std::vector<double>{1, 2, 3}));
  const FramePtr narrowed = CollectorQuery::Parse("collect[]=loadavg", {})->Narrowed(frame);
  for (const double value : narrowed->values) EXPECT_TRUE(std::isnan(value));
}

TEST(CollectorQuery, IsAnsweredOnThePage) {
  const ProcFs procfs;
  AgentPages pages(&procfs, {.collectors = {.chosen = {{"stat", false}}}});
  pages.OnFrames(
      {FrameOf("h", "system", kTime,
               {{"node_load1", {}, 1},
                {"node_scrape_collector_duration_seconds", {{"collector", "loadavg"}}, 0},
                {"node_forks_total", {}, 2},
                {"node_scrape_collector_duration_seconds", {{"collector", "stat"}}, 0}})});
  EXPECT_THAT(pages.Answer("/metrics", "collect[]=loadavg").body,
              AllOf(HasSubstr("\nnode_load1 1\n"), HasSubstr("\nnode_exporter_build_info{"),
                    HasSubstr("{collector=\"loadavg\"} 0\n"), Not(HasSubstr("stat\"")),
                    Not(HasSubstr("node_forks_total"))));
  const HttpAnswer refused = pages.Answer("/metrics", "collect[]=stat");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("disabled collector: stat"));
  EXPECT_THAT(pages.Answer("/metrics", "x").body, HasSubstr("\nnode_forks_total 2\n"));
}

TEST(AgentExporter, ListensOnAllAddressesIfNoneIsNamed) {
  const ProcFs procfs;
  const auto exporter = AgentExporter::Create(&procfs, {.listen = ":0"});
  ASSERT_THAT(exporter, IsOk());
  EXPECT_THAT(
      AgentExporter::Create(&procfs, {.listen = absl::StrFormat(":%d", (*exporter)->port())}),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("is in use; choose another")));
}

TEST(Gzip, IsForThoseWhoTakeIt) {
  for (const char* header :
       {"gzip", "deflate, gzip;q=0.5", "*", "br , gzip ; q=1", "gzip;q=0.001"}) {
    EXPECT_TRUE(AcceptsGzip(header)) << header;
  }
  for (const char* header :
       {"", "identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "xgzip", ",;,"}) {
    EXPECT_FALSE(AcceptsGzip(header)) << header;
  }
}

TEST(Gzip, MakesPagesSmall) {
  const auto packed = Gzip(std::string(100'000, 'x'));
  ASSERT_TRUE(packed.has_value());
  EXPECT_LT(packed->size(), 1000U);
  EXPECT_TRUE(packed->starts_with("\x1f\x8b"));
}

}  // namespace
}  // namespace syspulse
