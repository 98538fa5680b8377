#include "services/collect/network/infiniband_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "services/collect/network/infiniband_counters.h"
#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ParseInfinibandState, TakesTheNumberBeforeTheName) {
  EXPECT_EQ(ParseInfinibandState("4: ACTIVE"), 4U);
  EXPECT_EQ(ParseInfinibandState(" 5 : LinkUp"), 5U);
  for (const char* text : {"", "4", "ACTIVE", "x: ACTIVE", "-1: DOWN", ":"}) {
    EXPECT_EQ(ParseInfinibandState(text), std::nullopt) << text;
  }
}

TEST(ParseInfinibandRate, TurnsGigabitsIntoBytes) {
  EXPECT_EQ(ParseInfinibandRate("40 Gb/sec (4X QDR)"), 5e9);
  EXPECT_EQ(ParseInfinibandRate("2.5 Gb/sec (1X SDR)"), 312.5e6);
  for (const char* text :
       {"", "40", "40 Mb/sec", "x Gb/sec", "inf Gb/sec", "nan Gb/sec", "-1 Gb/sec"}) {
    EXPECT_EQ(ParseInfinibandRate(text), std::nullopt) << text;
  }
}

TEST(InfinibandCounters, AreOneFileAndOneMetricEach) {
  std::set<std::string_view> names;
  std::set<std::string> files;
  for (const InfinibandCounter& counter : InfinibandCounters()) {
    EXPECT_TRUE(names.insert(counter.family.name).second) << counter.family.name;
    EXPECT_TRUE(files.insert(absl::StrFormat("%s/%s", counter.directory, counter.file)).second);
    EXPECT_TRUE(counter.family.name.ends_with("_total")) << counter.family.name;
  }
}

class InfinibandCollectorTest : public ::testing::Test {
 protected:
  Collected Collect(NameFilter devices = {}) {
    InfinibandCollector collector(&procfs_, std::move(devices));
    return CollectOnce(&collector);
  }

  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
};

TEST_F(InfinibandCollectorTest, CountsDataInBytesOfAllLanes) {
  const Collected got = Collect();
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, HasSubstr("\nnode_infiniband_port_data_transmitted_bytes_total{device="
                                  "\"mlx5_0\",port=\"1\"} 13244017688440\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_infiniband_legacy_data_received_bytes_total{device="
                                  "\"mlx4_1\",port=\"1\"} 308492017644\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_infiniband_lifespan_seconds{device=\"mlx5_0\",port="
                                  "\"1\"} 2\n"));
}

TEST_F(InfinibandCollectorTest, LeavesOutWhatAnAdapterDoesNotHave) {
  const std::string text = Collect().text;
  EXPECT_THAT(text, HasSubstr("{board_id=\"HP_0230240019\",device=\"mlx4_1\",firmware_version="
                              "\"\",hca_type=\"MT26428\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("node_infiniband_symbol_error_total{device=\"mlx4_1\"")));
  EXPECT_THAT(text, HasSubstr("\nnode_infiniband_state_id{device=\"mlx4_1\",port=\"2\"} 1\n"));
}

TEST_F(InfinibandCollectorTest, IsNotThereWithoutAdapters) {
  tree_.Remove("sys/class/infiniband");
  EXPECT_THAT(Collect().status,
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("class/infiniband")));
}

TEST_F(InfinibandCollectorTest, FiltersAdapters) {
  EXPECT_THAT(Collect(NameFilter::Excluding("^mlx4")).text, Not(HasSubstr("mlx4_1")));
}

}  // namespace
}  // namespace syspulse
