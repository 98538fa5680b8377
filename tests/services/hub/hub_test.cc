#include "services/hub/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using Code = absl::StatusCode;

// Writes down what it is told, one line each.
class Recorder final : public HubSink {
 public:
  void OnFrame(const FramePtr& frame) override {
    lines.push_back(absl::StrFormat("frame %s %s %g", frame->host, frame->source,
                                    frame->values.empty() ? 0 : frame->values[0]));
  }
  void OnProcessTable(const ProcessTablePtr& table) override {
    lines.push_back("processes " + table->host);
  }
  void OnHost(const HostPtr& host) override {
    constexpr const char* kNames[] = {"online", "stale", "offline"};
    lines.push_back("host " + host->id + " " + kNames[static_cast<int>(host->state)]);
  }
  void OnHostDeleted(const std::string& host_id) override { lines.push_back("deleted " + host_id); }

  std::vector<std::string> lines;
};

class HubTest : public ::testing::Test {
 protected:
  std::uint64_t Connect(const std::string& id, const std::string& session = "run-1") {
    const auto connection =
        hub_.Connect(Host{.id = id, .hostname = id + ".example"}, session, "ipv4:10.0.0.7:1");
    EXPECT_THAT(connection, IsOk());
    return connection->id;
  }
  absl::Status Push(std::uint64_t connection, const std::string& host, absl::Time time,
                    double value = 1) {
    return hub_.PushFrame(connection, GaugeFrame(host, "system", time, {value}));
  }
  HostState StateOf(const std::string& id) { return (*hub_.FindHost(id))->state; }

  FakeClock clock_;
  Hub hub_{&clock_,
           HubOptions{.max_hosts = 3, .max_sources_per_host = 2, .max_series_per_frame = 4}};
};

TEST_F(HubTest, TellsSinksEverythingInTheOrderOfArrival) {
  Recorder sink;
  hub_.AddSink(&sink);
  const std::uint64_t connection = Connect("a");
  EXPECT_THAT(Push(connection, "a", clock_.Now(), 7), IsOk());
  EXPECT_THAT(hub_.PushProcessTable(connection, std::make_shared<ProcessTable>(ProcessTable{
                                                    .host = "a", .time = clock_.Now()})),
              IsOk());
  EXPECT_THAT(Push(connection, "a", clock_.Now() + absl::Seconds(1), 8), IsOk());
  hub_.Disconnect("a", connection);
  EXPECT_THAT(hub_.DeleteHost("a"), IsOk());
  EXPECT_THAT(sink.lines, ElementsAre("host a online", "frame a system 7", "processes a",
                                      "frame a system 8", "host a offline", "deleted a"));
  hub_.RemoveSink(&sink);
  Connect("b");
  EXPECT_EQ(sink.lines.size(), 6U);
}

TEST_F(HubTest, HostGoesStaleAfterThreeIntervalsAndComesBackWithItsNextFrame) {
  const std::uint64_t connection = Connect("a");
  clock_.Advance(absl::Seconds(3));
  hub_.UpdateStates();
  EXPECT_EQ(StateOf("a"), HostState::kOnline);
  clock_.Advance(absl::Milliseconds(1));
  hub_.UpdateStates();
  EXPECT_EQ(StateOf("a"), HostState::kStale);
  EXPECT_THAT(Push(connection, "a", clock_.Now()), IsOk());
  EXPECT_EQ(StateOf("a"), HostState::kOnline);
}

TEST_F(HubTest, AHostWithoutSystemFramesIsHeardOfByItsProcesses) {
  const std::uint64_t connection = Connect("a");
  for (int second = 0; second < 10; ++second) {
    clock_.Advance(absl::Seconds(1));
    EXPECT_THAT(hub_.PushProcessTable(connection, std::make_shared<ProcessTable>(ProcessTable{
                                                      .host = "a", .time = clock_.Now()})),
                IsOk());
    hub_.UpdateStates();
    EXPECT_EQ(StateOf("a"), HostState::kOnline);
  }
}

TEST_F(HubTest, PatienceFollowsTheHostsInterval) {
  EXPECT_THAT(hub_.Connect(Host{.id = "slow", .sample_interval = absl::Seconds(10)}, "s", ""),
              IsOk());
  EXPECT_THAT(hub_.Connect(Host{.id = "fast", .sample_interval = absl::Milliseconds(100)}, "s", ""),
              IsOk());
  clock_.Advance(absl::Seconds(2));
  hub_.UpdateStates();
  EXPECT_EQ(StateOf("fast"), HostState::kOnline) << "never less than three seconds";
  clock_.Advance(absl::Seconds(28));
  hub_.UpdateStates();
  EXPECT_EQ(StateOf("fast"), HostState::kStale);
  EXPECT_EQ(StateOf("slow"), HostState::kOnline);
}

