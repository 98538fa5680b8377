#include "services/collect/storage/fibrechannel_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

TEST(ParseFibreChannelCounter, ReadsHexadecimalAndDecimal) {
  EXPECT_EQ(ParseFibreChannelCounter("0x1F"), 31U);
  EXPECT_EQ(ParseFibreChannelCounter("31"), 31U);
  EXPECT_EQ(ParseFibreChannelCounter("0xfffffffffffffffe"), 18446744073709551614U);
}

TEST(ParseFibreChannelCounter, KnowsWhatIsNotCounted) {
  for (const char* text : {"0xffffffffffffffff", "18446744073709551615", "", "0x", "0xg", "-1",
                           "0x1ffffffffffffffff", "1 2"}) {
    EXPECT_EQ(ParseFibreChannelCounter(text), std::nullopt) << text;
  }
}

class FibreChannelCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  FibreChannelCollector collector_{&procfs_};
};

TEST_F(FibreChannelCollectorTest, TellsAdaptersAndTheirCounters) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at("node_fibrechannel_info{host7,16 Gbit,Online,NPort (fabric via "
                      "point-to-point),01a2c0,21000024ff7a1c10,100088947103b2f6,QLE2692 "
                      "FW:v8.08.231 DVR:v10.02.07.900-k,Class 3,4 Gbit, 8 Gbit, 16 Gbit,45,}"),
            1);
  EXPECT_EQ(values.at("node_fibrechannel_rx_words_total{host7,}"), 0x4d3e81c9a7);
  EXPECT_FALSE(values.contains("node_fibrechannel_nos_total{host7,}"));
  EXPECT_EQ(values.size(), 1U + 13U);
}

TEST_F(FibreChannelCollectorTest, AnAdapterThatIsOffHasNoCounters) {
  tree_.Remove("sys/class/fc_host/host7/statistics");
  tree_.Write("sys/class/fc_host/host7/port_state", "Unknown\n");
  tree_.Remove("sys/class/fc_host/host7/symbolic_name");
  const auto values = CollectedValues(&collector_);
  ASSERT_EQ(values.size(), 1U);
  EXPECT_THAT(values.begin()->first, testing::HasSubstr("host7,16 Gbit,Unknown,"));
}

TEST_F(FibreChannelCollectorTest, AHostWithoutAdaptersHasNoDirectory) {
  tree_.Remove("sys/class/fc_host");
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, testing::HasSubstr("class/fc_host")));
}

}  // namespace
}  // namespace syspulse
