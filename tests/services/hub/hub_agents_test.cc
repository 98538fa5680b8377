// The agents that speak for hosts: two with one id, and those whose clocks are set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/hub/hub.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;
using Code = absl::StatusCode;

constexpr absl::Duration kSecond = absl::Seconds(1);

// Counts what it is told of hosts.
class HostCounter final : public HubSink {
 public:
  void OnFrame(const FramePtr&) override {}
  void OnProcessTable(const ProcessTablePtr&) override {}
  void OnHost(const HostPtr&) override { ++count; }
  void OnHostDeleted(const std::string&) override {}

  int count = 0;
};

class HubAgentsTest : public ::testing::Test {
 protected:
  absl::StatusOr<HubConnection> Connect(const std::string& session, const std::string& boot = "b1",
                                        const std::string& hostname = "a.example") {
    return hub_.Connect(Host{.id = "a", .hostname = hostname}, session, "ipv4:10.0.0.7:" + session,
                        boot);
  }
  HostPtr Find() const { return *hub_.FindHost("hosts/a"); }

  // A second passes for all, and the agent sends what it measured in it.
  void Tick(std::uint64_t connection, double value = 1) {
    clock_.Advance(kSecond);
    agent_.time += kSecond;
    agent_.since_boot += kSecond;
    const auto step = hub_.TakeClock("a", connection, agent_);
    ASSERT_THAT(step, IsOk());
    if (*step) step_ = **step;
    EXPECT_THAT(hub_.PushFrame(connection, GaugeFrame("a", "system", agent_.time, {value})),
                IsOk());
  }
  void Ticks(std::uint64_t connection, int count) {
    for (int i = 0; i < count; ++i) Tick(connection);
  }

  FakeClock clock_;
  Hub hub_{&clock_, HubOptions{.max_hosts = 3}};
  AgentClock agent_{.time = clock_.Now(), .since_boot = absl::Hours(9)};
  absl::Duration step_;
};

TEST_F(HubAgentsTest, TheAgentThatCameFirstGoesOnAndTheOtherIsRefused) {
  const auto first = Connect("1");
  ASSERT_THAT(first, IsOk());
  clock_.Advance(absl::Seconds(2));
  EXPECT_THAT(Connect("2", "b2", "clone.example"),
              StatusIs(Code::kAlreadyExists,
                       HasSubstr("another agent, on a.example at ipv4:10.0.0.7:1, speaks for host "
                                 "a; give each machine an id of its own with --host-id")));
  EXPECT_THAT(hub_.PushFrame(first->id, GaugeFrame("a", "system", clock_.Now(), {1})), IsOk());
  EXPECT_EQ(Find()->hostname, "a.example");
  EXPECT_EQ(Find()->state, HostState::kOnline);
}

TEST_F(HubAgentsTest, AConflictIsKnownWithWhoTheOtherIsUntilItIsLongOver) {
  const auto first = Connect("1");
  EXPECT_EQ(Find()->conflict, std::nullopt);
  const absl::Time begin = clock_.Now();
  Connect("2", "b2", "clone.example").IgnoreError();
  Tick(first->id);
  Connect("2", "b2", "clone.example").IgnoreError();
  EXPECT_EQ(Find()->conflict, (HostConflict{.address = "ipv4:10.0.0.7:2",
                                            .hostname = "clone.example",
                                            .first = begin,
                                            .last = begin + kSecond,
                                            .refusals = 2}));
  Ticks(first->id, 120);
  hub_.UpdateStates();
  EXPECT_NE(Find()->conflict, std::nullopt);
  Tick(first->id);
  hub_.UpdateStates();
  EXPECT_EQ(Find()->conflict, std::nullopt);
}

TEST_F(HubAgentsTest, TwoAgentsOnOneMachineAreToldFromTwoMachines) {
  ASSERT_THAT(Connect("1", "b1"), IsOk());
  EXPECT_THAT(Connect("2", "b1"),
              StatusIs(Code::kAlreadyExists, HasSubstr("on the same machine at")));
  EXPECT_TRUE(Find()->conflict->same_boot);
  EXPECT_THAT(Connect("3", ""), StatusIs(Code::kAlreadyExists, HasSubstr("on a.example at")));
  EXPECT_FALSE(Find()->conflict->same_boot);
}