TEST_F(HubTest, SteppingTheCivilClockMakesNobodyStale) {
  Connect("a");
  clock_.Step(clock_.Now() + absl::Hours(24));
  hub_.UpdateStates();
  EXPECT_EQ(StateOf("a"), HostState::kOnline);
}

TEST_F(HubTest, OfflineHostsDoNotGoStale) {
  hub_.Disconnect("a", Connect("a"));
  clock_.Advance(absl::Minutes(1));
  hub_.UpdateStates();
  EXPECT_EQ(StateOf("a"), HostState::kOffline);
}

TEST_F(HubTest, LastSeenIsOurClockNotTheHosts) {
  const std::uint64_t connection = Connect("a");
  EXPECT_EQ((*hub_.FindHost("a"))->last_seen, absl::InfinitePast());
  Recorder sink;
  hub_.AddSink(&sink);
  EXPECT_THAT(Push(connection, "a", absl::UnixEpoch()), IsOk());
  EXPECT_EQ((*hub_.FindHost("a"))->last_seen, clock_.Now());
  EXPECT_THAT(sink.lines, ElementsAre("frame a system 1")) << "last seen alone is no change";
  hub_.RemoveSink(&sink);
}

TEST_F(HubTest, PushAfterDisconnectIsRefused) {
  const std::uint64_t connection = Connect("a");
  hub_.Disconnect("a", connection);
  EXPECT_THAT(Push(connection, "a", clock_.Now()), StatusIs(Code::kAborted, HasSubstr("host a")));
  EXPECT_THAT(Push(0, "a", clock_.Now()), StatusIs(Code::kAborted, HasSubstr("host a")));
}

TEST_F(HubTest, RedeliveredAndOlderFramesAreDroppedSilently) {
  Recorder sink;
  const std::uint64_t connection = Connect("a");
  hub_.AddSink(&sink);
  const absl::Time time = clock_.Now();
  EXPECT_THAT(Push(connection, "a", time, 1), IsOk());
  EXPECT_THAT(Push(connection, "a", time, 2), IsOk());
  EXPECT_THAT(Push(connection, "a", time - absl::Hours(1), 3), IsOk());
  EXPECT_THAT(sink.lines, ElementsAre("frame a system 1"));
  EXPECT_THAT(hub_.RecentFrames("a", "system", absl::InfinitePast()), ::testing::SizeIs(1));
  hub_.RemoveSink(&sink);
}

TEST_F(HubTest, LateFramesFillThePastAndAreNeverTheLatest) {
  Recorder sink;
  const std::uint64_t connection = Connect("a");
  const absl::Time now = clock_.Now();
  EXPECT_THAT(Push(connection, "a", now - absl::Seconds(9), 1), IsOk());
  EXPECT_THAT(Push(connection, "a", now, 2), IsOk());
  hub_.AddSink(&sink);
  const auto late = [&](const std::string& source, absl::Time time) {
    return hub_.PushLateFrame(connection, GaugeFrame("a", source, time, {3}));
  };
  EXPECT_THAT(late("system", now - absl::Seconds(5)), IsOk());
  EXPECT_THAT(late("filesystem", now - absl::Seconds(5)), IsOk());
  EXPECT_EQ(hub_.LatestFrame("a", "system")->values[0], 2);
  EXPECT_EQ(hub_.LatestTwo("a", "system").earlier->values[0], 1);
  EXPECT_EQ(hub_.LatestFrame("a", "filesystem"), nullptr) << "old values are no current ones";
  EXPECT_THAT(hub_.LatestFrames("a"), ::testing::SizeIs(1));
  EXPECT_THAT(hub_.RecentFrames("a", "system", absl::InfinitePast()), ::testing::SizeIs(3));
  EXPECT_THAT(sink.lines, IsEmpty());
  hub_.RemoveSink(&sink);
}

