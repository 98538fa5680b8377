#include "services/agent/agent_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace syspulse {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

double ValueOf(const Frame& frame, const std::string& name) {
  for (std::size_t i = 0; i < frame.values.size(); ++i) {
    const auto family = static_cast<std::size_t>(frame.schema->series()[i].family);
    if (frame.schema->families()[family].name == name) return frame.values[i];
  }
  return std::nan("");
}

// A procfs with nothing but the agent's own memory in it.
class AgentMetricsTest : public ::testing::Test {
 protected:
  AgentMetricsTest() {
    std::filesystem::create_directories(root_ / "self");
    std::ofstream(root_ / "self/statm") << "9000 2500 1000 40 0 700 0\n";
  }
  ~AgentMetricsTest() override { std::filesystem::remove_all(root_); }

  const std::filesystem::path root_ = std::filesystem::path(::testing::TempDir()) /
                                      ("agent_metrics_test." + std::to_string(getpid()));
  const ProcFs procfs_{Roots{.procfs = root_}};
  AgentMetrics metrics_{procfs_, "web-1"};
};

TEST_F(AgentMetricsTest, TellsWhatTheBufferAndTheStreamCounted) {
  const FramePtr frame = metrics_.SampleOnce(kStart,
                                             {.bytes = 4096,
                                              .spool_bytes = 8192,
                                              .dropped_frames = 7,
                                              .dropped = {{"filesystem", 0}, {"system", 7}}},
                                             {.reconnects = 3, .sent_bytes = 12345});
  ASSERT_NE(frame, nullptr);
  EXPECT_EQ(frame->source, "agent");
  EXPECT_EQ(frame->host, "web-1");
  EXPECT_EQ(frame->time, kStart);
  ASSERT_EQ(frame->values.size(), 8u);
  EXPECT_THAT(frame->schema->series()[6].label_values, ::testing::ElementsAre("filesystem"));
  EXPECT_EQ(frame->values[6], 0) << "there from the start, so that an increase is seen";
  EXPECT_THAT(frame->schema->series()[7].label_values, ::testing::ElementsAre("system"));
  EXPECT_EQ(frame->values[7], 7);
  EXPECT_EQ(ValueOf(*frame, "syspulse_agent_spool_bytes"), 8192);
  EXPECT_EQ(ValueOf(*frame, "syspulse_agent_buffer_bytes"), 4096);
  EXPECT_EQ(ValueOf(*frame, "syspulse_agent_reconnects_total"), 3);
  EXPECT_EQ(ValueOf(*frame, "syspulse_agent_sent_bytes_total"), 12345);
  EXPECT_EQ(ValueOf(*frame, "syspulse_agent_resident_bytes"),
            static_cast<double>(2500 * sysconf(_SC_PAGESIZE)));
  EXPECT_GT(ValueOf(*frame, "syspulse_agent_cpu_seconds_total"), 0);
}

TEST_F(AgentMetricsTest, ComesEveryTenSecondsWhateverTheTick) {
  EXPECT_NE(metrics_.SampleOnce(kStart, {}, {}), nullptr);
  EXPECT_EQ(metrics_.SampleOnce(kStart + absl::Seconds(9), {}, {}), nullptr);
  EXPECT_NE(metrics_.SampleOnce(kStart + absl::Seconds(10), {}, {}), nullptr);
}

TEST_F(AgentMetricsTest, ClockThatWasSetBackDoesNotSilenceIt) {
  EXPECT_NE(metrics_.SampleOnce(kStart, {}, {}), nullptr);
  EXPECT_NE(metrics_.SampleOnce(kStart - absl::Hours(1), {}, {}), nullptr);
}

TEST_F(AgentMetricsTest, MemoryThatCannotBeReadIsNotMeasured) {
  std::ofstream(root_ / "self/statm") << "rubbish";
  const FramePtr frame = metrics_.SampleOnce(kStart, {}, {});
  EXPECT_TRUE(std::isnan(ValueOf(*frame, "syspulse_agent_resident_bytes")));
}

}  // namespace
}  // namespace syspulse
