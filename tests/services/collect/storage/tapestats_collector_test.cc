#include "services/collect/storage/tapestats_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(IsTapeDrive, LeavesOutTheOtherNamesOfADrive) {
  EXPECT_TRUE(IsTapeDrive("st0"));
  EXPECT_TRUE(IsTapeDrive("st12"));
  for (const char* name : {"st", "nst0", "st0l", "st0a", "sta", "st 1", "", "xst1"}) {
    EXPECT_FALSE(IsTapeDrive(name)) << name;
  }
}

class TapestatsCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
};

TEST_F(TapestatsCollectorTest, SaysWhatEachDriveDid) {
  TapestatsCollector collector(&procfs_, {});
  const auto values = CollectedValues(&collector);
  EXPECT_EQ(values.at("node_tape_io_now{st0,}"), 1);
  EXPECT_EQ(values.at("node_tape_io_time_seconds_total{st0,}"), 81.50025);
  EXPECT_EQ(values.at("node_tape_written_bytes_total{st0,}"), 1073741824);
  EXPECT_EQ(values.at("node_tape_reads_completed_total{st10,}"), 77);
  EXPECT_EQ(values.size(), 10U + 2U);  // st10 answers two of its attributes
}

TEST_F(TapestatsCollectorTest, DrivesCanBeLeftOut) {
  TapestatsCollector collector(&procfs_, NameFilter::Excluding("^st1"));
  EXPECT_EQ(CollectedValues(&collector).size(), 10U);
}

TEST_F(TapestatsCollectorTest, WhatIsCutIsNoNumber) {
  tree_.Write("sys/class/scsi_tape/st0/stats/read_cnt", "80");
  tree_.Write("sys/class/scsi_tape/st0/stats/write_cnt", "many\n");
  TapestatsCollector collector(&procfs_, {});
  EXPECT_EQ(CollectedValues(&collector).size(), 10U);
}

TEST_F(TapestatsCollectorTest, AHostWithoutTapesHasNoDirectory) {
  tree_.Remove("sys/class/scsi_tape");
  TapestatsCollector collector(&procfs_, {});
  MetricWriter writer;
  EXPECT_THAT(collector.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("No such file")));
}

}  // namespace
}  // namespace syspulse