TEST_F(HubTest, LateFramesAreNoSignOfLifeAndBoundToTheSameRules) {
  const std::uint64_t connection = Connect("a");
  clock_.Advance(absl::Seconds(9));
  hub_.UpdateStates();
  const auto late = [&](std::uint64_t by, const std::string& source, std::vector<double> values) {
    return hub_.PushLateFrame(by, GaugeFrame("a", source, clock_.Now(), values));
  };
  EXPECT_THAT(late(connection, "one", {1}), IsOk());
  EXPECT_EQ(StateOf("a"), HostState::kStale);
  EXPECT_THAT(late(connection, "one", {1, 2, 3, 4, 5}),
              StatusIs(Code::kResourceExhausted, HasSubstr("has 5 series")));
  EXPECT_THAT(late(connection, "two", {1}), IsOk());
  EXPECT_THAT(late(connection, "three", {1}),
              StatusIs(Code::kResourceExhausted, HasSubstr("one too many")));
  const std::uint64_t other = Connect("a", "run-2");
  EXPECT_THAT(late(connection, "one", {1}), StatusIs(Code::kAborted, HasSubstr("host a")));
  EXPECT_THAT(late(other, "one", {1}), IsOk());
}

TEST_F(HubTest, KeepsThePastOfTheSourcesItIsAskedFor) {
  Hub hub(&clock_, HubOptions{.recent_sources = {"system", "filesystem"}});
  const auto connection = hub.Connect(Host{.id = "a"}, "run-1", "ipv4:10.0.0.7:1");
  ASSERT_THAT(connection, IsOk());
  for (const std::string source : {"system", "filesystem", "cgroups"}) {
    EXPECT_THAT(hub.PushFrame(connection->id, GaugeFrame("a", source, clock_.Now(), {1})), IsOk());
    EXPECT_NE(hub.LatestFrame("a", source), nullptr) << source;
  }
  const absl::Time ever = absl::InfinitePast();
  EXPECT_THAT(hub.RecentFrames("a", "system", ever), ::testing::SizeIs(1));
  EXPECT_THAT(hub.RecentFrames("a", "filesystem", ever), ::testing::SizeIs(1));
  EXPECT_THAT(hub.RecentFrames("a", "cgroups", ever), IsEmpty());
}

TEST_F(HubTest, ClockThatWasSetBackDoesNotBlockTheHost) {
  const std::uint64_t connection = Connect("a");
  const absl::Time now = clock_.Now();
  EXPECT_THAT(Push(connection, "a", now + absl::Hours(5), 1), IsOk());
  EXPECT_THAT(Push(connection, "a", now + absl::Hours(5) + absl::Seconds(1), 2), IsOk());
  EXPECT_THAT(Push(connection, "a", now + absl::Hours(5) - absl::Minutes(2), 3), IsOk());
  EXPECT_EQ(hub_.LatestFrame("a", "system")->values[0], 2) << "redelivery with the wrong clock";
  EXPECT_THAT(Push(connection, "a", now + absl::Seconds(2), 4), IsOk());
  EXPECT_EQ(hub_.LatestFrame("a", "system")->values[0], 4);
  EXPECT_EQ(hub_.LatestTwo("a", "system").earlier, nullptr) << "no rate over a set clock";
  EXPECT_THAT(hub_.RecentFrames("a", "system", absl::InfinitePast()), ::testing::SizeIs(1))
      << "the past of the wrong clock is forgotten";
}

TEST_F(HubTest, AgentsClockALittleAheadChangesNothing) {
  const std::uint64_t connection = Connect("a");
  EXPECT_THAT(Push(connection, "a", clock_.Now() + absl::Seconds(50), 1), IsOk());
  EXPECT_THAT(Push(connection, "a", clock_.Now() - absl::Minutes(5), 2), IsOk());
  EXPECT_EQ(hub_.LatestFrame("a", "system")->values[0], 1);
}

TEST_F(HubTest, KeepsTheLatestAndTheOneBeforeOfEachSource) {
  const std::uint64_t connection = Connect("a");
  const absl::Time now = clock_.Now();
  EXPECT_EQ(hub_.LatestTwo("a", "system").latest, nullptr);
  EXPECT_EQ(hub_.LatestFrame("nobody", "system"), nullptr);
  EXPECT_THAT(Push(connection, "a", now, 1), IsOk());
  EXPECT_EQ(hub_.LatestTwo("a", "system").earlier, nullptr);
  EXPECT_THAT(Push(connection, "a", now + absl::Seconds(1), 2), IsOk());
  EXPECT_THAT(hub_.PushFrame(connection, GaugeFrame("a", "filesystem", now, {9})), IsOk());
  EXPECT_EQ(hub_.LatestTwo("a", "system").latest->values[0], 2);
  EXPECT_EQ(hub_.LatestTwo("a", "system").earlier->values[0], 1);
  const auto latest = hub_.LatestFrames("a");
  ASSERT_THAT(latest, ::testing::SizeIs(2));
  EXPECT_EQ(latest[0]->source, "filesystem");
  EXPECT_EQ(latest[1]->source, "system");
}