TEST_F(HubAgentsTest, AnAgentThatIsSilentOrGoneMakesWay) {
  const auto first = Connect("1");
  clock_.Advance(absl::Seconds(3) + absl::Milliseconds(1));
  const auto second = Connect("2");
  ASSERT_THAT(second, IsOk()) << "the first one's machine lost its power";
  EXPECT_THAT(hub_.PushFrame(first->id, GaugeFrame("a", "system", clock_.Now(), {1})),
              StatusIs(Code::kAborted, HasSubstr("from ipv4:10.0.0.7:2, took over host a")));
  hub_.Disconnect("a", first->id);
  EXPECT_EQ(Find()->state, HostState::kOnline) << "the first one's end is noticed late";
  hub_.Disconnect("a", second->id);
  EXPECT_EQ(Find()->state, HostState::kOffline);
  EXPECT_THAT(Connect("3"), IsOk());
}

TEST_F(HubAgentsTest, WhoeverGetsInEndsTheConflict) {
  const auto first = Connect("1");
  Connect("2").IgnoreError();
  ASSERT_NE(Find()->conflict, std::nullopt);
  hub_.Disconnect("a", first->id);
  EXPECT_THAT(Connect("2"), IsOk());
  EXPECT_EQ(Find()->conflict, std::nullopt);
  Connect("1").IgnoreError();
  EXPECT_EQ(Find()->conflict->address, "ipv4:10.0.0.7:1");
}

TEST_F(HubAgentsTest, OfWhatATwinMeasuredWhileItWasRefusedNothingIsTaken) {
  const auto first = Connect("1");
  Ticks(first->id, 3);
  const absl::Time refused = clock_.Now();
  Connect("2", "b2").IgnoreError();
  Ticks(first->id, 5);
  Connect("2", "b2").IgnoreError();
  Ticks(first->id, 5);
  const absl::Time last = clock_.Now();
  hub_.Disconnect("a", first->id);
  clock_.Advance(absl::Seconds(4));
  const auto push = [&](std::uint64_t connection, absl::Time time) {
    return hub_.PushLateFrame(connection, GaugeFrame("a", "system", time, {2}));
  };
  for (const std::string session : {"2", "3"}) {  // or another run on the same machine
    const auto second = Connect(session, "b2");
    ASSERT_THAT(second, IsOk());
    EXPECT_THAT(push(second->id, refused), IsOk()) << "it may have spoken for the host before";
    if (session == "3") break;
    for (const absl::Time time : {refused + kSecond, last}) {
      EXPECT_THAT(push(second->id, time),
                  StatusIs(Code::kFailedPrecondition, HasSubstr("another agent spoke for host a")));
      EXPECT_THAT(hub_.PushFrame(second->id, GaugeFrame("a", "system", time, {2})),
                  StatusIs(Code::kFailedPrecondition, HasSubstr("another agent")));
    }
    EXPECT_THAT(push(second->id, last + kSecond), IsOk());
    EXPECT_EQ(Find()->completeness->received_samples, 14);
    hub_.Disconnect("a", second->id);
  }
}

TEST_F(HubAgentsTest, ATwinIsKnownByItsBootWhenItStartsAgain) {
  const auto first = Connect("1");
  Ticks(first->id, 3);
  const absl::Time refused = clock_.Now();
  Connect("2", "b2").IgnoreError();
  Ticks(first->id, 5);
  hub_.Disconnect("a", first->id);
  const auto again = Connect("3", "b2");
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(hub_.PushLateFrame(again->id, GaugeFrame("a", "system", refused + kSecond, {2})),
              StatusIs(Code::kFailedPrecondition, HasSubstr("another agent spoke")));
}

TEST_F(HubAgentsTest, ARunThatWaitedForTheEndOfAnotherIsTakenWhole) {
  const auto first = Connect("1");
  Ticks(first->id, 3);
  const absl::Time last = clock_.Now();
  clock_.Advance(kSecond);
  Connect("2").IgnoreError();  // the first one's end is not noticed yet
  clock_.Advance(absl::Seconds(3));
  const auto second = Connect("2");
  ASSERT_THAT(second, IsOk());
  for (int i = 1; i <= 4; ++i) {
    EXPECT_THAT(hub_.PushLateFrame(second->id, GaugeFrame("a", "system", last + i * kSecond, {2})),
                IsOk());
  }
}

