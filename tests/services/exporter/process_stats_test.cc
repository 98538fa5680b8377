#include "services/exporter/process_stats.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

class ProcessStatsTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(root_ + "/self/fd"); }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    std::ofstream(root_ + "/" + path) << text;
  }
  absl::StatusOr<ProcessStats> Read() {
    const ProcFs procfs({.procfs = root_});
    return ProcessStatsReader(&procfs).Read();
  }

  const std::string root_ = ::testing::TempDir() + "process_stats_test_" + std::to_string(getpid());
};

constexpr const char* kStat =
    "7 (sys) pulsed) S 1 7 7 0 -1 4194560 9 0 0 0 250 50 0 0 20 0 12 0 1000 8192 3 "
    "18446744073709551615";

TEST_F(ProcessStatsTest, ReadsWhatProcSaysWhateverTheProcessIsCalled) {
  Write("self/stat", kStat);
  Write("stat", "cpu 1 2\nbtime 1700000000\n");
  for (const char* fd : {"0", "1", "2"}) Write(std::string("self/fd/") + fd, "");
  const auto stats = Read();
  ASSERT_THAT(stats, IsOk());
  EXPECT_EQ(stats->cpu_seconds, 3);
  EXPECT_EQ(stats->start_time_seconds, 1'700'000'010);
  EXPECT_EQ(stats->virtual_bytes, 8192);
  EXPECT_EQ(static_cast<int>(stats->resident_bytes) % 3, 0);
  EXPECT_GT(stats->resident_bytes, 0);
  EXPECT_EQ(stats->open_files, 3);
  EXPECT_GT(stats->max_files, 0);
}

TEST_F(ProcessStatsTest, SaysWhatIsWrong) {
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kNotFound, ::testing::HasSubstr("self/stat")));
  Write("self/stat", "7 (x) S 1 2");
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss, ::testing::HasSubstr("field 6")));
  Write("self/stat", kStat);
  Write("stat", "cpu 1 2\n");
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss, ::testing::HasSubstr("btime")));
}

}  // namespace
}  // namespace syspulse
