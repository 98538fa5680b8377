// The commands from their arguments to their exit codes, against a fake service over real gRPC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "clients/cli/cli.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/command/process_rows.h"
#include "tests/clients/cli/fake_server.h"
#include "tests/clients/cli/run_cli.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(SumDevices, CountsEachDiskOnceAndNoPartition) {
  v1::Snapshot snapshot;
  double bytes = 1;
  for (const char* device : {"sda", "sda1", "nvme0n1", "nvme0n1p2", "nvme0n10", "rbd1", "rbd10",
                             "rbd10p1", "sdaa", "dm-0"}) {
    v1::Disk* const disk = snapshot.add_disks();
    disk->set_device(device);
    disk->set_read_bytes_per_second(bytes);
    bytes *= 2;
  }
  // sda, nvme0n1, nvme0n10, rbd1, rbd10, sdaa
  EXPECT_EQ(SumDevices(snapshot).disk_read, 1 + 4 + 16 + 32 + 64 + 256);
}

TEST(Snapshot, ShowsAHostOnOneScreen) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse({"snapshot"}, server.address());
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_THAT(outcome.out, StartsWith("web-1: Debian GNU/Linux 12 (bookworm), kernel 6.1.0-28"));
  EXPECT_THAT(outcome.out, HasSubstr("up 1d 2h, at 22:13:20\n"));
  EXPECT_THAT(outcome.out, HasSubstr("CPU     42.5%  user 30.0%, system 12.5%, iowait 2.0%"));
  EXPECT_THAT(outcome.out, HasSubstr("Memory  75.0%  6.0G of 8.0G, 2.0G available"));
  EXPECT_THAT(outcome.out, HasSubstr("none\n"));  // swap
  EXPECT_THAT(outcome.out, HasSubstr("95.0%  100G  5.0G  ext4  /dev/sda1  /\n"));
  EXPECT_THAT(outcome.out, HasSubstr("4242  postgres  R"));
}

TEST(Snapshot, IsTheMessageItselfInJson) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse({"snapshot", "web-1", "-o", "json"}, server.address());
  EXPECT_THAT(outcome.out, HasSubstr("\"cpu\": {\n  \"utilizationRatio\": 0.425,"));
}

TEST(Snapshot, IsAPathAndAValueALineInCsv) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse({"snapshot", "-o", "csv"}, server.address());
  EXPECT_THAT(outcome.out, StartsWith("field,value\r\nhost,hosts/web-1\r\n"));
  EXPECT_THAT(outcome.out, HasSubstr("cpu.utilizationRatio,0.425\r\n"));
  EXPECT_THAT(outcome.out, HasSubstr("filesystems[/].device,/dev/sda1\r\n"));
  EXPECT_THAT(outcome.out, HasSubstr("disks[sda].readBytesPerSecond,1048576\r\n"));
  EXPECT_THAT(outcome.out, HasSubstr("sampleTime,2023-11-14T22:13:20Z\r\n"));
}

TEST(Snapshot, OfAnUnknownHostIsTheServersSentence) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse({"snapshot", "nowhere"}, server.address());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.told, "there is no host 'nowhere'");
  EXPECT_EQ(outcome.out, "");
}

TEST(Watch, WritesALineForEachSnapshotUntilTheUserStopsIt) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse({"watch", "web-1"}, server.address(), 2);
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  // Partitions and the loopback are not counted twice.
  EXPECT_EQ(outcome.out,
            "TIME        CPU  IOWAIT  LOAD    MEM  USED  SWAP  READ/s  WRITE/s  RECV/s  SENT/s\n"
            "22:13:20  42.5%    2.0%  1.50  75.0%  6.0G     -    1.0M     2.0K    4.0K    512B\n");
}

TEST(Watch, CountsAndNamesHostsInCsv) {
  FakeServer server(SmallFleet());
  std::jthread publish([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      server.Publish([](FakeFleet&) {});
      std::this_thread::yield();
    }
  });
  const Outcome outcome = RunSyspulse({"watch", "--count", "3", "-o", "csv"}, server.address());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("sample_time,host,cpu_utilization_ratio,"));
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 4);
}

TEST(Watch, GoesOnWhenTheServiceComesBack) {
  FakeServer server(SmallFleet());
  std::jthread restart([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      server.EndStreams();
      std::this_thread::yield();
    }
  });
  const Outcome outcome = RunSyspulse({"watch", "--count", "2", "-o", "json"}, server.address());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 2);
  EXPECT_EQ(outcome.told, "the service stops; trying againconnected again");
}

