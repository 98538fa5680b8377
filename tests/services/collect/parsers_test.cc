// The parsers of small files, by literals. Larger ones have tests of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "services/collect/kernel/loadavg_collector.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/kernel/pressure_collector.h"
#include "services/collect/kernel/stat_collector.h"
#include "services/collect/kernel/vmstat_collector.h"
#include "services/collect/network/netdev_collector.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

constexpr std::string_view kStat =
    "intr 10 1 2\nctxt 20\nbtime 30\nprocesses 40\nprocs_running 5\nprocs_blocked 6\n";

TEST(ParseKernelStat, ReadsTheFirstNumberOfEachLine) {
  const auto stat = ParseKernelStat(kStat);
  ASSERT_THAT(stat, IsOk());
  EXPECT_EQ(*stat, (KernelStat{.interrupts = 10,
                               .context_switches = 20,
                               .boot_time_seconds = 30,
                               .forks = 40,
                               .processes_running = 5,
                               .processes_blocked = 6}));
}

TEST(ParseKernelStat, NamesTheLineThatIsMissing) {
  EXPECT_THAT(ParseKernelStat("intr 10 1 2\n"), StatusIs(kDataLoss, HasSubstr("'ctxt'")));
}

TEST(ParseKernelStat, ShowsTheLineThatIsWrong) {
  EXPECT_THAT(ParseKernelStat("intr 10\nctxt many\n"), StatusIs(kDataLoss, HasSubstr("ctxt many")));
}

TEST(ParseMeminfo, TurnsKibibytesIntoBytesAndLeavesCountsAlone) {
  const auto fields = ParseMeminfo("MemTotal: 2 kB\nHugePages_Total:       7\n");
  ASSERT_THAT(fields, IsOk());
  EXPECT_THAT(*fields, testing::ElementsAre(MemoryField{"MemTotal", 2048, true},
                                            MemoryField{"HugePages_Total", 7, false}));
}

TEST(ParseMeminfo, RefusesOtherLines) {
  for (const char* text :
       {"", "MemTotal: 2 kB", "MemTotal 2 kB\n", "MemTotal: kB\n", "MemTotal: 2 MB\n", ": 2 kB\n",
        "MemTotal: 2 kB kB\n", "\n", "MemTotal: 18446744073709551615 kB\n"}) {
    EXPECT_THAT(ParseMeminfo(text), StatusIs(kDataLoss, HasSubstr("/proc/meminfo"))) << text;
  }
}

TEST(ParseLoadAverages, ReadsThree) {
  EXPECT_EQ(*ParseLoadAverages("0.20 1.18 12.05 3/559 26442\n"), (LoadAverages{0.20, 1.18, 12.05}));
}

TEST(ParseLoadAverages, RefusesWhatNoKernelSays) {
  for (const char* text : {"", "\n", "1 2\n", "nan 1 1\n", "inf 1 1\n", "-1 1 1\n", "1 2 3"}) {
    EXPECT_THAT(ParseLoadAverages(text), StatusIs(kDataLoss, HasSubstr("/proc/loadavg"))) << text;
  }
}

TEST(ParseVmstat, ReadsEachLine) {
  const auto fields = ParseVmstat("pgpgin 1\noom_kill 18446744073709551615\n");
  ASSERT_THAT(fields, IsOk());
  EXPECT_THAT(*fields, testing::ElementsAre(VmstatField{"pgpgin", 1},
                                            VmstatField{"oom_kill", 18446744073709551615U}));
}

TEST(ParseVmstat, RefusesOtherLines) {
  EXPECT_THAT(ParseVmstat("pgpgin one\n"), StatusIs(kDataLoss, HasSubstr("pgpgin one")));
  EXPECT_THAT(ParseVmstat("pgpg-in 1\n"), StatusIs(kDataLoss, HasSubstr("pgpg-in 1")));
  EXPECT_THAT(ParseVmstat("pgpgin 1"), StatusIs(kDataLoss, HasSubstr("cut")));
}

constexpr std::string_view kNetHeads = "Inter-| Receive | Transmit\n face |bytes |bytes\n";

TEST(ParseNetDev, ReadsNamesWithColonsAndNumbersThatTouchThem) {
  const std::string text = std::string(kNetHeads) +
                           "  eth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
                           "eth1:17 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n";
  const auto devices = ParseNetDev(text);
  ASSERT_THAT(devices, IsOk());
  EXPECT_EQ((*devices)[0].device, "eth0:1");
  EXPECT_EQ((*devices)[0].values[15], 16U);
  EXPECT_EQ((*devices)[1].values[0], 17U);
}

TEST(ParseNetDev, RefusesOtherLines) {
  for (const char* line : {"eth0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
                           "eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n",
                           "eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n",
                           ": 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", "\n", "eth0: 1"}) {
    EXPECT_THAT(ParseNetDev(std::string(kNetHeads) + line),
                StatusIs(kDataLoss, HasSubstr("/proc/net/dev")))
        << line;
  }
  EXPECT_THAT(ParseNetDev("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"),
              StatusIs(kDataLoss, HasSubstr("eth0")));
}

TEST(ParsePressure, ReadsTotals) {
  EXPECT_EQ(*ParsePressure("some avg10=0.05 avg60=0.10 avg300=0.08 total=14\n"
                           "full avg10=0.00 avg60=0.00 avg300=0.00 total=3\n",
                           "f"),
            (PressureTotals{14, 3}));
  EXPECT_EQ(*ParsePressure("some avg10=0.05 total=14\n", "f"), (PressureTotals{14, std::nullopt}));
}

TEST(ParsePressure, RefusesOtherLines) {
  for (const char* text : {"", "some total=1", "some avg10=1\n", "some total=\n", "half total=1\n",
                           "some total=1 total=x\n"}) {
    EXPECT_THAT(ParsePressure(text, "pressure/cpu"), StatusIs(kDataLoss, HasSubstr("pressure/cpu")))
        << text;
  }
}

}  // namespace
}  // namespace syspulse
