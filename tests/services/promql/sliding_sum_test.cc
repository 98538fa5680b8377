#include "services/promql/sliding_sum.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

namespace syspulse::promql {
namespace {

constexpr std::uint32_t kWindow = 100;

// All windows of that length of a column.
std::vector<Window> WindowsOver(std::size_t values) {
  std::vector<Window> windows;
  for (std::uint32_t first = 0; first + kWindow <= values; ++first) {
    windows.push_back({.first = first, .last = first + kWindow});
  }
  return windows;
}

// Expects that each window's sum is what adding it up with long doubles gives, but for the last
// digit.
void ExpectExact(std::span<const double> values) {
  const std::vector<Window> windows = WindowsOver(values.size());
  const WindowCuts cuts = CutsOf(windows, values.size());
  const SlidingSum sums(values, windows, cuts);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    long double expected = 0;
    for (const double value : values.subspan(windows[i].first, kWindow)) expected += value;
    ASSERT_DOUBLE_EQ(sums.Of(i).Total(), static_cast<double>(expected)) << i;
  }
}

TEST(SlidingSum, IsTheSumOfEachWindow) {
  std::minstd_rand random(1);
  std::vector<double> values(1000);
  for (double& value : values) value = static_cast<double>(random() % 100'000) / 100;
  ExpectExact(values);
}

TEST(SlidingSum, OfACounterHasAllItsDigits) {
  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = 1e9 + static_cast<double>(i) * 0.1;
  }
  ExpectExact(values);
}

TEST(SlidingSum, IsSmallBesideALargeValueThatIsOver) {
  std::vector<double> values(1000, 0.1);
  values[50] = 1e20;
  values[700] = -1e300;
  const std::vector<Window> windows = WindowsOver(values.size());
  const WindowCuts cuts = CutsOf(windows, values.size());
  const SlidingSum sums(values, windows, cuts);
  EXPECT_DOUBLE_EQ(sums.Of(51).Total(), 10);
  EXPECT_DOUBLE_EQ(sums.Of(800).Total(), 10);
  EXPECT_DOUBLE_EQ(sums.Of(0).Total(), 1e20);
}

TEST(SlidingSum, OfAFewValuesIsExactToo) {
  std::minstd_rand random(2);
  std::vector<double> values(300);
  for (double& value : values) value = static_cast<double>(random() % 1'000'000) / 1000 - 500;
  std::vector<Window> windows;
  for (std::uint32_t first = 0; first < 290; ++first) {
    windows.push_back({.first = first, .last = first + 1 + first % 10});
  }
  const WindowCuts cuts = CutsOf(windows, values.size());
  const SlidingSum sums(values, windows, cuts);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    long double expected = 0;
    for (std::uint32_t at = windows[i].first; at < windows[i].last; ++at) expected += values[at];
    ASSERT_DOUBLE_EQ(sums.Of(i).Total(), static_cast<double>(expected)) << i;
  }
}

TEST(SlidingSum, OfZerosIsZero) { ExpectExact(std::vector<double>(500, 0)); }

TEST(SlidingSum, ShowsInfinityOnlyInTheWindowsThatHoldIt) {
  std::vector<double> values(500, 1);
  values[10] = std::numeric_limits<double>::infinity();
  values[400] = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Window> windows = WindowsOver(values.size());
  const WindowCuts cuts = CutsOf(windows, values.size());
  const SlidingSum sums(values, windows, cuts);
  EXPECT_EQ(sums.Of(5).Total(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(sums.Of(11).Total(), 100);
  EXPECT_TRUE(std::isnan(sums.Of(350).Total()));
}

TEST(SlidingSum, OfValuesTooLargeForOneSumIsThatOfEachWindow) {
  std::vector<double> values(500, 1e306);
  for (std::size_t i = 1; i < values.size(); i += 2) values[i] = -1e306;
  const std::vector<Window> windows = WindowsOver(values.size());
  const WindowCuts cuts = CutsOf(windows, values.size());
  const SlidingSum sums(values, windows, cuts);
  EXPECT_EQ(sums.Of(7).Total(), 0);
}

}  // namespace
}  // namespace syspulse::promql