TEST(Watch, OfAnUnknownHostSaysSoInsteadOfWaiting) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse({"watch", "nowhere"}, server.address());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.told, "there is no host 'nowhere'");
}

TEST(Metrics, FiltersByNameInAnyCase) {
  FakeFleet fleet = SmallFleet();
  fleet.page_limit = 1;
  const FakeServer server(fleet);
  const Outcome outcome = RunSyspulse({"metrics", "--match", "CPU"}, server.address());
  EXPECT_EQ(outcome.out,
            "NAME                    TYPE     UNIT     SERIES  HELP\n"
            "node_cpu_seconds_total  counter  seconds      16  Time by mode, in \"seconds\"\n");
  EXPECT_THAT(RunSyspulse({"metrics", "-m", "zzz"}, server.address()).told, HasSubstr("'zzz'"));
}

TEST(Ps, ShowsProcessesWithoutObeyingTheirNames) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse({"ps"}, server.address());
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("4242  postgres  R  91.0%  18.8%  1.5G    1.0M        -"));
  EXPECT_THAT(outcome.out, HasSubstr("evil \\x1b[2J\\x1b]0;owned\\x07\n"));
  EXPECT_THAT(outcome.out, HasSubstr("[kthreadd]\n"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

TEST(Ps, AsksForTheOrderTheFilterAndNoMoreThanTheLimit) {
  const FakeServer server(SmallFleet());
  const Outcome outcome = RunSyspulse(
      {"ps", "web-1", "--sort", "memory-asc", "--filter", "post", "-n", "2"}, server.address());
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 3);
  EXPECT_TRUE(server.WaitForProcessRequest([](const v1::ListProcessesRequest& request) {
    return request.host() == "web-1" && request.order_by() == "resident_bytes" &&
           request.filter() == "post" && request.page_size() == 2;
  }));
}

TEST(Ps, ReadsAllPagesForLimitZero) {
  FakeFleet fleet = SmallFleet();
  fleet.page_limit = 1;
  const FakeServer server(fleet);
  const Outcome outcome = RunSyspulse({"ps", "-n", "0", "-o", "csv"}, server.address());
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 4);
}

TEST(Ps, AsksForATreeOfAllAndIndentsIt) {
  FakeFleet fleet = SmallFleet();
  fleet.processes.mutable_processes(1)->set_depth(1);
  fleet.processes.mutable_processes(2)->set_depth(2);
  const FakeServer server(fleet);
  const Outcome outcome = RunSyspulse({"ps", "--tree", "--all"}, server.address());
  EXPECT_TRUE(server.WaitForProcessRequest([](const v1::ListProcessesRequest& request) {
    return request.tree() && request.page_size() == 1000;
  }));
  EXPECT_THAT(outcome.out, HasSubstr(" \\_ "));
  EXPECT_THAT(outcome.out, HasSubstr("   \\_ "));
  EXPECT_EQ(RunSyspulse({"ps", "--all", "-n", "3"}, server.address()).code, 2);
}

TEST(Ps, ShowsContainerAndUnitWhereThereAreAny) {
  FakeFleet fleet = SmallFleet();
  EXPECT_THAT(RunSyspulse({"ps"}, FakeServer(fleet).address()).out, Not(HasSubstr("UNIT")));
  fleet.processes.mutable_processes(0)->set_unit("postgresql.service");
  fleet.processes.mutable_processes(1)->set_container("0123456789abcdef0123");
  const std::string out = RunSyspulse({"ps"}, FakeServer(fleet).address()).out;
  EXPECT_THAT(out, HasSubstr("CONTAINER"));
  EXPECT_THAT(out, HasSubstr("postgresql.service"));
  EXPECT_THAT(out, HasSubstr("0123456789ab  "));
}

TEST(Ps, ShowsTheColumnsThatAreChosen) {
  FakeFleet fleet = SmallFleet();
  fleet.processes.mutable_processes(0)->set_swap_bytes(2048);
  fleet.processes.mutable_processes(0)->set_open_file_count(17);
  const FakeServer server(fleet);
  const std::string out = RunSyspulse({"ps", "-O", "files,swap,pid"}, server.address()).out;
  EXPECT_THAT(out, HasSubstr("FILES  SWAP   PID\n   17  2.0K  4242\n"));
  EXPECT_THAT(RunSyspulse({"ps", "-O", "wide"}, server.address()).out, HasSubstr("EXECUTABLE"));
  EXPECT_EQ(RunSyspulse({"ps", "-O", "pid,beauty"}, server.address()).code, 2);
  EXPECT_THAT(std::string(ParseProcessColumns("pid,beauty").status().message()),
              HasSubstr("no column 'beauty'"));
}