TEST_F(HubAgentsTest, RunsThatWereRefusedAreForgottenWhereThereAreMany) {
  const auto first = Connect("1");
  for (int i = 0; i < 200; ++i) {
    Tick(first->id);
    Connect("twin-" + std::to_string(i), "boot-" + std::to_string(i)).IgnoreError();
  }
  hub_.Disconnect("a", first->id);
  const auto last = Connect("twin-0", "boot-0");
  ASSERT_THAT(last, IsOk());
  EXPECT_THAT(hub_.PushLateFrame(last->id, GaugeFrame("a", "system", clock_.Now(), {2})), IsOk());
}

TEST_F(HubAgentsTest, TheSameRunOfAnAgentMayConnectAgainBeforeItsOldStreamEnds) {
  const auto first = Connect("1");
  const auto second = Connect("1");
  ASSERT_THAT(second, IsOk());
  hub_.Disconnect("a", first->id);
  EXPECT_THAT(hub_.PushFrame(second->id, GaugeFrame("a", "system", clock_.Now(), {1})), IsOk());
  EXPECT_EQ(Find()->state, HostState::kOnline);
}

TEST_F(HubAgentsTest, AStormOfRefusedAgentsIsToldSinksOnceIn10Seconds) {
  const auto first = Connect("1");
  HostCounter sink;
  hub_.AddSink(&sink);
  for (int i = 0; i < 1000; ++i) Connect("2", "b" + std::to_string(i)).IgnoreError();
  EXPECT_EQ(sink.count, 1);
  Ticks(first->id, 11);
  hub_.UpdateStates();
  EXPECT_EQ(sink.count, 2);
  EXPECT_EQ(Find()->conflict->refusals, 1000);
  hub_.RemoveSink(&sink);
}

TEST_F(HubAgentsTest, ClockSkewIsMeasuredAndToldWhenItChanges) {
  const auto connection = Connect("1");
  EXPECT_EQ(Find()->clock_skew, std::nullopt);
  agent_.time += absl::Seconds(42);
  Tick(connection->id);
  EXPECT_THAT(Find()->clock_skew, Optional(absl::Seconds(42)));
  HostCounter sink;
  hub_.AddSink(&sink);
  hub_.UpdateStates();
  EXPECT_EQ(sink.count, 1);
  Ticks(connection->id, 20);
  hub_.UpdateStates();
  EXPECT_EQ(sink.count, 1) << "nothing changed";
  hub_.RemoveSink(&sink);
}

TEST_F(HubAgentsTest, ClockOfAnotherConnectionIsRefused) {
  const auto connection = Connect("1");
  EXPECT_THAT(hub_.TakeClock("a", connection->id + 1, agent_),
              StatusIs(Code::kAborted, HasSubstr("host a")));
  EXPECT_THAT(hub_.TakeClock("nobody", connection->id, agent_),
              StatusIs(Code::kNotFound, HasSubstr("nobody")));
}

TEST_F(HubAgentsTest, AClockSetForwardLeavesNoGap) {
  const auto connection = Connect("1");
  Ticks(connection->id, 10);
  agent_.time += absl::Minutes(45);
  Ticks(connection->id, 10);
  EXPECT_EQ(step_, absl::Minutes(45));
  EXPECT_EQ(Find()->completeness->gap, absl::ZeroDuration());
  EXPECT_EQ(Find()->completeness->expected_samples, 20);
  EXPECT_EQ(Find()->completeness->received_samples, 20);
}

TEST_F(HubAgentsTest, AClockSetBackByLittleDoesNotStopTheHost) {
  const auto connection = Connect("1");
  Ticks(connection->id, 60);
  agent_.time -= absl::Seconds(30);
  Tick(connection->id, 7);
  EXPECT_EQ(step_, -absl::Seconds(30));
  EXPECT_EQ(hub_.LatestFrame("a", "system")->values[0], 7) << "what is live stays live";
  EXPECT_EQ(hub_.LatestTwo("a", "system").earlier, nullptr) << "no rate over a set clock";
  Ticks(connection->id, 40);
  EXPECT_EQ(Find()->completeness->gap, absl::ZeroDuration());
  EXPECT_EQ(Find()->completeness->expected_samples, 101);
  EXPECT_EQ(Find()->completeness->received_samples, 101);
  EXPECT_EQ(Find()->completeness->duplicate_samples, 0);
}

