// The parsers of the kernel's smaller files, by literals; the golden files show them at work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/collect/kernel/cpu_info.h"
#include "services/collect/kernel/cpu_topology_collector.h"
#include "services/collect/kernel/interrupts_collector.h"
#include "services/collect/kernel/meminfo_numa_collector.h"
#include "services/collect/kernel/os_collector.h"
#include "services/collect/kernel/schedstat_collector.h"
#include "services/collect/kernel/selinux_collector.h"
#include "services/collect/kernel/sysctl_collectors.h"
#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(ParseSchedstat, ReadsTheLastThreeNumbersOfEachProcessor) {
  const auto cpus = ParseSchedstat("version 15\ncpu10 1 2 3 4 5 6 7 8 9\ndomain0 03 1\n");
  ASSERT_THAT(cpus, IsOk());
  EXPECT_THAT(*cpus, ElementsAre(CpuSchedule{"10", 7, 8, 9}));
}

TEST(ParseSchedstat, RefusesWhatIsNoProcessor) {
  for (const char* text : {"", "version 15\n", "cpu0 1 2 3 4 5 6 7 8\n", "cpux 1 2 3 4 5 6 7 8 9\n",
                           "cpu0 1 2 3 4 5 6 7 8 -9\n", "cpu0 1 2 3 4 5 6 7 8 9"}) {
    EXPECT_THAT(ParseSchedstat(text), StatusIs(kDataLoss, HasSubstr("schedstat"))) << text;
  }
}

TEST(ParseFileHandles, TakesTheFirstAndTheLastNumber) {
  EXPECT_EQ(ParseFileHandles("5\t0\t9\n").value(), (FileHandles{.allocated = 5, .maximum = 9}));
  for (const char* text : {"", "5\t0\n", "5 0 9 1\n", "5 0 9\n1\n", "5 0 9"}) {
    EXPECT_THAT(ParseFileHandles(text), StatusIs(kDataLoss, _)) << text;
  }
}

TEST(ParseInterrupts, JoinsDevicesAndLeavesOutWhatCountsForAllProcessors) {
  const auto lines = ParseInterrupts(
      "      CPU0 CPU1\n  1:  2  3  IO-APIC   a,  b\nNMI: 4 5  Non-maskable   interrupts\nERR: "
      "6\n");
  ASSERT_THAT(lines, IsOk());
  EXPECT_THAT(*lines, ElementsAre(Interrupt{"1", "IO-APIC", "a, b", {2, 3}},
                                  Interrupt{"NMI", "Non-maskable interrupts", "", {4, 5}}));
}

TEST(ParseInterrupts, HasABoundThatNamesTheWayOut) {
  std::string text;
  for (int cpu = 0; cpu < 256; ++cpu) text += absl::StrFormat("CPU%d ", cpu);
  text += '\n';
  for (int line = 0; line < 100; ++line) {
    text += absl::StrFormat("%d:", line);
    for (int cpu = 0; cpu < 256; ++cpu) text += " 1";
    text += " PCI-MSI x\n";
  }
  EXPECT_THAT(ParseInterrupts(text), StatusIs(absl::StatusCode::kResourceExhausted,
                                              HasSubstr("--no-collector.interrupts")));
}

TEST(ParseInterrupts, RefusesACountThatIsNone) {
  EXPECT_THAT(ParseInterrupts("CPU0\n1: x IO-APIC a\n"), StatusIs(kDataLoss, HasSubstr("1: x")));
}

TEST(ParseNodeMeminfo, TakesTheNodeOffEachLine) {
  const auto fields = ParseNodeMeminfo("\nNode 0 MemFree:  2 kB\nNode 0 HugePages_Total:   3\n");
  ASSERT_THAT(fields, IsOk());
  EXPECT_THAT(*fields, ElementsAre(MemoryField{"MemFree", 2048, true},
                                   MemoryField{"HugePages_Total", 3, false}));
  for (const char* text : {"", "Node x MemFree: 2 kB\n", "MemFree: 2 kB\n", "Node 0 MemFree 2 kB\n",
                           "Node 0 MemFree: 2 MB\n", "Node 0 Mem-Free: 2 kB\n"}) {
    EXPECT_THAT(ParseNodeMeminfo(text), StatusIs(kDataLoss, _)) << text;
  }
}

TEST(ParseNumastat, ReadsNamesAndPages) {
  EXPECT_THAT(ParseNumastat("numa_hit 5\n").value(), ElementsAre(NumaCounter{"numa_hit", 5}));
  EXPECT_THAT(ParseNumastat("numa-hit 5\n"), StatusIs(kDataLoss, _));
}

