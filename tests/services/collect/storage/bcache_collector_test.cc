#include "services/collect/storage/bcache_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr const char* kDisk = "sys/devices/virtual/block/bcache0/bcache/";

TEST(ParseBcacheNumber, ReadsWhatTheKernelWritesForPeople) {
  EXPECT_EQ(ParseBcacheNumber("0"), 0);
  EXPECT_EQ(ParseBcacheNumber("512"), 512);
  EXPECT_EQ(ParseBcacheNumber("2k"), 2048);
  EXPECT_EQ(ParseBcacheNumber("-1.5k"), -1524);  // 1024 and 500 of the next 1024
  EXPECT_EQ(ParseBcacheNumber("1.10M"), 2072576);
}

TEST(ParseBcacheNumber, RefusesWhatIsNone) {
  for (const char* text : {"", "-", "k", ".5k", "1.k", "1.11k", "1.-1k", "1x", "1kk", "1 k", "9E",
                           "1Y", "nan", "--1", "+1"}) {
    EXPECT_EQ(ParseBcacheNumber(text), std::nullopt) << text;
  }
}

TEST(ParseBcacheWriteback, ReadsWhatItKnows) {
  const auto writeback = ParseBcacheWriteback("rate:\t2.0k/sec\nproportional:\t-3\nnew:\tx\n");
  ASSERT_THAT(writeback, IsOk());
  EXPECT_EQ(*writeback, (BcacheWriteback{.rate = 2048, .proportional = -3}));
}

TEST(ParseBcacheWriteback, RefusesOtherNumbers) {
  for (const char* text : {"", "rate:\t2k/sec", "rate:\t2k/min\n", "target:\n", "change:\tx\n"}) {
    EXPECT_THAT(ParseBcacheWriteback(text), StatusIs(kDataLoss, HasSubstr("writeback_rate_debug")))
        << text;
  }
}

TEST(ParseBcachePriorities, ReadsPercents) {
  EXPECT_EQ(*ParseBcachePriorities("Unused:\t99%\nClean:\tx\nMetadata:\t1%\n"),
            (BcachePriorities{.unused = 99, .metadata = 1}));
  for (const char* text : {"", "Unused:\t9", "Unused:\t-1%\n", "Metadata:\t%\n"}) {
    EXPECT_THAT(ParseBcachePriorities(text), StatusIs(kDataLoss, HasSubstr("priority_stats")))
        << text;
  }
}

class BcacheCollectorTest : public ::testing::Test {
 protected:
  static std::string Key(const std::string& family, const std::string& device = "") {
    return family + "{7c1f9e52-0d3a-4b68-9f4e-2a6d81c05b37," + device + "}";
  }

  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  BcacheCollector collector_{&procfs_, /*priorities=*/false};
};

TEST_F(BcacheCollectorTest, TellsTheSetItsDisksAndItsCaches) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at(Key("node_bcache_cache_available_percent")), 91);
  EXPECT_EQ(values.at(Key("node_bcache_btree_read_average_duration_seconds")), 1874 * 1e-9);
  EXPECT_EQ(values.at(Key("node_bcache_cache_hits_total", "bdev0,")), 884201);
  EXPECT_EQ(values.at(Key("node_bcache_cache_readaheads_total", "bdev0,")), 13);
  EXPECT_EQ(values.at(Key("node_bcache_writeback_rate", "bdev0,")), 4 << 20);
  EXPECT_EQ(values.at(Key("node_bcache_writeback_change", "bdev0,")), -12 * 1024);
  EXPECT_EQ(values.at(Key("node_bcache_io_errors", "cache0,")), 3);
  EXPECT_EQ(values.size(), 10U + 7U + 1U + 5U + 3U);
}

TEST_F(BcacheCollectorTest, TellsPrioritiesOnlyIfAsked) {
  EXPECT_FALSE(CollectedValues(&collector_)
                   .contains(Key("node_bcache_priority_stats_unused_percent", "cache0,")));
  BcacheCollector collector(&procfs_, /*priorities=*/true);
  const auto values = CollectedValues(&collector);
  EXPECT_EQ(values.at(Key("node_bcache_priority_stats_unused_percent", "cache0,")), 7);
  EXPECT_EQ(values.at(Key("node_bcache_priority_stats_metadata_percent", "cache0,")), 1);
}

TEST_F(BcacheCollectorTest, LeavesOutWhatIsAbsentOrNoNumber) {
  const std::string disk = kDisk;
  tree_.Remove(disk + "writeback_rate_debug");
  tree_.Write(disk + "dirty_data", "much\n");
  tree_.Write(disk + "stats_total/cache_readaheads", "0\n");
  EXPECT_EQ(CollectedValues(&collector_).size(), 26U - 5U - 2U);
}

TEST_F(BcacheCollectorTest, PublishesNothingWhereTheRatesAreBroken) {
  tree_.Write(std::string(kDisk) + "writeback_rate_debug", "rate: fast\n");
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer), StatusIs(kDataLoss, HasSubstr("rate: fast")));
  EXPECT_THAT(writer.Finish()->values, IsEmpty());
}

TEST_F(BcacheCollectorTest, AHostWithoutItHasNoSeries) {
  tree_.Remove("sys/fs/bcache");
  EXPECT_THAT(CollectedValues(&collector_), IsEmpty());
}

}  // namespace
}  // namespace syspulse
