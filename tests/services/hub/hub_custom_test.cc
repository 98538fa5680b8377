// What others than agents push.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/hub/custom_parts.h"
#include "services/hub/hub.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Code = absl::StatusCode;

class CustomFrames : public ::testing::Test {
 protected:
  std::uint64_t Connect(const std::string& id) {
    const auto connection =
        hub_.Connect(Host{.id = id, .hostname = id + ".example"}, "run-1", "ipv4:10.0.0.7:1");
    EXPECT_THAT(connection, IsOk());
    return connection->id;
  }
  absl::Status Push(std::uint64_t connection, const std::string& host, absl::Time time) {
    return hub_.PushFrame(connection, GaugeFrame(host, "system", time, {1}));
  }
  HostState StateOf(const std::string& id) { return (*hub_.FindHost(id))->state; }

  FakeClock clock_;
  Hub hub_{&clock_, HubOptions()};
};

TEST_F(CustomFrames, WhatIsPushedMakesAHostOnlineForFiveMinutes) {
  const auto push = [&](const std::string& id, const std::string& hostname) {
    return hub_.PushCustomFrames(Host{.id = id, .hostname = hostname}, "ipv4:10.0.0.9:1",
                                 {GaugeFrame(id, "custom/a", clock_.Now(), {1})});
  };
  EXPECT_THAT(push("a", ""), IsOk());
  EXPECT_EQ((*hub_.FindHost("a"))->hostname, "a");
  EXPECT_EQ((*hub_.FindHost("a"))->address, "ipv4:10.0.0.9:1");
  clock_.Advance(absl::Minutes(5));
  hub_.UpdateStates();
  EXPECT_EQ(StateOf("a"), HostState::kOnline);
  clock_.Advance(absl::Seconds(1));
  hub_.UpdateStates();
  EXPECT_EQ(StateOf("a"), HostState::kOffline);
  EXPECT_THAT(push("a", "a.example"), IsOk());
  EXPECT_EQ(StateOf("a"), HostState::kOnline);
  EXPECT_EQ((*hub_.FindHost("a.example"))->id, "a");
}

TEST_F(CustomFrames, WhatIsPushedSaysNothingOfAHostThatHasAnAgent) {
  const std::uint64_t connection = Connect("a");
  EXPECT_THAT(Push(connection, "a", clock_.Now()), IsOk());
  hub_.Disconnect("a", connection);
  EXPECT_THAT(hub_.PushCustomFrames(Host{.id = "a", .hostname = "other"}, "",
                                    {FrameOf("a", "custom/a", clock_.Now(), {{"jobs", {}, 1}})}),
              IsOk());
  EXPECT_EQ(StateOf("a"), HostState::kOffline);
  EXPECT_EQ((*hub_.FindHost("a"))->hostname, "a.example");
  EXPECT_EQ(hub_.LatestFrame("a", "custom/a")->values[0], 1);
}

TEST_F(CustomFrames, WhatAnAgentMeasuresNobodyElsePushes) {
  const std::uint64_t connection = Connect("a");
  EXPECT_THAT(Push(connection, "a", clock_.Now()), IsOk());
  const std::vector<FramePtr> frames = {
      FrameOf("a", "custom/a", clock_.Now(), {{"jobs", {}, 1}, {"test_0", {{"l", "x"}}, 70}})};
  const auto refusal = StatusIs(Code::kInvalidArgument,
                                "test_0 is what the agent of host a measures (source system); push "
                                "yours under another name");
  EXPECT_THAT(hub_.CheckCustomFrames(Host{.id = "a"}, frames), refusal);
  EXPECT_THAT(hub_.PushCustomFrames(Host{.id = "a"}, "", frames), refusal);
  EXPECT_EQ(hub_.LatestFrame("a", "custom/a"), nullptr);
}

TEST_F(CustomFrames, WhoPushesToASourceLeavesWhatOthersPushed) {
  const auto push = [&](const std::string& name, double value) {
    EXPECT_THAT(
        hub_.PushCustomFrames(Host{.id = "a"}, "",
                              {FrameOf("a", "custom/a", clock_.Now(), {{name, {}, value}})}),
        IsOk());
    clock_.Advance(absl::Minutes(1));
  };
  const auto values = [&] {
    std::vector<double> all;
    for (const FramePtr& frame : hub_.LatestParts("a")) all.push_back(frame->values[0]);
    return all;
  };
  push("first", 1);
  push("second", 2);
  push("first", 3);
  EXPECT_THAT(values(), ElementsAre(3, 2));
  EXPECT_THAT(hub_.LatestFrames("a"), SizeIs(1));
  for (int i = 4; i < 9; ++i) push("first", i);
  EXPECT_THAT(values(), ElementsAre(8)) << "the second is over after five minutes";
}

TEST_F(CustomFrames, WhatOthersPushedIsBoundedInValues) {
  std::vector<double> many(CustomParts::kMostValues / 2, 1);
  for (int i = 0; i < 5; ++i) {
    many.push_back(i);  // another schema
    clock_.Advance(absl::Seconds(1));
    EXPECT_THAT(hub_.PushCustomFrames(Host{.id = "a"}, "",
                                      {GaugeFrame("a", "custom/a", clock_.Now(), many)}),
                IsOk());
  }
  EXPECT_THAT(hub_.LatestParts("a"), SizeIs(2));
}

TEST_F(CustomFrames, PushedHostsAndSourcesLeaveRoomForThoseOfAgents) {
  Hub hub(&clock_, HubOptions{.max_hosts = 3, .max_pushed_hosts = 1, .max_custom_sources = 1});
  const auto push = [&](const std::string& id, const std::string& source) {
    return hub.PushCustomFrames(Host{.id = id}, "", {GaugeFrame(id, source, clock_.Now(), {1})})
        .status();
  };
  EXPECT_THAT(push("a", "custom/a"), IsOk());
  EXPECT_THAT(push("a", "custom/b"),
              StatusIs(Code::kResourceExhausted, HasSubstr("custom/b is one too many")));
  EXPECT_THAT(push("b", "custom/a"),
              StatusIs(Code::kResourceExhausted, HasSubstr("host b is one too many")));
  EXPECT_THAT(push("B", "custom/a"), StatusIs(Code::kInvalidArgument, HasSubstr("host id")));
  EXPECT_THAT(push("a", "system"), StatusIs(Code::kInternal, HasSubstr("system")));
  EXPECT_THAT(hub.Connect(Host{.id = "b"}, "run-1", ""), IsOk());
}

}  // namespace
}  // namespace syspulse
