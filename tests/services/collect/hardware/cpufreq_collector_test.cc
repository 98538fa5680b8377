#include "services/collect/hardware/cpufreq_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CpufreqCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  const ProcFs procfs_{tree_.roots()};
  CpufreqCollector collector_{&procfs_};
};

TEST_F(CpufreqCollectorTest, LeavesOutProcessorsThatAreOffline) {
  EXPECT_FALSE(CollectedValues(&collector_).contains("node_cpu_scaling_frequency_hertz{3,}"));
  tree_.Write("sys/devices/system/cpu/offline", "\n");
  EXPECT_EQ(CollectedValues(&collector_).at("node_cpu_scaling_frequency_hertz{3,}"), 1.2e9);
}

TEST_F(CpufreqCollectorTest, AFrequencyThatIsNotKnownCostsOnlyItself) {
  const auto values = CollectedValues(&collector_);
  EXPECT_FALSE(values.contains("node_cpu_frequency_hertz{1,}"));
  EXPECT_EQ(values.at("node_cpu_scaling_frequency_hertz{1,}"), 3400120000);
}

TEST_F(CpufreqCollectorTest, SaysNothingWithoutErrorWhereFrequenciesAreFixed) {
  for (const char* cpu : {"cpu0", "cpu1", "cpu2", "cpu3"}) {
    tree_.Remove(std::string("sys/devices/system/cpu/") + cpu + "/cpufreq");
  }
  EXPECT_THAT(CollectedValues(&collector_), IsEmpty());
}

}  // namespace
}  // namespace syspulse
