#include "services/hub/completeness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "services/hub/hub.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

constexpr absl::Duration kSecond = absl::Seconds(1);

absl::Time At(double second) {
  return absl::FromUnixSeconds(1'700'000'000) + absl::Seconds(second);
}

class CompletenessTest : public ::testing::Test {
 protected:
  void Add(int first, int last, bool late = false) {
    for (; first <= last; ++first) samples_.Add(At(first), kSecond, late);
  }
  double GapUntil(double second) const {
    return absl::ToDoubleSeconds(samples_.Until(At(second)).gap);
  }

  Completeness samples_;
};

TEST_F(CompletenessTest, NothingIsMissingOfWhatComesInTime) {
  EXPECT_TRUE(samples_.empty());
  Add(1, 100);
  EXPECT_EQ(samples_.newest(), At(100));
  EXPECT_EQ(samples_.Until(At(100)),
            (HostCompleteness{.expected_samples = 100, .received_samples = 100}));
}

TEST_F(CompletenessTest, AGapIsKnownOnceSomethingFollowsItAndIsFilledByWhatComesLate) {
  Add(1, 10);
  Add(41, 41);
  EXPECT_EQ(GapUntil(41), 30);
  EXPECT_EQ(samples_.Until(At(41)).expected_samples, 41);
  Add(11, 20, true);
  EXPECT_EQ(GapUntil(41), 20);
  Add(40, 40, true);
  Add(30, 30, true);
  EXPECT_EQ(GapUntil(41), 18);
  Add(21, 39, true);
  EXPECT_EQ(samples_.Until(At(41)), (HostCompleteness{.expected_samples = 41,
                                                      .received_samples = 41,
                                                      .late_samples = 31,
                                                      .duplicate_samples = 1}));
}

TEST_F(CompletenessTest, TheGapGrowsWithSilence) {
  Add(1, 10);
  EXPECT_EQ(GapUntil(15), 5);
  EXPECT_EQ(GapUntil(86'400 + 5), 86'400 - 5);
  EXPECT_EQ(GapUntil(1e6), 86'400) << "of the last day";
}

TEST_F(CompletenessTest, WhatComesAgainIsADuplicate) {
  Add(1, 5);
  Add(3, 5);
  Add(2, 2, true);
  const HostCompleteness result = samples_.Until(At(5));
  EXPECT_EQ(result.expected_samples, 5);
  EXPECT_EQ(result.received_samples, 5);
  EXPECT_EQ(result.duplicate_samples, 4);
}

TEST_F(CompletenessTest, WhatIsOlderThanTheFirstOfThisRunWasExpectedToo) {
  Add(50, 50);
  Add(40, 49, true);
  const HostCompleteness result = samples_.Until(At(50));
  EXPECT_EQ(result.received_samples, 11);
  EXPECT_EQ(result.expected_samples, 11);
  EXPECT_EQ(result.gap, absl::ZeroDuration());
}

TEST_F(CompletenessTest, LearnsWhatWasThereBefore) {
  Add(100, 105);
  std::vector<absl::Time> before;
  for (int second = 1; second <= 90; ++second) before.push_back(At(second));
  samples_.Learn(before, kSecond);
  EXPECT_EQ(GapUntil(105), 9);
  EXPECT_EQ(samples_.Until(At(105)).received_samples, 6) << "only those of this run";
}

TEST_F(CompletenessTest, AnIntervalThatChangesLeavesNoGap) {
  Add(1, 10);
  for (int second = 20; second <= 60; second += 10) {
    samples_.Add(At(second), absl::Seconds(10), false);
  }
  for (double second = 60.1; second < 61.05; second += 0.1) {
    samples_.Add(At(second), absl::Milliseconds(100.001), false);
  }
  EXPECT_NEAR(GapUntil(61), 0, 1e-3);
}

TEST_F(CompletenessTest, GapsOfTheDayBeforeAreForgotten) {
  Add(1, 10);
  Add(20, 20);
  Add(86'405, 86'405);
  EXPECT_EQ(GapUntil(86'405), 86'400 - 5 - 1 - 1);
  Add(90'000, 90'000);
  EXPECT_EQ(GapUntil(90'000), 86'400 - 2);
  Add(10, 12, true);
  EXPECT_EQ(GapUntil(90'000), 86'400 - 2) << "too old to matter";
}

TEST_F(CompletenessTest, RemembersABoundedNumberOfGaps) {
  constexpr int kGaps = 2 * static_cast<int>(Completeness::kMostSpans);
  for (int second = 2; second <= 2 * kGaps; second += 2) Add(second, second);
  EXPECT_NEAR(GapUntil(2 * kGaps), static_cast<double>(Completeness::kMostSpans), 2);
}

class HubCompletenessTest : public ::testing::Test {
 protected:
  HubCompletenessTest() {
    connection_ = hub_.Connect(Host{.id = "a", .sample_interval = kSecond}, "run", "ipv4:1")->id;
  }
  // Lets a second pass and a sample come.
  void Tick() {
    clock_.Advance(kSecond);
    Push(clock_.Now());
  }
  void Push(absl::Time time, const std::string& source = "system") {
    EXPECT_THAT(hub_.PushFrame(connection_, GaugeFrame("a", source, time, {1})), IsOk());
  }
  std::optional<HostCompleteness> Current() const { return (*hub_.FindHost("a"))->completeness; }

  FakeClock clock_;
  Hub hub_{&clock_, {}};
  std::uint64_t connection_ = 0;
};

TEST_F(HubCompletenessTest, IsNotKnownWithoutASample) {
  EXPECT_EQ(Current(), std::nullopt);
  Push(clock_.Now(), "filesystem");
  EXPECT_EQ(Current(), std::nullopt) << "not every tick has one";
  Push(clock_.Now() + absl::Hours(1));
  EXPECT_EQ(Current(), std::nullopt) << "its clock is wrong";
}

TEST_F(HubCompletenessTest, CountsSilenceOnceItIsLongerThanTheAgentMayBeSilent) {
  Tick();
  Tick();
  clock_.Advance(absl::Seconds(3));
  EXPECT_EQ(Current()->gap, absl::ZeroDuration());
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Current()->gap, absl::Seconds(5));
  Tick();
  EXPECT_EQ(Current()->gap, absl::Seconds(5));
  for (int late = 1; late <= 5; ++late) {
    const absl::Time time = clock_.Now() - absl::Seconds(late);
    EXPECT_THAT(hub_.PushLateFrame(connection_, GaugeFrame("a", "system", time, {1})), IsOk());
  }
  EXPECT_EQ(Current()->gap, absl::ZeroDuration());
  EXPECT_EQ(Current()->late_samples, 5);
  EXPECT_EQ(Current()->received_samples, 8);
  EXPECT_EQ(Current()->expected_samples, 8);
}

TEST_F(HubCompletenessTest, LearnsThePastFromTheHistory) {
  hub_.LearnPast("nobody", {});
  const absl::Time now = clock_.Now();
  hub_.LearnPast("a", std::vector{now - absl::Seconds(9), now - absl::Seconds(8)});
  EXPECT_EQ(Current()->gap, absl::Seconds(8)) << "nothing came since";
  Tick();
  EXPECT_EQ(Current()->gap, absl::Seconds(8));
  EXPECT_EQ(Current()->expected_samples, 1);
}

TEST_F(HubCompletenessTest, SaysWhatTheAgentDropped) {
  Tick();
  const auto dropped = [](const char* source, double value) {
    return Sample{.name = "syspulse_agent_frames_dropped_total",
                  .labels = {{"source", source}},
                  .value = value};
  };
  EXPECT_THAT(hub_.PushFrame(connection_, FrameOf("a", "agent", clock_.Now(),
                                                  {{.name = "other", .value = 99},
                                                   dropped("system", 3),
                                                   dropped("filesystem", 4),
                                                   dropped("hostile", -1e300),
                                                   dropped("odd", std::nan(""))})),
              IsOk());
  EXPECT_EQ(Current()->dropped_frames, 7);
}

TEST_F(HubCompletenessTest, TellsReadersOfHostsNowAndThen) {
  class Counter final : public HubSink {
   public:
    void OnFrame(const FramePtr&) override {}
    void OnProcessTable(const ProcessTablePtr&) override {}
    void OnHost(const HostPtr&) override { ++hosts; }
    void OnHostDeleted(const std::string&) override {}
    int hosts = 0;
  } counter;
  Tick();
  hub_.AddSink(&counter);
  const auto seconds = [&](int count) {
    for (; count > 0; --count) {
      Tick();
      hub_.UpdateStates();
    }
  };
  seconds(30);
  EXPECT_EQ(counter.hosts, 0) << "nothing to tell";
  clock_.Advance(absl::Seconds(2));
  seconds(1);
  EXPECT_EQ(counter.hosts, 1);
  for (int late = 1; late <= 2; ++late) {
    const absl::Time time = clock_.Now() - absl::Seconds(late);
    EXPECT_THAT(hub_.PushLateFrame(connection_, GaugeFrame("a", "system", time, {1})), IsOk());
    seconds(1);
  }
  EXPECT_EQ(counter.hosts, 1) << "not every second";
  seconds(30);
  EXPECT_EQ(counter.hosts, 2);
  hub_.RemoveSink(&counter);
}

}  // namespace
}  // namespace syspulse
