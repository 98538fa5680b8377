#include "services/collect/kernel/timex_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>

#include "tests/services/collect/values.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

std::map<std::string, double> Collect(const timex& clock, int state) {
  TimexCollector collector([&](timex* out) {
    EXPECT_EQ(out->modes, 0U) << "the clock must not be changed";
    *out = clock;
    return state;
  });
  MetricWriter writer;
  EXPECT_THAT(collector.Collect(&writer), IsOk());
  std::map<std::string, double> values;
  if (const auto tick = writer.Finish(); tick.ok()) AddValues(*tick->schema, tick->values, &values);
  return values;
}

TEST(TimexCollector, TakesMicrosecondsUnlessTheKernelSaysNanoseconds) {
  EXPECT_EQ(Collect({.offset = 1500}, TIME_OK)["node_timex_offset_seconds{}"], 0.0015);
  EXPECT_EQ(Collect({.offset = 1500, .status = STA_NANO}, TIME_OK)["node_timex_offset_seconds{}"],
            0.0000015);
}

TEST(TimexCollector, ScalesFrequenciesByPartsPerMillionWithSixteenBits) {
  auto values = Collect({.freq = -65536 * 3}, TIME_OK);
  EXPECT_EQ(values["node_timex_frequency_adjustment_ratio{}"], 1 - 3e-6);
}

TEST(TimexCollector, AClockThatNobodyKeepsIsNotSynchronised) {
  EXPECT_EQ(Collect({}, TIME_OK)["node_timex_sync_status{}"], 1);
  EXPECT_EQ(Collect({}, TIME_ERROR)["node_timex_sync_status{}"], 0);
}

TEST(TimexCollector, WhoMayNotAskHasNoData) {
  TimexCollector denied([](timex*) {
    errno = EPERM;
    return -1;
  });
  MetricWriter writer;
  EXPECT_THAT(denied.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("adjtimex")));
}

}  // namespace
}  // namespace syspulse