TEST(Ps, SaysThatRowsMayBeMissing) {
  FakeFleet fleet = SmallFleet();
  fleet.processes.set_partial(true);
  EXPECT_THAT(RunSyspulse({"ps"}, FakeServer(fleet).address()).told, HasSubstr("partial"));
}

TEST(Ps, SaysWhyThereIsNone) {
  FakeFleet fleet = SmallFleet();
  fleet.processes.clear_processes();
  const FakeServer server(fleet);
  EXPECT_EQ(RunSyspulse({"ps", "--all-hosts"}, server.address()).told,
            "no process is known: no host with an agent is online");
  EXPECT_THAT(RunSyspulse({"ps"}, server.address()).told,
              HasSubstr("no process is known of this host"));
}

TEST(Ps, AsksForANameWhereThereAreSeveralHosts) {
  const FakeServer server(TwoHosts());
  const Outcome outcome = RunSyspulse({"ps"}, server.address());
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.told, HasSubstr("there are 2 hosts: name one"));
  EXPECT_EQ(RunSyspulse({"ps", "--all-hosts"}, server.address()).code, 0);
}

TEST(OrderBy, PutsTheBiggestFirstUnlessTold) {
  EXPECT_EQ(*OrderBy("cpu"), "cpu_utilization_ratio desc");
  EXPECT_EQ(*OrderBy("cpu-asc"), "cpu_utilization_ratio");
  EXPECT_EQ(*OrderBy("pid"), "pid");
  EXPECT_EQ(*OrderBy("pid-desc"), "pid desc");
  EXPECT_THAT(OrderBy("colour"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cpu, ")));
}

TEST(Cli, SaysHowToNameAServerItCannotReach) {
  std::string address;
  {
    const FakeServer gone(FakeFleet{});
    address = gone.address();
  }
  for (const char* command : {"hosts", "snapshot", "watch", "metrics", "ps"}) {
    const Outcome outcome = RunSyspulse({command}, address);
    EXPECT_EQ(outcome.code, 1) << command;
    EXPECT_THAT(outcome.told, HasSubstr("cannot reach syspulsed at " + address)) << command;
    EXPECT_THAT(outcome.told, HasSubstr("--server")) << command;
  }
}

TEST(Cli, CallsAWrongCommandLineUsage) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunSyspulse({"ps", "--sort", "colour"}, "127.0.0.1:1").code, 2);
  EXPECT_EQ(RunSyspulse({"hosts", "-o", "xml"}, "127.0.0.1:1").code, 2);
  EXPECT_EQ(RunSyspulse({"hosts"}, "http://x").code, 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("cannot sort by 'colour'"));
}

TEST(Cli, NamesTheCommandsWhereNoneIsGiven) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunSyspulse({}, "127.0.0.1:1").code, 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("name a command: snapshot, watch"));
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunSyspulse({"frobnicate"}, "127.0.0.1:1").code, 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("there is no command 'frobnicate'; there are snapshot, watch"),
                    Not(HasSubstr("host-names"))));
}

TEST(Cli, SaysWhatANumberMayBe) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunSyspulse({"ps", "--limit", "many"}, "127.0.0.1:1").code, 2);
  EXPECT_EQ(RunSyspulse({"watch", "--count=-1"}, "127.0.0.1:1").code, 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("'many' is not a whole number from 0"),
                    HasSubstr("'-1' is not a whole number from 0")));
}

TEST(Cli, TakesUtf8Only) {
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{"query", "up{a=\"\xff\"}"},
                                             {"query", "--watch", "\xff"},
                                             {"series", "up", "\xc3"},
                                             {"labels", "\xed\xa0\x80"},
                                             {"labels", "--match", "a\xff"},
                                             {"export", "{a=\"\xff\"}"},
                                             {"ps", "--filter", "\xff"},
                                             {"snapshot", "\xff"}}) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(RunSyspulse(words, "127.0.0.1:1").code, 2) << words.front();
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("is no UTF-8")) << words.front();
  }
}

}  // namespace
}  // namespace syspulse
