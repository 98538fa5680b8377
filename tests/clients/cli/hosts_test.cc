// Commands about hosts, against a fake service over real gRPC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/clients/cli/fake_server.h"
#include "tests/clients/cli/run_cli.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Hosts, ListsEveryPageAsATable) {
  FakeFleet fleet = TwoHosts();
  fleet.page_limit = 1;
  const FakeServer server(fleet);
  const Outcome outcome = RunSyspulse({"hosts"}, server.address());
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("web-1  web-1  online       2    8.0G  Debian GNU/Linux 12"));
  EXPECT_THAT(outcome.out, HasSubstr("db-1   db-1   offline"));
  EXPECT_THAT(outcome.out, HasSubstr("AGENT  GAP  CLOCK  LABELS  LAST SEEN"));
  EXPECT_THAT(outcome.out, HasSubstr("2s ago\n"));
}

TEST(Hosts, ShowNothingWhereNothingIsKnown) {
  FakeFleet fleet = SmallFleet();
  fleet.hosts[0].clear_core_count();
  fleet.hosts[0].clear_memory_bytes();
  const FakeServer server(fleet);
  EXPECT_THAT(RunSyspulse({"hosts"}, server.address()).out,
              HasSubstr("web-1  web-1  online      -       -  Debian"));
  EXPECT_THAT(RunSyspulse({"hosts", "-o", "csv"}, server.address()).out, Not(HasSubstr(",0,")));
}

TEST(Hosts, AreRecordsInCsv) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse({"hosts", "-o", "csv"}, server.address());
  EXPECT_THAT(outcome.out, StartsWith("name,hostname,display_name,state,"));
  EXPECT_THAT(outcome.out, HasSubstr("hosts/web-1,web-1,,online,Debian GNU/Linux 12 (bookworm),"));
  EXPECT_THAT(outcome.out, HasSubstr(",2023-11-14T22:13:20Z,3600,3598,30,1,4,2.500,,,,,,,,,\r\n"));
}

TEST(Hosts, SayWhatToDoWhereThereIsNone) {
  const FakeServer server(FakeFleet{});
  const Outcome outcome = RunSyspulse({"hosts"}, server.address());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.told, HasSubstr("no host yet: start syspulse-agent"));
}

TEST(Hosts, WatchWritesTheListForEveryChangeAsOneLineOfJson) {
  FakeServer server(SmallFleet());
  const std::jthread change([&] {
    server.Publish([](FakeFleet& fleet) { fleet.hosts[0].set_state(v1::HOST_STATE_STALE); });
  });
  const Outcome outcome =
      RunSyspulse({"hosts", "--watch", "--count", "1", "-o", "json"}, server.address());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("{\"hosts\":[{\"name\":\"hosts/web-1\""));
}

TEST(Hosts, ShowLabelsClocksAndWhoElseClaimsThem) {
  FakeFleet fleet;
  fleet.hosts = TwoHosts().hosts;
  (*fleet.hosts[0].mutable_labels())["env"] = "prod";
  (*fleet.hosts[0].mutable_labels())["app"] = "front\x1b[2J";
  fleet.hosts[0].mutable_clock_skew()->set_seconds(-90);
  fleet.hosts[0].mutable_conflict()->set_address("ipv4:10.0.0.9:5");
  fleet.hosts[0].mutable_conflict()->set_hostname("clone\x1b[2J");
  fleet.hosts[0].mutable_conflict()->set_refused_count(3);
  fleet.hosts[1].mutable_clock_skew()->set_nanos(900'000'000);
  const FakeServer server(fleet);
  const Outcome outcome = RunSyspulse({"hosts"}, server.address());
  EXPECT_THAT(outcome.out, HasSubstr("online, claimed twice"));
  EXPECT_THAT(outcome.out, HasSubstr("1m 30s behind"));
  EXPECT_THAT(outcome.out, HasSubstr("right"));
  EXPECT_THAT(outcome.out, HasSubstr(",env=prod"));
  EXPECT_THAT(outcome.told, HasSubstr("hosts/web-1: another agent, on clone"));
  EXPECT_THAT(outcome.told, HasSubstr("at ipv4:10.0.0.9:5, says it is this host"));
  EXPECT_THAT(outcome.out + outcome.told, Not(HasSubstr("\x1b[2J")));
  const Outcome csv = RunSyspulse({"hosts", "-o", "csv"}, server.address());
  EXPECT_THAT(csv.out, HasSubstr(",clock_skew_seconds,labels,conflict_address,"));
  EXPECT_THAT(csv.out, HasSubstr(",-90.000,"));
  EXPECT_THAT(csv.out, HasSubstr(",ipv4:10.0.0.9:5,3,,,,,\r\n"));
}

TEST(Hosts, AreFilteredByTheService) {
  const FakeServer server(TwoHosts());
  RunSyspulse({"hosts", "--filter", "env=\"prod\""}, server.address());
  EXPECT_EQ(server.fleet().filter, "env=\"prod\"");
  RunSyspulse({"hosts", "--watch", "--count=1", "--filter", "env!=\"dev\""}, server.address());
  EXPECT_EQ(server.fleet().filter, "env!=\"dev\"");
  const FakeServer empty(FakeFleet{});
  EXPECT_EQ(RunSyspulse({"hosts", "--filter", "a=\"b\""}, empty.address()).told, "no host is such");
}

