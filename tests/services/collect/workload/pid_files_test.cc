#include "services/collect/workload/pid_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_format.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

std::string StatLine(int pid, const std::string& command, int user_ticks, int start_ticks) {
  return absl::StrFormat("%d (%s) S 1 1 1 0 -1 0 0 0 0 0 %d 0 0 0 20 0 1 0 %d 4096000 10 0 0 0\n",
                         pid, command, user_ticks, start_ticks);
}

TEST(ParsePidStat, ReadsACommandWithSpacesAndParentheses) {
  const auto stat = ParsePidStat(
      "413 (a b) R 1 (c) D 7 413 413 0 -1 4194560 10 0 0 0 10 20 0 0 20 -5 2 0 5001 4096000 512 "
      "0\n");
  ASSERT_THAT(stat, IsOk());
  EXPECT_EQ(*stat, (PidStat{.pid = 413,
                            .command = "a b) R 1 (c",
                            .state = 'D',
                            .ppid = 7,
                            .user_ticks = 10,
                            .system_ticks = 20,
                            .nice = -5,
                            .threads = 2,
                            .start_ticks = 5001,
                            .virtual_bytes = 4096000,
                            .resident_pages = 512}));
}

TEST(ParsePidStat, RefusesEveryTruncation) {
  const std::string line = StatLine(7, "x", 1, 2);
  ASSERT_THAT(ParsePidStat(line), IsOk());
  for (std::size_t size = 0; size < line.size(); ++size) {
    EXPECT_THAT(ParsePidStat(line.substr(0, size)), StatusIs(kDataLoss, HasSubstr("stat")));
  }
}

TEST(ParsePidStat, RefusesOtherTexts) {
  for (const char* text :
       {"\n", "1 ()\n", "1 ) (\n", "x (c) S 1 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0 1 0 2 3 4\n",
        "0 (c) S 1 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0 1 0 2 3 4\n",
        "1 (c) SS 1 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0 1 0 2 3 4\n",
        "1 (c) S 1 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0 1 0 2 3\n"}) {
    EXPECT_THAT(ParsePidStat(text), StatusIs(kDataLoss, HasSubstr("stat"))) << text;
  }
}

TEST(ParsePidIo, NeedsBothCounters) {
  EXPECT_EQ(*ParsePidIo("rchar: 1\nread_bytes: 2\nwrite_bytes: 3\ncancelled_write_bytes: 9\n"),
            (PidIo{2, 3}));
  EXPECT_THAT(ParsePidIo("read_bytes: 2\n"), StatusIs(kDataLoss, HasSubstr("write_bytes")));
  EXPECT_THAT(ParsePidIo("read_bytes: 2\nwrite_bytes: x\n"), StatusIs(kDataLoss, HasSubstr("io")));
  EXPECT_THAT(ParsePidIo("read_bytes: 2\nwrite_bytes: 3"), StatusIs(kDataLoss, HasSubstr("cut")));
}

TEST(JoinArguments, JoinsBySpacesAndEndsWhereTheyEnd) {
  EXPECT_EQ(JoinArguments(std::string_view("/bin/sh\0-c\0a b\0\0\0", 17)), "/bin/sh -c a b");
  EXPECT_EQ(JoinArguments(std::string_view("\0\0", 2)), "");
  EXPECT_EQ(JoinArguments(""), "");
}

TEST(JoinArguments, IsValidUtf8OfAtMost4096Bytes) {
  EXPECT_EQ(JoinArguments("caf\xe9"), "caf\xef\xbf\xbd");
  EXPECT_EQ(JoinArguments(std::string(9000, 'x')).size(), 4096U);
  const std::string bad = JoinArguments(std::string(4096, '\xff'));
  EXPECT_EQ(bad.size(), 4095U);  // whole replacements of three bytes
  EXPECT_TRUE(bad.ends_with("\xef\xbf\xbd"));
}

TEST(ParsePidPages, AreTheSecondAndThirdNumber) {
  EXPECT_EQ(*ParsePidPages("22000 25000 3100 280 0 9000 0\n"), (PidPages{25000, 3100}));
  for (const char* text : {"", "1 2 3", "1 2\n", "1 x 3 4\n", "1 2 -3 4\n", "\n"}) {
    EXPECT_THAT(ParsePidPages(text), StatusIs(kDataLoss, HasSubstr("statm"))) << text;
  }
}

TEST(ParseSwapBytes, IsInBytes) {
  EXPECT_EQ(*ParseSwapBytes("Name:\tVmSwap: 7 kB\nVmSwap:\t     644 kB\nThreads:\t1\n"),
            644 * 1024);
  EXPECT_THAT(ParseSwapBytes("Name:\tkworker\n"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("VmSwap")));
  for (const char* text : {"VmSwap:\t1 MB\n", "VmSwap:\t\n", "VmSwap:\t-1 kB\n", "VmSwap:\t1 k",
                           "VmSwap:\t9223372036854775807 kB\n"}) {
    EXPECT_THAT(ParseSwapBytes(text), StatusIs(kDataLoss, HasSubstr("status"))) << text;
  }
}

}  // namespace
}  // namespace syspulse
