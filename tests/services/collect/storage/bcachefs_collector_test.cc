#include "services/collect/storage/bcachefs_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/collect/storage/bcachefs_files.h"
#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr const char* kFolder = "sys/fs/bcachefs/b41d7e06-93c2-4f5a-8e1b-6d0f2a7c9358/";

TEST(ParseBcachefsNumber, KnowsUnits) {
  EXPECT_EQ(ParseBcachefsNumber("405"), 405U);
  EXPECT_EQ(ParseBcachefsNumber("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(ParseBcachefsNumber("542k"), 555008U);
  EXPECT_EQ(ParseBcachefsNumber("1.5G"), 1610612736U);
  EXPECT_EQ(ParseBcachefsNumber("1.26K"), 1290U);
  for (const char* text : {"", "k", "-1", "1kk", "nan", "infk", "1e30", "16384P", "1 k", "x"}) {
    EXPECT_EQ(ParseBcachefsNumber(text), std::nullopt) << text;
  }
}

TEST(ParseBcachefsTable, SkipsHeadingsAndShortLines) {
  EXPECT_THAT(*ParseBcachefsTable("a b c\nlz4 1k 2k 3\nshort 1\ninitial: 7 8\n"),
              ElementsAre(BcachefsRow{"lz4", 1024, 2048}, BcachefsRow{"initial", 7, 8}));
  for (const char* text : {"", "h", "h\nlz4 1 x\n", "h\nlz4 1 2"}) {
    EXPECT_THAT(ParseBcachefsTable(text), StatusIs(kDataLoss, HasSubstr("table"))) << text;
  }
}

TEST(ParseBcachefsErrors, MayBeNone) {
  EXPECT_THAT(*ParseBcachefsErrors(""), IsEmpty());
  EXPECT_THAT(*ParseBcachefsErrors("a 1 99\nb 2\n"),
              ElementsAre(BcachefsNumber{"a", 1}, BcachefsNumber{"b", 2}));
  EXPECT_THAT(ParseBcachefsErrors("a 1k 9\n"), StatusIs(kDataLoss, HasSubstr("a 1k 9")));
}

TEST(ParseBcachefsCounter, CountsSinceTheFilesystemWasMade) {
  EXPECT_EQ(*ParseBcachefsCounter("since mount: 1\nsince filesystem creation:   2k\n"), 2048U);
  for (const char* text : {"", "1\n", "since filesystem creation:\n", "since mount: 1\n"}) {
    EXPECT_THAT(ParseBcachefsCounter(text), StatusIs(kDataLoss, HasSubstr("counters"))) << text;
  }
}

TEST(ParseBcachefsIoDone, GoesByOperation) {
  EXPECT_THAT(*ParseBcachefsIoDone("lost : 1\nread:\nsb  : 2\nwrite:\nsb:3\nno colon\n"),
              ElementsAre(BcachefsIo{"read", "sb", 2}, BcachefsIo{"write", "sb", 3}));
  EXPECT_THAT(ParseBcachefsIoDone("read:\nsb: 2k\n"), StatusIs(kDataLoss, HasSubstr("sb: 2k")));
}

TEST(ParseBcachefsIoErrors, TakesThoseSinceTheBeginningOnly) {
  EXPECT_THAT(*ParseBcachefsIoErrors("IO errors since 2 d ago\n  read: 1\n"
                                     "IO errors since filesystem creation\n  read: 5\n"),
              ElementsAre(BcachefsNumber{"read", 5}));
  EXPECT_THAT(ParseBcachefsIoErrors("IO errors since filesystem creation\n read: -\n"),
              StatusIs(kDataLoss, HasSubstr("io_errors")));
}

class BcachefsCollectorTest : public ::testing::Test {
 protected:
  static std::string Key(const std::string& family, const std::string& labels = "") {
    return family + "{b41d7e06-93c2-4f5a-8e1b-6d0f2a7c9358," + labels + "}";
  }

  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  BcachefsCollector collector_{&procfs_};
};

TEST_F(BcachefsCollectorTest, TellsWhatTheFixtureHostHas) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at(Key("node_bcachefs_btree_cache_size_bytes")), 1342177280);
  EXPECT_EQ(values.at(Key("node_bcachefs_compression_uncompressed_bytes", "lz4,")), 20615843020);
  EXPECT_EQ(values.at(Key("node_bcachefs_errors_total", "alloc_key_data_type_wrong,")), 17);
  EXPECT_EQ(values.at(Key("node_bcachefs_io_move_evac_total")), 18);
  EXPECT_EQ(values.at(Key("node_bcachefs_data_read_total")), 12.5 * (1LL << 40));
  EXPECT_EQ(values.at(Key("node_bcachefs_btree_writes_total", "interior,")), 40210);
  EXPECT_EQ(values.at(Key("node_bcachefs_btree_write_average_size_bytes", "interior,")), 1280);
  EXPECT_EQ(values.at(Key("node_bcachefs_device_info", "1,ssd.disk1,rw,")), 1);
  EXPECT_EQ(values.at(Key("node_bcachefs_device_buckets", "1,")), 953870);
  EXPECT_EQ(values.at(Key("node_bcachefs_device_io_done_bytes_total", "0,read,user,")),
            102313054200);
  EXPECT_EQ(values.at(Key("node_bcachefs_device_io_errors_total", "1,checksum,")), 1);
}

TEST_F(BcachefsCollectorTest, LeavesOutWhatIsAbsent) {
  const std::string folder = kFolder;
  for (const char* place : {"compression_stats", "errors", "btree_write_stats", "counters", "dev-0",
                            "dev-1", "btree_cache_size"}) {
    tree_.Remove(folder + place);
  }
  EXPECT_THAT(CollectedValues(&collector_),
              ElementsAre(testing::Pair(Key("node_bcachefs_info"), 1)));
}

TEST_F(BcachefsCollectorTest, PublishesNothingWhereAFileIsBroken) {
  tree_.Write(std::string(kFolder) + "dev-1/io_done", "read:\nsb: many\n");
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer), StatusIs(kDataLoss, HasSubstr("sb: many")));
  EXPECT_THAT(writer.Finish()->values, IsEmpty());
}

TEST_F(BcachefsCollectorTest, IsNotThereWhereNoneIsMounted) {
  MetricWriter writer;
  tree_.Remove(std::string(kFolder).substr(0, std::string(kFolder).size() - 1));
  EXPECT_THAT(collector_.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no bcachefs is mounted")));
  tree_.Remove("sys/fs/bcachefs");
  EXPECT_THAT(collector_.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("fs/bcachefs")));
}

}  // namespace
}  // namespace syspulse
