// What agents send between their own samples: for those who ask, and nobody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "services/hub/hub.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class InterimSink final : public HubSink {
 public:
  void OnFrame(const FramePtr&) override { lines.push_back("frame"); }
  void OnProcessTable(const ProcessTablePtr&) override { lines.push_back("table"); }
  void OnInterimFrame(const FramePtr&) override { lines.push_back("interim frame"); }
  void OnInterimTable(const ProcessTablePtr&) override { lines.push_back("interim table"); }
  void OnHost(const HostPtr&) override {}
  void OnHostDeleted(const std::string&) override {}

  std::vector<std::string> lines;
};

class HubInterimTest : public ::testing::Test {
 protected:
  static FramePtr FrameAt(absl::Time time) { return GaugeFrame("a", "system", time, {1}); }
  absl::Time At(int milliseconds) const { return start_ + absl::Milliseconds(milliseconds); }
  void Push(int milliseconds) {
    ASSERT_THAT(hub_.PushFrame(connection_, FrameAt(At(milliseconds))), IsOk());
  }
  void PushInterim(int milliseconds) {
    ASSERT_THAT(hub_.PushInterimFrame(connection_, FrameAt(At(milliseconds))), IsOk());
  }
  // Milliseconds of the pair: the earlier, then the latest.
  std::vector<std::int64_t> Pair(const FramePair& pair) const {
    std::vector<std::int64_t> times;
    for (const FramePtr& frame : {pair.earlier, pair.latest}) {
      times.push_back(frame == nullptr ? -1 : absl::ToInt64Milliseconds(frame->time - start_));
    }
    return times;
  }
  std::vector<std::int64_t> Ordinary() const { return Pair(hub_.LatestTwo("a", "system")); }
  std::vector<std::int64_t> Newest() const {
    return Pair(hub_.LatestTwoWithInterim("a", "system"));
  }

  FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  Hub hub_{&clock_, HubOptions{}};
  const std::uint64_t connection_ =
      hub_.Connect(Host{.id = "a", .sample_interval = absl::Seconds(1)}, "run", "ipv4:10.0.0.7:1")
          ->id;
};

TEST_F(HubInterimTest, ChangesNothingForOthers) {
  Push(0);
  Push(1000);
  PushInterim(1100);
  PushInterim(1200);
  EXPECT_THAT(Ordinary(), ElementsAre(0, 1000));
  EXPECT_THAT(Newest(), ElementsAre(1100, 1200));
  Push(2000);
  EXPECT_THAT(Ordinary(), ElementsAre(1000, 2000));
  EXPECT_THAT(Newest(), ElementsAre(1200, 2000));
  Push(3000);
  EXPECT_THAT(Newest(), ElementsAre(2000, 3000)) << "as without, once there are no more of them";
  EXPECT_EQ(hub_.RecentFrames("a", "system", start_).size(), 4U);
  EXPECT_EQ((*hub_.FindHost("a"))->completeness->received_samples, 4);
}

TEST_F(HubInterimTest, IsWhatThereIsWhereNothingCameInBetween) {
  Push(0);
  Push(1000);
  EXPECT_THAT(Newest(), ElementsAre(0, 1000));
  EXPECT_THAT(Pair(hub_.LatestTwoWithInterim("a", "else")), ElementsAre(-1, -1));
  EXPECT_THAT(Pair(hub_.LatestTwoWithInterim("b", "system")), ElementsAre(-1, -1));
}

TEST_F(HubInterimTest, TakesOnlyWhatFollowsTheLatestClosely) {
  InterimSink sink;
  PushInterim(0);  // of a source that is not known
  Push(1000);
  hub_.AddSink(&sink);
  PushInterim(900);
  PushInterim(1000);
  PushInterim(1200);
  PushInterim(1100);
  PushInterim(1200);
  PushInterim(100'000);  // its clock is wrong
  EXPECT_THAT(Newest(), ElementsAre(1000, 1200));
  EXPECT_THAT(sink.lines, ElementsAre("interim frame"));
  hub_.RemoveSink(&sink);
}

TEST_F(HubInterimTest, BeginsAnewAfterTheClockWasSet) {
  Push(1000);
  PushInterim(1100);
  const auto clock = [&](int milliseconds, int since_boot) {
    return AgentClock{.time = At(milliseconds), .since_boot = absl::Milliseconds(since_boot)};
  };
  ASSERT_THAT(hub_.TakeClock("a", connection_, clock(1000, 1000)), IsOk());
  ASSERT_THAT(hub_.TakeClock("a", connection_, clock(-3'600'000, 2000)), IsOk());
  PushInterim(-3'600'000);
  EXPECT_THAT(Newest(), ElementsAre(1000, 1100)) << "nothing of the new time is known yet";
  Push(-3'599'000);
  EXPECT_THAT(Newest(), ElementsAre(-1, -3'599'000));
  PushInterim(-3'598'900);
  EXPECT_THAT(Newest(), ElementsAre(-3'599'000, -3'598'900));
}

TEST_F(HubInterimTest, TablesLikewise) {
  const auto table = [&](int milliseconds) {
    return std::make_shared<ProcessTable>(ProcessTable{.host = "a", .time = At(milliseconds)});
  };
  ASSERT_THAT(hub_.PushInterimTable(connection_, table(0)), IsOk());
  EXPECT_EQ(hub_.LatestProcessesWithInterim("a"), nullptr);
  ASSERT_THAT(hub_.PushProcessTable(connection_, table(1000)), IsOk());
  ASSERT_THAT(hub_.PushInterimTable(connection_, table(1100)), IsOk());
  EXPECT_EQ(hub_.LatestProcesses("a")->time, At(1000));
  EXPECT_EQ(hub_.LatestProcessesWithInterim("a")->time, At(1100));
  ASSERT_THAT(hub_.PushProcessTable(connection_, table(2000)), IsOk());
  EXPECT_EQ(hub_.LatestProcessesWithInterim("a")->time, At(2000));
}

TEST_F(HubInterimTest, IsOfTheConnectionThatSpeaksForTheHost) {
  EXPECT_THAT(hub_.PushInterimFrame(connection_ + 1, FrameAt(At(0))),
              StatusIs(absl::StatusCode::kAborted, ::testing::_));
  EXPECT_THAT(hub_.DeleteHost("a"), IsOk());
  EXPECT_THAT(hub_.PushInterimFrame(connection_, FrameAt(At(0))),
              StatusIs(absl::StatusCode::kNotFound, ::testing::_));
  EXPECT_THAT(hub_.PushInterimTable(connection_, std::make_shared<ProcessTable>(
                                                     ProcessTable{.host = "a", .time = At(0)})),
              StatusIs(absl::StatusCode::kNotFound, ::testing::_));
}

}  // namespace
}  // namespace syspulse