TEST(ParseOsRelease, ReadsQuotesAsAShellDoes) {
  const auto os =
      ParseOsRelease("# comment\n\nA=plain\nB=\"two \\\"words\\\"\"\nC='a\\b'\nD=\nA=x\n");
  ASSERT_THAT(os, IsOk());
  EXPECT_EQ(*os, (OsRelease{{"A", "x"}, {"B", "two \"words\""}, {"C", "a\\b"}, {"D", ""}}));
  for (const char* text : {"A\n", "A=\"open\n", "=x\n", "A B=x\n"}) {
    EXPECT_THAT(ParseOsRelease(text), StatusIs(kDataLoss, _)) << text;
  }
}

TEST(MajorMinor, IsTheNumberAtTheStart) {
  EXPECT_EQ(MajorMinor("12.5.1 (bookworm)"), 12.5);
  EXPECT_EQ(MajorMinor("12."), 12);
  EXPECT_EQ(MajorMinor("39"), 39);
  EXPECT_EQ(MajorMinor("rolling"), std::nullopt);
  EXPECT_EQ(MajorMinor(""), std::nullopt);
}

TEST(ParseSelinuxConfig, TheLastModeCounts) {
  EXPECT_EQ(ParseSelinuxConfig("SELINUX=enforcing\n#SELINUX=disabled\n"), 1);
  EXPECT_EQ(ParseSelinuxConfig("SELINUX = Permissive\n"), 0);
  EXPECT_EQ(ParseSelinuxConfig("SELINUX=disabled\n"), -1);
  EXPECT_EQ(ParseSelinuxConfig("SELINUXTYPE=targeted\n"), std::nullopt);
  EXPECT_EQ(ParseSelinuxConfig("SELINUX=enforcing"), std::nullopt);
}

TEST(ParseCpuInfo, KeepsProcessorsApartAndLeavesOutWhatTheyDoNotSay) {
  const auto cpus = ParseCpuInfo(
      "processor\t: 0\nphysical id\t: 1\nmodel name\t: A: B\ncpu MHz\t\t: 2000.5\n\nprocessor\t: "
      "7\n");
  ASSERT_THAT(cpus, IsOk());
  ASSERT_EQ(cpus->size(), 2U);
  EXPECT_THAT((*cpus)[0].values, ElementsAre("1", "", "0", "", "", "", "A: B", "", "", ""));
  EXPECT_EQ((*cpus)[0].megahertz, 2000.5);
  EXPECT_EQ((*cpus)[1].values[2], "7");
  EXPECT_EQ((*cpus)[1].megahertz, std::nullopt);
  for (const char* text : {"", "model name : A\n", "processor : 0"}) {
    EXPECT_THAT(ParseCpuInfo(text), StatusIs(kDataLoss, _)) << text;
  }
}

TEST(ParseCpuInfo, KnowsFlagsAndBugsByTheNamesOfSeveralArchitectures) {
  const auto x86 = ParseCpuInfo("processor : 0\nflags\t\t: fpu vme\nbugs : spectre_v1\n");
  EXPECT_EQ(x86->at(0).flags, "fpu vme");
  EXPECT_EQ(x86->at(0).bugs, "spectre_v1");
  EXPECT_EQ(ParseCpuInfo("processor : 0\nFeatures : fp asimd\n")->at(0).flags, "fp asimd");
  EXPECT_EQ(ParseCpuInfo("processor : 0\nbugs :\n")->at(0).bugs, "");
}

class CpuInfoTest : public ::testing::Test {
 protected:
  std::string Collect(CpuInfoOptions options) {
    CpuTopologyCollector collector(&procfs_, std::move(options));
    const Collected got = CollectOnce(&collector);
    EXPECT_THAT(got.status, IsOk());
    return got.text;
  }

  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
};

TEST_F(CpuInfoTest, TellsFlagsAndBugsOfTheFirstProcessorThatAreAskedFor) {
  EXPECT_THAT(Collect({.wanted = true,
                       .flags = NameFilter::Including("^avx"),
                       .bugs = NameFilter::Including("spectre")}),
              AllOf(HasSubstr("\nnode_cpu_flag_info{flag=\"avx\"} 1\n"
                              "node_cpu_flag_info{flag=\"avx2\"} 1\n#"),
                    HasSubstr("\nnode_cpu_bug_info{bug=\"spectre_v1\"} 1\n"
                              "node_cpu_bug_info{bug=\"spectre_v2\"} 1\n"),
                    HasSubstr("node_cpu_info{"), HasSubstr("node_cpu_frequency_hertz{")));
}

TEST_F(CpuInfoTest, TellsNoneOfWhatIsNotAskedFor) {
  EXPECT_THAT(Collect({.wanted = true, .frequency = false}),
              AllOf(HasSubstr("node_cpu_info{"), Not(HasSubstr("node_cpu_frequency_hertz")),
                    Not(HasSubstr("node_cpu_flag_info")), Not(HasSubstr("node_cpu_bug_info"))));
  EXPECT_THAT(Collect({}), Not(HasSubstr("node_cpu_info")));
}

}  // namespace
}  // namespace syspulse
