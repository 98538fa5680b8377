#include "services/hub/recent_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/frames.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FramePtr At(int second, const std::string& host = "a", std::size_t values = 1) {
  return GaugeFrame(host, "system", absl::FromUnixSeconds(second), std::vector<double>(values, 0));
}

std::vector<std::int64_t> SecondsOf(const RecentFrames& recent, const std::string& host,
                                    int since = 0) {
  std::vector<std::int64_t> seconds;
  for (const FramePtr& frame : recent.Since(host, "system", absl::FromUnixSeconds(since))) {
    seconds.push_back(absl::ToUnixSeconds(frame->time));
  }
  return seconds;
}

std::int64_t BytesOfOne(std::size_t values) {
  RecentFrames recent(absl::Hours(1), 1 << 20);
  recent.Add(At(1, "a", values), absl::ZeroDuration());
  return recent.bytes();
}

TEST(RecentFrames, ReturnsASourcesFramesSinceATimeOldestFirst) {
  RecentFrames recent(absl::Hours(1), 1 << 20);
  for (const int second : {1, 2, 3, 4}) recent.Add(At(second), absl::Seconds(second));
  recent.Add(At(3, "b"), absl::Seconds(4));
  EXPECT_THAT(SecondsOf(recent, "a"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(SecondsOf(recent, "a", 3), ElementsAre(3, 4));
  EXPECT_THAT(SecondsOf(recent, "a", 5), IsEmpty());
  EXPECT_THAT(SecondsOf(recent, "b"), ElementsAre(3));
  EXPECT_THAT(SecondsOf(recent, "nobody"), IsEmpty());
  EXPECT_THAT(recent.Since("a", "no such source", absl::InfinitePast()), IsEmpty());
}

TEST(RecentFrames, DropsWhatArrivedTooLongAgo) {
  RecentFrames recent(absl::Seconds(10), 1 << 20);
  recent.Add(At(1), absl::Seconds(100));
  recent.Add(At(2), absl::Seconds(105));
  recent.Add(At(3), absl::Seconds(111));
  EXPECT_THAT(SecondsOf(recent, "a"), ElementsAre(2, 3));
  recent.DropOld(absl::Seconds(200));
  EXPECT_THAT(SecondsOf(recent, "a"), IsEmpty());
  EXPECT_EQ(recent.bytes(), 0);
}

TEST(RecentFrames, DropsTheOldestOfAllHostsWhenThereIsTooMuch) {
  RecentFrames recent(absl::Hours(1), 3 * BytesOfOne(10));
  recent.Add(At(1, "a", 10), absl::Seconds(1));
  recent.Add(At(1, "b", 10), absl::Seconds(2));
  recent.Add(At(2, "a", 10), absl::Seconds(3));
  EXPECT_EQ(recent.bytes(), 3 * BytesOfOne(10));
  recent.Add(At(2, "b", 10), absl::Seconds(4));
  EXPECT_THAT(SecondsOf(recent, "a"), ElementsAre(2));
  EXPECT_THAT(SecondsOf(recent, "b"), ElementsAre(1, 2));
  EXPECT_EQ(recent.bytes(), 3 * BytesOfOne(10));
}

TEST(RecentFrames, FrameLargerThanTheWholeBoundIsNotKept) {
  RecentFrames recent(absl::Hours(1), BytesOfOne(10));
  recent.Add(At(1, "a", 1000), absl::Seconds(1));
  EXPECT_THAT(SecondsOf(recent, "a"), IsEmpty());
  EXPECT_EQ(recent.bytes(), 0);
}

TEST(RecentFrames, FrameOfASetBackClockTakesThePlaceOfLaterOnes) {
  RecentFrames recent(absl::Hours(1), 1 << 20);
  for (const int second : {1, 500, 501, 2}) recent.Add(At(second), absl::Seconds(1));
  EXPECT_THAT(SecondsOf(recent, "a"), ElementsAre(1, 2));
  EXPECT_EQ(recent.bytes(), 2 * BytesOfOne(1));
}

TEST(RecentFrames, LateFramesStandInTheirPlaceInTime) {
  RecentFrames recent(absl::Seconds(100), 1 << 20);
  for (const int second : {1, 2, 6}) recent.Add(At(second), absl::Seconds(second));
  for (const int second : {4, 3, 4, 5, 6, 0, 9}) recent.AddLate(At(second), absl::Seconds(10));
  EXPECT_THAT(SecondsOf(recent, "a"), ElementsAre(0, 1, 2, 3, 4, 5, 6, 9));
  recent.AddLate(At(1, "b"), absl::Seconds(10));
  EXPECT_THAT(SecondsOf(recent, "b"), ElementsAre(1)) << "alone so far";
  recent.AddLate(At(-92), absl::Seconds(10));
  EXPECT_THAT(SecondsOf(recent, "a"), ::testing::SizeIs(8)) << "too old beside the newest";
}

TEST(RecentFrames, LateFramesGoWithTheOnesBehindThem) {
  RecentFrames recent(absl::Seconds(10), 3 * BytesOfOne(1));
  recent.Add(At(1), absl::Seconds(1));
  recent.Add(At(4), absl::Seconds(4));
  recent.AddLate(At(3), absl::Seconds(8));
  EXPECT_THAT(SecondsOf(recent, "a"), ElementsAre(1, 3, 4));
  recent.AddLate(At(2), absl::Seconds(8));
  EXPECT_THAT(SecondsOf(recent, "a"), ElementsAre(2, 3, 4)) << "one too many";
  recent.DropOld(absl::Seconds(13));
  EXPECT_THAT(SecondsOf(recent, "a"), ElementsAre(2, 3, 4));
  recent.DropOld(absl::Seconds(15));
  EXPECT_THAT(SecondsOf(recent, "a"), IsEmpty());
  EXPECT_EQ(recent.bytes(), 0);
}

TEST(RecentFrames, ForgetsAHostAndGoesOnWithTheOthers) {
  RecentFrames recent(absl::Seconds(10), 1 << 20);
  recent.Add(At(1, "a"), absl::Seconds(1));
  recent.Add(At(1, "b"), absl::Seconds(2));
  recent.Add(At(2, "a"), absl::Seconds(3));
  recent.ForgetHost("a");
  recent.ForgetHost("nobody");
  EXPECT_EQ(recent.bytes(), BytesOfOne(1));
  recent.Add(At(2, "b"), absl::Seconds(30));
  EXPECT_THAT(SecondsOf(recent, "a"), IsEmpty());
  EXPECT_THAT(SecondsOf(recent, "b"), ElementsAre(2));
}

}  // namespace
}  // namespace syspulse