TEST(Hosts, AreSortedByTheService) {
  const FakeServer server(TwoHosts());
  EXPECT_EQ(RunSyspulse({"hosts"}, server.address()).code, 0);
  EXPECT_EQ(server.fleet().order_by, "display_name");
  RunSyspulse({"hosts", "--sort", "cpu"}, server.address());
  EXPECT_EQ(server.fleet().order_by, "cpu.utilization desc");
  RunSyspulse({"hosts", "--watch", "--count=1", "--sort", "load-asc"}, server.address());
  EXPECT_EQ(server.fleet().order_by, "load");
  EXPECT_EQ(RunSyspulse({"hosts", "--sort", "beauty"}, server.address()).code, 2);
}

TEST(Hosts, SayWhatTheyAreDoingWhereTheServiceKnows) {
  FakeFleet fleet = TwoHosts();
  v1::HostSummary& summary = *fleet.hosts[0].mutable_summary();
  summary.set_cpu_utilization_ratio(0.425);
  summary.set_load_one_minute(1.5);
  summary.set_filesystem_utilization_ratio(0.95);
  const FakeServer server(fleet);
  const Outcome outcome = RunSyspulse({"hosts"}, server.address());
  EXPECT_THAT(outcome.out, HasSubstr("STATE      CPU  MEM  LOAD   DISK  PRESSURE  CORES"));
  EXPECT_THAT(outcome.out, HasSubstr("web-1  web-1  online   42.5%    -  1.50  95.0%         -"));
  const Outcome csv = RunSyspulse({"hosts", "-o", "csv"}, server.address());
  EXPECT_THAT(csv.out, HasSubstr(",cpu_utilization_ratio,memory_utilization_ratio,load_one_minute,"
                                 "filesystem_utilization_ratio,pressure_ratio\r\n"));
  EXPECT_THAT(csv.out, HasSubstr(",0.425,,1.5,0.95,\r\n"));
}

TEST(UpdateHost, AddsLabelsToThoseItWasGivenAndTakesSomeAway) {
  FakeFleet fleet = TwoHosts();
  (*fleet.hosts[0].mutable_labels())["rack"] = "its agent's";
  (*fleet.hosts[0].mutable_assigned_labels())["team"] = "web";
  (*fleet.hosts[0].mutable_assigned_labels())["env"] = "dev";
  const FakeServer server(fleet);
  const Outcome outcome = RunSyspulse({"update-host", "web-1", "-l", "env=prod", "--label=role=a=b",
                                       "--unset-label", "team", "--display-name", "Front door"},
                                      server.address());
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("env=prod,role=a=b"));
  EXPECT_THAT(outcome.out, HasSubstr("Front door"));
  EXPECT_FALSE(server.fleet().hosts[0].assigned_labels().contains("rack"));
  EXPECT_EQ(server.fleet().hosts[0].display_name(), "Front door");
}

TEST(UpdateHost, SaysWhatIsWrong) {
  const FakeServer server(TwoHosts());
  const auto told = [&](std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "update-host");
    const Outcome outcome = RunSyspulse(std::move(arguments), server.address());
    EXPECT_NE(outcome.code, 0);
    return outcome.told;
  };
  EXPECT_THAT(told({"web-1"}), HasSubstr("say what to change"));
  EXPECT_THAT(told({"web-1", "--label", "env"}), HasSubstr("'env' is not a label"));
  EXPECT_THAT(told({"web-1", "--unset-label", "env"}), HasSubstr("was given no label 'env'"));
  EXPECT_THAT(told({"nowhere", "--label", "a=b"}), HasSubstr("there is no host 'nowhere'"));
}

TEST(DeleteHost, SaysTheTroubleOfTheServiceWithoutNamingAnother) {
  FakeFleet fleet = TwoHosts();
  fleet.trouble = "the history of db-1 cannot be deleted now: the disk is full; try again later";
  const FakeServer server(fleet);
  const Outcome outcome = RunSyspulse({"delete-host", "db-1", "--history"}, server.address());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.told, fleet.trouble);
}

TEST(DeleteHost, ForgetsAHostWithItsHistoryOrWithout) {
  const FakeServer server(TwoHosts());
  const Outcome outcome = RunSyspulse({"delete-host", "db-1"}, server.address());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.told, "db-1 is forgotten; its history stays");
  EXPECT_FALSE(server.fleet().history_deleted);
  EXPECT_THAT(RunSyspulse({"delete-host", "web-1", "--history"}, server.address()).told,
              HasSubstr("and all that was measured of it"));
  EXPECT_TRUE(server.fleet().history_deleted);
  EXPECT_TRUE(server.fleet().hosts.empty());
  EXPECT_EQ(RunSyspulse({"delete-host", "web-1"}, server.address()).code, 1);
}

}  // namespace
}  // namespace syspulse
