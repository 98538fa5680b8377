#include "services/exporter/collector_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/base/log.h"
#include "services/collect/sampler.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/services/collect/values.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
const absl::Time kTime = absl::FromUnixSeconds(1'700'001'000);

// A sample of all sources of the fixture's host.
class CollectorQueryTest : public ::testing::Test {
 protected:
  CollectorQueryTest() {
    EXPECT_THAT(ConfigureLog("error", "text"), IsOk());
    Sampler sampler(&procfs_, &clock_, {.host_id = "web-1"});
    frames_ = sampler.SampleOnce(kTime).frames;
    for (FramePtr& frame : sampler.WaitForSlowSources(kTime, absl::Seconds(30))) {
      frames_.push_back(std::move(frame));
    }
    EXPECT_THAT(ConfigureLog("info", "text"), IsOk());
  }

  // Returns the names of the families that a query leaves, without those about collectors.
  std::set<std::string> Left(const std::string& query) {
    const auto parsed = CollectorQuery::Parse(query, {});
    EXPECT_THAT(parsed, IsOk());
    std::set<std::string> left;
    for (const FramePtr& frame : frames_) {
      for (const auto& [key, value] : Values({parsed->Narrowed(frame)})) {
        if (!std::isnan(value)) left.insert(key.substr(0, key.find('{')));
      }
    }
    EXPECT_EQ(left.erase("node_scrape_collector_success"),
              left.erase("node_scrape_collector_duration_seconds"));
    return left;
  }

  // Returns the collectors that a query leaves.
  std::set<std::string> Collectors(const std::string& query) {
    const auto parsed = CollectorQuery::Parse(query, {});
    EXPECT_THAT(parsed, IsOk());
    std::set<std::string> collectors;
    constexpr std::string_view kSuccess = "node_scrape_collector_success{";
    for (const FramePtr& frame : frames_) {
      for (const auto& [key, value] : Values({parsed->Narrowed(frame)})) {
        if (!key.starts_with(kSuccess) || std::isnan(value)) continue;
        collectors.insert(key.substr(kSuccess.size(), key.size() - kSuccess.size() - 2));
      }
    }
    return collectors;
  }

  FixtureTree tree_;
  FakeClock clock_{kTime};
  ProcFs procfs_{tree_.roots()};
  std::vector<FramePtr> frames_;
};

TEST_F(CollectorQueryTest, LeavesWhatTheNamedCollectorsSay) {
  EXPECT_THAT(Left("collect[]=loadavg"), ElementsAre("node_load1", "node_load15", "node_load5"));
  EXPECT_THAT(
      Left("collect[]=entropy&collect[]=selinux"),
      ElementsAre("node_entropy_available_bits", "node_entropy_pool_size_bits",
                  "node_selinux_config_mode", "node_selinux_current_mode", "node_selinux_enabled"));
  EXPECT_THAT(Collectors("x=1&collect%5B%5D=load%61vg&collect[]=loadavg"), ElementsAre("loadavg"));
}

TEST_F(CollectorQueryTest, TakesTheNamesOfNodeExporterForAllTheirParts) {
  EXPECT_THAT(Collectors("collect[]=cpu"), ElementsAre("cpu", "cpu_topology"));
  EXPECT_THAT(Left("collect[]=cpu"),
              IsSupersetOf({"node_cpu_seconds_total", "node_cpu_package_throttles_total"}));
  EXPECT_THAT(Left("exclude[]=cpu"), Not(::testing::Contains(::testing::StartsWith("node_cpu_t"))));
}

TEST_F(CollectorQueryTest, EachCollectorAloneAndAllOthersAreTheWhole) {
  const std::set<std::string> whole = Left("");
  const std::set<std::string> all = Collectors("");
  EXPECT_GT(all.size(), 40U);
  std::set<std::string> together;
  for (const std::string& name : all) {
    const std::set<std::string> alone = Left("collect[]=" + name);
    together.insert(alone.begin(), alone.end());
    EXPECT_FALSE(Collectors("exclude[]=" + name).contains(name));
    EXPECT_GE(Collectors("exclude[]=" + name).size(), all.size() - 2);
  }
  EXPECT_EQ(together, whole);
}

TEST_F(CollectorQueryTest, ExcludingWhatDoesNotExistExcludesNothing) {
  EXPECT_EQ(Left("exclude[]=nothing"), Left(""));
}

TEST(CollectorQuery, RefusesWhatDoesNotRun) {
  CollectorSettings settings;
  settings.chosen["cpu"] = false;
  const auto refused = [&](const std::string& query, const std::string& why) {
    EXPECT_THAT(CollectorQuery::Parse(query, settings), StatusIs(kInvalid, HasSubstr(why)));
  };
  refused("collect[]=loadavg&collect[]=nope", "missing collector: nope");
  refused("collect[]=", "missing collector: ");
  refused("collect[]=%ff", "missing collector: \xEF\xBF\xBD");
  refused("collect[]=cpu", "disabled collector: cpu;");
  refused("collect[]=cpu_topology", "disabled collector: cpu_topology;");
  refused("collect[]=loadavg&exclude[]=stat", "cannot be combined");
}

TEST(CollectorQuery, PaysNoHeedToOtherParameters) {
  for (const char* query :
       {"", "&&=&", "collect=cpu", "collect[]%=cpu", "collect[]=%zz", "%", "a=%4"}) {
    const auto parsed = CollectorQuery::Parse(query, {});
    ASSERT_THAT(parsed, IsOk()) << query;
    EXPECT_TRUE(parsed->TakesAll()) << query;
  }
}

}  // namespace
}  // namespace syspulse
