#include "services/agent/batch_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_format.h"
#include "tests/services/agent/frames.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;

std::vector<std::int32_t> PidsOf(const v1::ProcessTable& table) {
  std::vector<std::int32_t> pids;
  for (const v1::Process& process : table.processes()) pids.push_back(process.pid());
  return pids;
}

TEST(FillBatch, SchemaGoesAlongOnce) {
  std::unordered_set<std::uint64_t> sent;
  const SchemaPtr load = GaugeSchema("load");
  v1::FrameBatch first;
  FillBatch({.sequence = 1, .frames = {FrameAt(1, load), FrameAt(2, load)}}, kMaxTableBytes, &sent,
            &first);
  EXPECT_EQ(first.schemas_size(), 1);
  EXPECT_EQ(first.frames_size(), 2);
  v1::FrameBatch second;
  FillBatch({.sequence = 2, .frames = {FrameAt(3, load), FrameAt(3, GaugeSchema("heat"))}},
            kMaxTableBytes, &sent, &second);
  ASSERT_EQ(second.schemas_size(), 1);
  EXPECT_EQ(second.schemas(0).families(0).name(), "heat");
  EXPECT_EQ(second.sequence(), 2);
}

TEST(FillBatch, NoProcessesIsNoTable) {
  std::unordered_set<std::uint64_t> sent;
  v1::FrameBatch out;
  FillBatch({.sequence = 1, .frames = {FrameAt(1)}}, kMaxTableBytes, &sent, &out);
  EXPECT_FALSE(out.has_process_table());
}

TEST(FillBatch, HugeTableLosesCommandLinesFirst) {
  // The cut after 128 bytes falls into the middle of the two-byte character.
  const std::string command_line = absl::StrFormat("%0127dä%04000d", 1, 2);
  std::vector<Process> processes;
  for (int pid = 1; pid <= 100; ++pid) {
    processes.push_back({.pid = pid, .command_line = command_line});
  }
  std::unordered_set<std::uint64_t> sent;
  v1::FrameBatch out;
  FillBatch({.sequence = 1, .processes = TableOf(processes)}, 30'000, &sent, &out);
  EXPECT_EQ(out.process_table().processes_size(), 100);
  EXPECT_LE(out.ByteSizeLong(), 31'000u);
  EXPECT_EQ(out.process_table().processes(0).command_line(), absl::StrFormat("%0127d\uFFFD", 1));
}

TEST(FillBatch, TableThatIsStillHugeKeepsTheBusiestByPid) {
  std::vector<Process> processes;
  for (int pid = 1; pid <= 1000; ++pid) {
    processes.push_back({.pid = pid, .command = "sleep", .resident_bytes = pid});
  }
  processes[9].cpu_utilization_ratio = 0.9;
  std::unordered_set<std::uint64_t> sent;
  v1::FrameBatch out;
  FillBatch({.sequence = 1, .processes = TableOf(processes)}, 300, &sent, &out);
  const std::vector<std::int32_t> pids = PidsOf(out.process_table());
  EXPECT_GE(pids.size(), 3u);
  EXPECT_LE(out.process_table().ByteSizeLong(), 400u);
  EXPECT_TRUE(out.process_table().partial());
  EXPECT_EQ(pids.front(), 10);
  EXPECT_EQ(pids.back(), 1000);
  EXPECT_EQ(pids[pids.size() - 2], 999);
}

}  // namespace
}  // namespace syspulse