TEST_F(HubTest, DeletedHostIsForgottenAndComesBackWhenItsAgentConnects) {
  const std::uint64_t connection = Connect("a");
  EXPECT_THAT(Push(connection, "a", clock_.Now()), IsOk());
  EXPECT_THAT(hub_.DeleteHost("a"), IsOk());
  EXPECT_THAT(hub_.DeleteHost("a"), StatusIs(Code::kNotFound, HasSubstr("'a'")));
  EXPECT_THAT(hub_.Hosts(), IsEmpty());
  EXPECT_THAT(hub_.RecentFrames("a", "system", absl::InfinitePast()), IsEmpty());
  EXPECT_THAT(Push(connection, "a", clock_.Now()),
              StatusIs(Code::kNotFound, HasSubstr("host a was deleted")));
  const std::uint64_t again = Connect("a");
  EXPECT_THAT(Push(connection, "a", clock_.Now()), StatusIs(Code::kAborted, HasSubstr("a")));
  EXPECT_THAT(Push(again, "a", clock_.Now()), IsOk());
}

TEST_F(HubTest, NameAndLabelsSetByPeopleOutliveReconnections) {
  const Host reported{.id = "a",
                      .display_name = "not the agent's to say",
                      .labels = {{"env", "prod"}, {"rack", "1"}}};
  EXPECT_EQ((*hub_.Connect(reported, "run-1", "")).host->display_name, "");
  using Labels = std::map<std::string, std::string>;
  EXPECT_THAT(hub_.UpdateHost("a", "Database", Labels{{"rack", "2"}, {"team", "db"}}), IsOk());
  clock_.Advance(absl::Minutes(1));
  const HostPtr host = hub_.Connect(reported, "run-2", "")->host;
  EXPECT_EQ(host->display_name, "Database");
  EXPECT_THAT(host->labels,
              ElementsAre(Pair("env", "prod"), Pair("rack", "2"), Pair("team", "db")));
  EXPECT_THAT(hub_.UpdateHost("a", std::nullopt, Labels{}), IsOk());
  EXPECT_EQ((*hub_.FindHost("a"))->display_name, "Database") << "only what is given changes";
  EXPECT_EQ((*hub_.FindHost("a"))->labels, reported.labels) << "the agent's own show again";
  EXPECT_THAT(hub_.UpdateHost("b", "x", std::nullopt), StatusIs(Code::kNotFound, HasSubstr("'b'")));
}

TEST_F(HubTest, RestoredHostsAreOfflineAndKeepTheirPast) {
  const absl::Time first_seen = absl::FromUnixSeconds(1000);
  const Host stored{.id = "a",
                    .hostname = "alpha",
                    .display_name = "A",
                    .labels = {{"env", "prod"}, {"team", "db"}},
                    .assigned_labels = {{"team", "db"}},
                    .state = HostState::kOnline,
                    .first_seen = first_seen,
                    .last_seen = absl::FromUnixSeconds(2000)};
  hub_.Restore({stored});
  HostPtr host = *hub_.FindHost("alpha");
  EXPECT_EQ(host->state, HostState::kOffline);
  EXPECT_EQ(host->last_seen, absl::FromUnixSeconds(2000));
  hub_.Restore({Host{.id = "a", .hostname = "other"}});
  EXPECT_EQ((*hub_.FindHost("a"))->hostname, "alpha") << "what is known stays";
  EXPECT_EQ((*hub_.FindHost("hosts/alpha"))->id, "a") << "a hostname in a REST path";
  host =
      hub_.Connect(Host{.id = "a", .hostname = "alpha2", .labels = {{"env", "dev"}}}, "", "")->host;
  EXPECT_EQ(host->display_name, "A");
  EXPECT_EQ(host->first_seen, first_seen);
  EXPECT_THAT(host->labels, ElementsAre(Pair("env", "dev"), Pair("team", "db")));
  EXPECT_THAT(hub_.FindHost("alpha"), StatusIs(Code::kNotFound, HasSubstr("hosts/a (alpha2)")));
}