TEST_F(HubAgentsTest, AClockFarAheadThatIsSetRightLeavesAGapKnownLater) {
  agent_.time += absl::Hours(24 * 365 * 40);
  const auto connection = Connect("1");
  Ticks(connection->id, 5);
  EXPECT_EQ(Find()->completeness->received_samples, 5) << "a clock that is ahead is no silence";
  agent_.time = clock_.Now();
  Ticks(connection->id, 5);
  EXPECT_EQ(Find()->completeness->gap, absl::ZeroDuration());
  clock_.Advance(absl::Seconds(30));
  agent_.time += absl::Seconds(30);
  agent_.since_boot += absl::Seconds(30);
  Tick(connection->id);
  EXPECT_EQ(Find()->completeness->gap, absl::Seconds(30));
}

TEST_F(HubAgentsTest, TheSleepOfAMachineIsAGapAndNoClockThatWasSet) {
  const auto connection = Connect("1");
  Ticks(connection->id, 10);
  clock_.Advance(absl::Hours(8));
  agent_.time += absl::Hours(8);
  agent_.since_boot += absl::Hours(8);
  Ticks(connection->id, 10);
  EXPECT_EQ(step_, absl::ZeroDuration());
  EXPECT_EQ(Find()->completeness->gap, absl::Hours(8));
}

TEST_F(HubAgentsTest, AMachineWithoutABatteryForItsClockWasOffForAsLongAsItWas) {
  const auto before = Connect("1", "b1");
  Ticks(before->id, 10);
  hub_.Disconnect("a", before->id);
  clock_.Advance(absl::Hours(6));
  agent_.since_boot = absl::Seconds(20);  // and its clock goes on where it stopped
  const auto after = Connect("2", "b2");
  Ticks(after->id, 30);
  agent_.time += absl::Hours(6);  // the network says what time it is
  Ticks(after->id, 10);
  EXPECT_EQ(step_, absl::Hours(6));
  EXPECT_NEAR(absl::ToDoubleSeconds(Find()->completeness->gap), 6 * 3600, 5);
}

TEST_F(HubAgentsTest, NoRateLeadsFromOneBootToTheNextAndNoFrameIsTooOld) {
  const auto before = Connect("1", "b1");
  Ticks(before->id, 2);
  EXPECT_NE(hub_.LatestTwo("a", "system").earlier, nullptr);
  hub_.Disconnect("a", before->id);
  agent_ = {.time = clock_.Now() - absl::Minutes(3), .since_boot = kSecond};
  const auto after = Connect("2", "b2");
  Tick(after->id, 9);
  EXPECT_EQ(hub_.LatestFrame("a", "system")->values[0], 9);
  EXPECT_EQ(hub_.LatestTwo("a", "system").earlier, nullptr);
  EXPECT_EQ(step_, absl::ZeroDuration());
  Tick(after->id, 10);
  EXPECT_NE(hub_.LatestTwo("a", "system").earlier, nullptr);
}

TEST_F(HubAgentsTest, ARestartOfTheAgentAloneGoesOnWithItsRates) {
  const auto before = Connect("1", "b1");
  Ticks(before->id, 2);
  hub_.Disconnect("a", before->id);
  const auto after = Connect("2", "b1");
  Tick(after->id);
  EXPECT_NE(hub_.LatestTwo("a", "system").earlier, nullptr);
}

TEST_F(HubAgentsTest, AnAgentThatInventsHostsIsBounded) {
  for (const char* id : {"x", "y", "z"}) {
    EXPECT_THAT(hub_.Connect(Host{.id = id}, "s", ""), IsOk());
  }
  EXPECT_THAT(hub_.Connect(Host{.id = "one-more"}, "s", ""),
              StatusIs(Code::kResourceExhausted,
                       HasSubstr("host one-more is one too many: this service takes 3; delete")));
  EXPECT_THAT(hub_.Hosts(), SizeIs(3));
}

}  // namespace
}  // namespace syspulse
