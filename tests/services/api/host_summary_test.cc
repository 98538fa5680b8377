#include "services/api/host_summary.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/api/snapshot_view.h"
#include "tests/testing/frames.h"

namespace syspulse {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
const HostPtr kHost = std::make_shared<const Host>(Host{.id = "a", .hostname = "alpha"});

FramePtr System(int second, const std::vector<Sample>& samples) {
  return FrameOf("a", "system", kStart + absl::Seconds(second), samples);
}

Sample Cpu(const std::string& core, const std::string& mode, double seconds) {
  return {"node_cpu_seconds_total", {{"cpu", core}, {"mode", mode}}, seconds};
}

Sample Fs(const std::string& name, const std::string& mountpoint, double value) {
  return {name, {{"device", "/dev/x"}, {"fstype", "ext4"}, {"mountpoint", mountpoint}}, value};
}

TEST(HostSummary, HasTheNumbersOfTheSnapshot) {
  const std::vector<Sample> before = {Cpu("0", "idle", 100),
                                      Cpu("0", "user", 50),
                                      Cpu("1", "idle", 100),
                                      Cpu("1", "user", 50),
                                      {"node_pressure_cpu_waiting_seconds_total", {}, 1},
                                      {"node_pressure_io_waiting_seconds_total", {}, 1}};
  const std::vector<Sample> now = {Cpu("0", "idle", 101),
                                   Cpu("0", "user", 51),
                                   Cpu("1", "idle", 102),
                                   Cpu("1", "user", 50),
                                   {"node_pressure_cpu_waiting_seconds_total", {}, 1.5},
                                   {"node_pressure_io_waiting_seconds_total", {}, 2},
                                   {"node_load1", {}, 3},
                                   {"node_memory_MemTotal_bytes", {}, 1000},
                                   {"node_memory_MemAvailable_bytes", {}, 250}};
  const auto filesystem = FrameOf(
      "a", "filesystem", kStart,
      {Fs("node_filesystem_size_bytes", "/", 100), Fs("node_filesystem_size_bytes", "/data", 100),
       Fs("node_filesystem_size_bytes", "/snap", 100), Fs("node_filesystem_free_bytes", "/", 50),
       Fs("node_filesystem_free_bytes", "/data", 20), Fs("node_filesystem_free_bytes", "/snap", 0),
       Fs("node_filesystem_avail_bytes", "/", 50), Fs("node_filesystem_avail_bytes", "/data", 20),
       Fs("node_filesystem_avail_bytes", "/snap", 0), Fs("node_filesystem_readonly", "/snap", 1)});
  const SnapshotView view;
  const SnapshotInput input = {.host = kHost,
                               .system = System(2, now),
                               .earlier_system = System(0, before),
                               .filesystem = filesystem};
  const HostSummary summary = view.Summarize(input);
  const v1::Snapshot snapshot = view.Make(input);
  EXPECT_EQ(summary.sample_time, kStart + absl::Seconds(2));
  EXPECT_EQ(summary.cpu_utilization_ratio, snapshot.cpu().utilization_ratio());
  EXPECT_EQ(summary.cpu_utilization_ratio, 0.25);
  EXPECT_EQ(summary.memory_utilization_ratio, snapshot.memory().utilization_ratio());
  EXPECT_EQ(summary.memory_utilization_ratio, 0.75);
  EXPECT_EQ(summary.load_one_minute, 3);
  EXPECT_EQ(summary.load_per_core_ratio, 1.5);
  EXPECT_EQ(summary.pressure_ratio, snapshot.pressure().io().some_ratio());
  EXPECT_EQ(summary.filesystem_utilization_ratio, 0.8) << "an image is always full";
  EXPECT_EQ(summary.filesystem_mountpoint, "/data");
}

TEST(HostSummary, OfNothingSaysNothing) {
  const HostSummary summary = SnapshotView().Summarize({.host = kHost, .system = System(0, {})});
  EXPECT_EQ(summary.cpu_utilization_ratio, std::nullopt);
  EXPECT_EQ(summary.memory_utilization_ratio, std::nullopt);
  EXPECT_EQ(summary.load_per_core_ratio, std::nullopt);
  EXPECT_EQ(summary.pressure_ratio, std::nullopt);
  EXPECT_EQ(summary.filesystem_utilization_ratio, std::nullopt);
}

}  // namespace
}  // namespace syspulse