TEST_F(HubTest, RestoredHostsWereSeenWhenTheirLastSampleCame) {
  hub_.Restore({Host{.id = "a", .hostname = "a", .last_seen = absl::FromUnixSeconds(2000)}});
  const absl::Time newest = clock_.Now() - absl::Minutes(1);
  hub_.LearnPast("a", std::vector<absl::Time>{newest, newest - absl::Hours(1)});
  EXPECT_EQ((*hub_.FindHost("a"))->last_seen, newest);
  hub_.LearnPast("a", std::vector<absl::Time>{clock_.Now() + absl::Hours(1)});
  EXPECT_EQ((*hub_.FindHost("a"))->last_seen, clock_.Now()) << "no clock ahead is believed";
}

TEST_F(HubTest, FindsHostsByResourceNameIdAndHostname) {
  EXPECT_THAT(hub_.FindHost("a"), StatusIs(Code::kNotFound, HasSubstr("no host is known yet")));
  EXPECT_THAT(hub_.FindHostOrOnly(""), StatusIs(Code::kNotFound, HasSubstr("syspulse-agent")));
  Connect("a");
  for (const char* name : {"hosts/a", "a", "a.example", ""}) {
    const auto host = hub_.FindHostOrOnly(name);
    ASSERT_THAT(host, IsOk()) << name;
    EXPECT_EQ((*host)->id, "a");
  }
  EXPECT_THAT(hub_.FindHost("hosts/b"),
              StatusIs(Code::kNotFound, HasSubstr("'hosts/b'; there is hosts/a (a.example)")));
  Connect("b");
  EXPECT_THAT(hub_.FindHostOrOnly(""),
              StatusIs(Code::kInvalidArgument, HasSubstr("there are 2 hosts; name one")));
}

TEST_F(HubTest, HostnameOfSeveralHostsNamesNone) {
  EXPECT_THAT(hub_.Connect(Host{.id = "a", .hostname = "twin"}, "", ""), IsOk());
  EXPECT_THAT(hub_.Connect(Host{.id = "b", .hostname = "twin"}, "", ""), IsOk());
  EXPECT_THAT(hub_.FindHost("twin"),
              StatusIs(Code::kFailedPrecondition, HasSubstr("such as hosts/a or hosts/b")));
}

TEST_F(HubTest, ListsHostsByHostname) {
  EXPECT_THAT(hub_.Connect(Host{.id = "a", .hostname = "zulu"}, "", ""), IsOk());
  EXPECT_THAT(hub_.Connect(Host{.id = "b", .hostname = "alpha"}, "", ""), IsOk());
  EXPECT_THAT(hub_.Connect(Host{.id = "c"}, "", ""), IsOk());
  std::vector<std::string> names;
  for (const HostPtr& host : hub_.Hosts()) names.push_back(host->hostname);
  EXPECT_THAT(names, ElementsAre("alpha", "c", "zulu")) << "without a hostname the id stands in";
}

TEST_F(HubTest, LimitsWhatStrangersMakeItRemember) {
  const std::uint64_t a = Connect("a");
  Connect("b");
  Connect("c");
  EXPECT_THAT(hub_.Connect(Host{.id = "d"}, "", ""),
              StatusIs(Code::kResourceExhausted, HasSubstr("this service takes 3")));
  EXPECT_THAT(hub_.Connect(Host{.id = "c"}, "run-1", ""), IsOk())
      << "known hosts are always welcome";
  EXPECT_THAT(hub_.Connect(Host{.id = "No Id"}, "", ""),
              StatusIs(Code::kInvalidArgument, HasSubstr("'No Id'")));
  const absl::Time now = clock_.Now();
  EXPECT_THAT(hub_.PushFrame(a, GaugeFrame("a", "one", now, {1})), IsOk());
  EXPECT_THAT(hub_.PushFrame(a, GaugeFrame("a", "two", now, {1})), IsOk());
  EXPECT_THAT(hub_.PushFrame(a, GaugeFrame("a", "three", now, {1})),
              StatusIs(Code::kResourceExhausted, HasSubstr("source three of host a")));
  EXPECT_THAT(hub_.PushFrame(a, GaugeFrame("a", "one", now, {1, 2, 3, 4, 5})),
              StatusIs(Code::kResourceExhausted, HasSubstr("5 series; a frame takes 4")));
  Frame short_of_values = *GaugeFrame("a", "one", now + absl::Seconds(1), {1, 2});
  short_of_values.values.pop_back();
  EXPECT_THAT(hub_.PushFrame(a, std::make_shared<const Frame>(short_of_values)),
              StatusIs(Code::kInvalidArgument, HasSubstr("has 1 values, its schema 2 series")));
}

}  // namespace
}  // namespace syspulse
