#include "services/collect/storage/zfs_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_format.h"
#include "services/collect/storage/kstat.h"
#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(ParseKstat, ReadsNumbersOf64BitsAndTheDataset) {
  const auto kstat = ParseKstat(
      "24 1 0x01 7 2160 1 2\nname type data\ndataset_name 7 tank/a  b\nwrites 4 "
      "18446744073709551615\n"
      "balance 3 -5\nsmall 2 7\n");
  ASSERT_THAT(kstat, IsOk());
  EXPECT_EQ(kstat->dataset, "tank/a  b");
  EXPECT_THAT(kstat->fields,
              ElementsAre(KstatField{"writes", 18446744073709551615.0}, KstatField{"balance", -5}));
}

TEST(ParseKstat, RefusesOtherLines) {
  for (const char* text :
       {"", "1 2 3\n", "name type data\nx 4 1", "name type data\nx 4 -1\n", "name type data\nx 4\n",
        "name type data\nx\n", "name type data\nx 3 many\n", "name type data\nx 4 1 2\n"}) {
    EXPECT_THAT(ParseKstat(text), StatusIs(kDataLoss, HasSubstr("kstat"))) << text;
  }
}

TEST(ParsePoolIo, PairsNamesWithValues) {
  const auto fields = ParsePoolIo("12 3 0x00 1 80 7 8\nnread nwritten reads\n1 2 3 \n");
  ASSERT_THAT(fields, IsOk());
  EXPECT_THAT(*fields, ElementsAre(KstatField{"nread", 1}, KstatField{"nwritten", 2},
                                   KstatField{"reads", 3}));
  for (const char* text :
       {"", "nread\n", "nread x\n1\n", "nread\n-1\n", "reads\n1\n", "nread\n1"}) {
    EXPECT_THAT(ParsePoolIo(text), StatusIs(kDataLoss, HasSubstr("kstat io"))) << text;
  }
}

TEST(ParsePoolState, IsOneWordInLowerCase) {
  EXPECT_EQ(*ParsePoolState("DEGRADED\n"), "degraded");
  for (const char* text : {"", "\n", "ONLINE", "ON LINE\n"}) {
    EXPECT_THAT(ParsePoolState(text), StatusIs(kDataLoss, HasSubstr("kstat state"))) << text;
  }
}

class ZfsCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  ZfsCollector collector_{&procfs_};
};

TEST_F(ZfsCollectorTest, SaysWhatTheFixtureHostHas) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at("node_zfs_arc_hits{}"), 8772612);
  EXPECT_EQ(values.at("node_zfs_arc_memory_available_bytes{}"), -922337203685477580);
  EXPECT_EQ(values.at("node_zfs_zil_zil_commit_count{}"), 10);
  EXPECT_EQ(values.at("node_zfs_zpool_nread{tank,}"), 1884160);
  EXPECT_EQ(values.at("node_zfs_zpool_dataset_nwritten{tank,tank/my files,}"), 12302);
  EXPECT_EQ(values.at("node_zfs_zpool_state{tank,online,}"), 1);
  EXPECT_EQ(values.at("node_zfs_zpool_state{old-pool,degraded,}"), 1);
  EXPECT_EQ(values.at("node_zfs_zpool_state{old-pool,online,}"), 0);
}

TEST_F(ZfsCollectorTest, WhatIsGoneIsLeftOut) {
  tree_.Remove("proc/spl/kstat/zfs/arcstats");
  tree_.Remove("proc/spl/kstat/zfs/tank");
  const auto values = CollectedValues(&collector_);
  EXPECT_FALSE(values.contains("node_zfs_arc_hits{}"));
  EXPECT_FALSE(values.contains("node_zfs_zpool_nread{tank,}"));
  EXPECT_TRUE(values.contains("node_zfs_zil_zil_commit_count{}"));
}

TEST_F(ZfsCollectorTest, ABrokenFileLeavesNothingHalfSaid) {
  tree_.Write("proc/spl/kstat/zfs/tank/objset-0x36", "name type data\nreads 4 many\n");
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer), StatusIs(kDataLoss, HasSubstr("reads 4 many")));
  EXPECT_THAT(writer.Finish()->values, IsEmpty());
}

TEST_F(ZfsCollectorTest, ManyDatasetsAreBoundedAndSaid) {
  for (std::size_t i = 0; i < kMostDatasets; ++i) {
    tree_.Write(absl::StrFormat("proc/spl/kstat/zfs/tank/objset-%d", i),
                absl::StrFormat("name type data\ndataset_name 7 tank/%d\nreads 4 1\n", i));
  }
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2000 are published")));
  EXPECT_GT(writer.Finish()->values.size(), kMostDatasets);
}

TEST_F(ZfsCollectorTest, AHostWithoutZfsHasNoDirectory) {
  tree_.Remove("proc/spl");
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("No such file")));
}

}  // namespace
}  // namespace syspulse
