#include "clients/cpp/backoff.h"

#include <gtest/gtest.h>

namespace syspulse {
namespace {

constexpr BackoffOptions kOptions{
    .initial = absl::Milliseconds(200), .max = absl::Seconds(1), .multiplier = 2};

TEST(Backoff, BoundDoublesUpToTheMaximum) {
  Backoff backoff(kOptions, [] { return 0.5; });
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(100));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(200));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(400));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(500));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(500));
}

TEST(Backoff, JitterReachesFromZeroToTheBound) {
  double random = 0;
  Backoff backoff(kOptions, [&random] { return random; });
  EXPECT_EQ(backoff.Next(), absl::ZeroDuration());
  random = 0.75;
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(300));
}

TEST(Backoff, ResetStartsFromTheInitialBound) {
  Backoff backoff(kOptions, [] { return 0.5; });
  backoff.Next();
  backoff.Next();
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(100));
}

TEST(Backoff, InitialAboveMaximumIsTheMaximum) {
  Backoff backoff({.initial = absl::Seconds(9), .max = absl::Seconds(1)}, [] { return 0.5; });
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(500));
}

TEST(RandomRatio, IsFromZeroToBelowOneAndVaries) {
  double least = 1;
  double most = 0;
  for (int i = 0; i < 1000; ++i) {
    const double ratio = RandomRatio();
    least = std::min(least, ratio);
    most = std::max(most, ratio);
  }
  EXPECT_GE(least, 0);
  EXPECT_LT(most, 1);
  EXPECT_LT(least, 0.1);
  EXPECT_GT(most, 0.9);
}

}  // namespace
}  // namespace syspulse
