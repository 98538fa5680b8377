#include "services/api/snapshot_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/testing/frames.h"

namespace syspulse {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::SizeIs;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
const double kNan = std::numeric_limits<double>::quiet_NaN();
const HostPtr kHost = std::make_shared<const Host>(Host{.id = "a", .hostname = "alpha"});

FramePtr System(int second, const std::vector<Sample>& samples) {
  return FrameOf("a", "system", kStart + absl::Seconds(second), samples);
}

Sample Cpu(const std::string& core, const std::string& mode, double seconds) {
  return {"node_cpu_seconds_total", {{"cpu", core}, {"mode", mode}}, seconds};
}

Sample Of(const std::string& name, const std::string& device, double value) {
  return {name, {{"device", device}}, value};
}

Sample Fs(const std::string& name, const std::string& mountpoint, double value) {
  return {name, {{"device", "/dev/x"}, {"fstype", "ext4"}, {"mountpoint", mountpoint}}, value};
}

// The snapshot of two frames, two seconds apart.
v1::Snapshot Between(const std::vector<Sample>& before, const std::vector<Sample>& now) {
  return SnapshotView().Make(
      {.host = kHost, .system = System(2, now), .earlier_system = System(0, before)});
}

v1::Snapshot FirstOf(const std::vector<Sample>& samples) {
  return SnapshotView().Make({.host = kHost, .system = System(0, samples)});
}

TEST(SnapshotView, NeedsNothingButAHost) {
  const v1::Snapshot snapshot = SnapshotView().Make({.host = kHost});
  EXPECT_EQ(snapshot.host(), "hosts/a");
  EXPECT_EQ(snapshot.identity().hostname(), "alpha");
  EXPECT_FALSE(snapshot.has_sample_time());
  EXPECT_FALSE(snapshot.has_cpu());
  EXPECT_FALSE(snapshot.has_memory());
  EXPECT_FALSE(snapshot.has_pressure());
}

TEST(SnapshotView, FirstSampleHasValuesButNoRates) {
  const v1::Snapshot s = FirstOf({Cpu("0", "idle", 5),
                                  Cpu("0", "user", 5),
                                  Of("node_disk_reads_completed_total", "sda", 1),
                                  Of("node_network_receive_bytes_total", "eth0", 1),
                                  {"node_pressure_io_waiting_seconds_total", {}, 4},
                                  {"node_vmstat_pswpin", {}, 4},
                                  {"node_load1", {}, 0.5}});
  EXPECT_EQ(s.sample_time().seconds(), 1'700'000'000);
  EXPECT_EQ(s.cpu().core_count(), 1);
  EXPECT_FALSE(s.cpu().has_utilization_ratio());
  EXPECT_FALSE(s.cpu().has_modes());
  EXPECT_FALSE(s.cpu().cores(0).has_utilization_ratio());
  ASSERT_THAT(s.disks(), SizeIs(1));
  EXPECT_FALSE(s.disks(0).has_reads_per_second());
  ASSERT_THAT(s.networks(), SizeIs(1));
  EXPECT_FALSE(s.networks(0).has_receive_bytes_per_second());
  EXPECT_TRUE(s.pressure().has_io());
  EXPECT_FALSE(s.pressure().io().has_some_ratio());
  EXPECT_FALSE(s.swap().has_in_bytes_per_second());
  EXPECT_EQ(s.load().one_minute(), 0.5);
  EXPECT_FALSE(s.load().has_five_minutes());
}

TEST(SnapshotView, UtilisationIsWhatIsNeitherIdleNorWaiting) {
  const v1::Snapshot s = Between(
      {Cpu("0", "idle", 100), Cpu("0", "iowait", 10), Cpu("0", "user", 50), Cpu("0", "steal", 1)},
      {Cpu("0", "idle", 101), Cpu("0", "iowait", 10.5), Cpu("0", "user", 50.3),
       Cpu("0", "steal", 1.2)});
  const v1::Cpu& cpu = s.cpu();
  EXPECT_THAT(cpu.utilization_ratio(), DoubleNear(0.25, 1e-9));
  EXPECT_THAT(cpu.modes().idle_ratio(), DoubleNear(0.5, 1e-9));
  EXPECT_THAT(cpu.modes().iowait_ratio(), DoubleNear(0.25, 1e-9));
  EXPECT_THAT(cpu.modes().user_ratio(), DoubleNear(0.15, 1e-9));
  EXPECT_THAT(cpu.modes().steal_ratio(), DoubleNear(0.10, 1e-9));
  EXPECT_FALSE(cpu.modes().has_nice_ratio()) << "not measured, so absent";
  EXPECT_THAT(cpu.cores(0).utilization_ratio(), DoubleNear(0.25, 1e-9));
}

TEST(SnapshotView, CoresAreSortedByNumberAndAveraged) {
  std::vector<Sample> before, now;
  for (const char* core : {"0", "1", "10", "2"}) {
    before.push_back(Cpu(core, "idle", 0));
    before.push_back(Cpu(core, "user", 0));
    const bool busy = core == std::string("10");
    now.push_back(Cpu(core, "idle", busy ? 0 : 2));
    now.push_back(Cpu(core, "user", busy ? 2 : 0));
  }
  const v1::Snapshot s = Between(before, now);
  std::vector<int> cores;
  for (const v1::CpuCore& core : s.cpu().cores()) cores.push_back(core.core());
  EXPECT_THAT(cores, ::testing::ElementsAre(0, 1, 2, 10));
  EXPECT_EQ(s.cpu().core_count(), 4);
  EXPECT_EQ(s.cpu().cores(3).utilization_ratio(), 1);
  EXPECT_TRUE(s.cpu().cores(0).has_utilization_ratio()) << "zero means zero";
  EXPECT_EQ(s.cpu().cores(0).utilization_ratio(), 0);
  EXPECT_EQ(s.cpu().utilization_ratio(), 0.25);
}

TEST(SnapshotView, CoreThatCameOnlineHasNoRateAndOneThatWentIsGone) {
  const v1::Snapshot s = Between(
      {Cpu("0", "idle", 0), Cpu("0", "user", 0), Cpu("1", "idle", 0), Cpu("2", "idle", kNan)},
      {Cpu("0", "idle", 1), Cpu("0", "user", 1), Cpu("1", "idle", kNan), Cpu("2", "idle", 9)});
  ASSERT_THAT(s.cpu().cores(), SizeIs(2));
  EXPECT_EQ(s.cpu().cores(1).core(), 2);
  EXPECT_FALSE(s.cpu().cores(1).has_utilization_ratio());
  EXPECT_EQ(s.cpu().utilization_ratio(), 0.5) << "of the cores that were measured twice";
}

TEST(SnapshotView, CountersThatWentDownHaveNoRate) {
  const v1::Snapshot s = Between(
      {Cpu("0", "idle", 500), Cpu("0", "user", 100),
       Of("node_network_receive_bytes_total", "eth0", 1000),
       Of("node_network_transmit_bytes_total", "eth0", 1000)},
      {Cpu("0", "idle", 3), Cpu("0", "user", 1), Of("node_network_receive_bytes_total", "eth0", 10),
       Of("node_network_transmit_bytes_total", "eth0", 1000)});
  EXPECT_FALSE(s.cpu().has_utilization_ratio());
  EXPECT_FALSE(s.cpu().cores(0).has_utilization_ratio());
  EXPECT_FALSE(s.networks(0).has_receive_bytes_per_second());
  EXPECT_TRUE(s.networks(0).has_transmit_bytes_per_second());
  EXPECT_EQ(s.networks(0).transmit_bytes_per_second(), 0);
}

TEST(SnapshotView, IowaitThatWentDownALittleDoesNotHideTheRest) {
  const v1::Snapshot s =
      Between({Cpu("0", "idle", 100), Cpu("0", "iowait", 10), Cpu("0", "user", 5)},
              {Cpu("0", "idle", 101), Cpu("0", "iowait", 9.99), Cpu("0", "user", 6)});
  EXPECT_EQ(s.cpu().utilization_ratio(), 0.5);
  EXPECT_EQ(s.cpu().modes().iowait_ratio(), 0);
}

TEST(SnapshotView, MemoryIsWhatTheKernelSaysAndUsedIsTotalLessAvailable) {
  const v1::Memory memory = FirstOf({{"node_memory_MemTotal_bytes", {}, 1000},
                                     {"node_memory_MemAvailable_bytes", {}, 250},
                                     {"node_memory_MemFree_bytes", {}, 100},
                                     {"node_memory_Buffers_bytes", {}, 11},
                                     {"node_memory_Cached_bytes", {}, 12},
                                     {"node_memory_SReclaimable_bytes", {}, 13},
                                     {"node_memory_Shmem_bytes", {}, 14},
                                     {"node_memory_Dirty_bytes", {}, 0}})
                                .memory();
  EXPECT_EQ(memory.total_bytes(), 1000);
  EXPECT_EQ(memory.available_bytes(), 250);
  EXPECT_EQ(memory.used_bytes(), 750);
  EXPECT_EQ(memory.free_bytes(), 100);
  EXPECT_EQ(memory.buffers_bytes(), 11);
  EXPECT_EQ(memory.cached_bytes(), 12);
  EXPECT_EQ(memory.slab_reclaimable_bytes(), 13);
  EXPECT_EQ(memory.shared_bytes(), 14);
  EXPECT_TRUE(memory.has_dirty_bytes());
  EXPECT_EQ(memory.utilization_ratio(), 0.75);
}

TEST(SnapshotView, WithoutMemAvailableNothingIsMadeUp) {
  const v1::Memory memory = FirstOf({{"node_memory_MemTotal_bytes", {}, 1000},
                                     {"node_memory_MemAvailable_bytes", {}, kNan}})
                                .memory();
  EXPECT_TRUE(memory.has_total_bytes());
  EXPECT_FALSE(memory.has_available_bytes());
  EXPECT_FALSE(memory.has_used_bytes());
  EXPECT_FALSE(memory.has_utilization_ratio());
}

TEST(SnapshotView, SwapRatesAreBytesAndNoSwapHasNoUtilisation) {
  const v1::SwapSpace swap =
      Between({{"node_vmstat_pswpin", {}, 10}, {"node_vmstat_pswpout", {}, 0}},
              {{"node_vmstat_pswpin", {}, 14},
               {"node_vmstat_pswpout", {}, 1},
               {"node_memory_SwapTotal_bytes", {}, 0},
               {"node_memory_SwapFree_bytes", {}, 0}})
          .swap();
  EXPECT_EQ(swap.in_bytes_per_second(), 2 * 4096);
  EXPECT_EQ(swap.out_bytes_per_second(), 2048);
  EXPECT_TRUE(swap.has_total_bytes());
  EXPECT_TRUE(swap.has_used_bytes());
  EXPECT_FALSE(swap.has_utilization_ratio());
  const v1::SwapSpace half =
      FirstOf({{"node_memory_SwapTotal_bytes", {}, 400}, {"node_memory_SwapFree_bytes", {}, 300}})
          .swap();
  EXPECT_EQ(half.used_bytes(), 100);
  EXPECT_EQ(half.utilization_ratio(), 0.25);
}

TEST(SnapshotView, PressureIsTheShareOfTimeStalled) {
  const v1::Pressure pressure = Between({{"node_pressure_cpu_waiting_seconds_total", {}, 1},
                                         {"node_pressure_memory_waiting_seconds_total", {}, 1},
                                         {"node_pressure_memory_stalled_seconds_total", {}, 1},
                                         {"node_pressure_io_waiting_seconds_total", {}, 1},
                                         {"node_pressure_io_stalled_seconds_total", {}, 1}},
                                        {{"node_pressure_cpu_waiting_seconds_total", {}, 2},
                                         {"node_pressure_memory_waiting_seconds_total", {}, 1},
                                         {"node_pressure_memory_stalled_seconds_total", {}, 1},
                                         {"node_pressure_io_waiting_seconds_total", {}, 3.01},
                                         {"node_pressure_io_stalled_seconds_total", {}, 1.5}})
                                    .pressure();
  EXPECT_EQ(pressure.cpu().some_ratio(), 0.5);
  EXPECT_FALSE(pressure.cpu().has_full_ratio());
  EXPECT_EQ(pressure.memory().some_ratio(), 0);
  EXPECT_EQ(pressure.io().some_ratio(), 1) << "never more than all the time";
  EXPECT_EQ(pressure.io().full_ratio(), 0.25);
}

TEST(SnapshotView, DiskWaitsAreMeansPerRequest) {
  const auto disk = [](double reads, double read_time, double writes, double write_time, double io,
                       double weighted, double bytes) {
    return std::vector<Sample>{Of("node_disk_reads_completed_total", "sda", reads),
                               Of("node_disk_read_time_seconds_total", "sda", read_time),
                               Of("node_disk_writes_completed_total", "sda", writes),
                               Of("node_disk_write_time_seconds_total", "sda", write_time),
                               Of("node_disk_io_time_seconds_total", "sda", io),
                               Of("node_disk_io_time_weighted_seconds_total", "sda", weighted),
                               Of("node_disk_read_bytes_total", "sda", bytes),
                               Of("node_disk_written_bytes_total", "sda", 0)};
  };
  const v1::Disk d =
      Between(disk(100, 10, 7, 3, 50, 60, 4096), disk(108, 10.5, 7, 3, 52.5, 65, 12288)).disks(0);
  EXPECT_EQ(d.device(), "sda");
  EXPECT_EQ(d.reads_per_second(), 4);
  EXPECT_EQ(d.writes_per_second(), 0);
  EXPECT_EQ(d.read_wait_seconds(), 0.0625);
  EXPECT_FALSE(d.has_write_wait_seconds()) << "there was no write to wait for";
  EXPECT_EQ(d.utilization_ratio(), 1) << "clamped";
  EXPECT_EQ(d.queue_length(), 2.5);
  EXPECT_EQ(d.read_bytes_per_second(), 4096);
  EXPECT_TRUE(d.has_write_bytes_per_second());
}

TEST(SnapshotView, NetworkRatesComeFromTheirOwnCounters) {
  const std::vector<std::string> names = {"receive_bytes",    "transmit_bytes", "receive_packets",
                                          "transmit_packets", "receive_errs",   "transmit_errs",
                                          "receive_drop",     "transmit_drop"};
  std::vector<Sample> before, now;
  for (std::size_t i = 0; i < names.size(); ++i) {
    before.push_back(Of("node_network_" + names[i] + "_total", "eth0", 5));
    now.push_back(
        Of("node_network_" + names[i] + "_total", "eth0", 5 + 2.0 * static_cast<double>(i)));
  }
  const v1::NetworkInterface n = Between(before, now).networks(0);
  EXPECT_EQ(n.receive_bytes_per_second(), 0);
  EXPECT_EQ(n.transmit_bytes_per_second(), 1);
  EXPECT_EQ(n.receive_packets_per_second(), 2);
  EXPECT_EQ(n.transmit_packets_per_second(), 3);
  EXPECT_EQ(n.receive_errors_per_second(), 4);
  EXPECT_EQ(n.transmit_errors_per_second(), 5);
  EXPECT_EQ(n.receive_drops_per_second(), 6);
  EXPECT_EQ(n.transmit_drops_per_second(), 7);
}

TEST(SnapshotView, SeriesOfAnotherSchemaAreMatchedByName) {
  const v1::Snapshot s = Between({Of("node_network_receive_bytes_total", "eth0", 100),
                                  Of("node_network_receive_bytes_total", "wlan0", 100)},
                                 {{"node_load1", {}, 1},
                                  Of("node_network_receive_bytes_total", "docker0", 7),
                                  Of("node_network_receive_bytes_total", "wlan0", 120)});
  ASSERT_THAT(s.networks(), SizeIs(2));
  EXPECT_EQ(s.networks(0).device(), "docker0");
  EXPECT_FALSE(s.networks(0).has_receive_bytes_per_second());
  EXPECT_EQ(s.networks(1).device(), "wlan0");
  EXPECT_EQ(s.networks(1).receive_bytes_per_second(), 10);
}

TEST(SnapshotView, EarlierFrameThatIsNotEarlierGivesNoRates) {
  const FramePtr frame = System(0, {Cpu("0", "idle", 1)});
  const v1::Snapshot s =
      SnapshotView().Make({.host = kHost, .system = frame, .earlier_system = frame});
  EXPECT_FALSE(s.cpu().has_utilization_ratio());
}

TEST(SnapshotView, FilesystemsCountAsDfDoes) {
  const FramePtr frame = FrameOf(
      "a", "filesystem", kStart,
      {Fs("node_filesystem_size_bytes", "/var", 1000), Fs("node_filesystem_size_bytes", "/", 100),
       Fs("node_filesystem_free_bytes", "/var", 400),
       Fs("node_filesystem_avail_bytes", "/var", 200), Fs("node_filesystem_files", "/var", 50),
       Fs("node_filesystem_files_free", "/var", 20), Fs("node_filesystem_readonly", "/var", 0),
       Fs("node_filesystem_device_error", "/var", 1)});
  const v1::Snapshot s = SnapshotView().Make({.host = kHost, .filesystem = frame});
  ASSERT_THAT(s.filesystems(), SizeIs(2));
  EXPECT_EQ(s.filesystems(0).mountpoint(), "/");
  EXPECT_FALSE(s.filesystems(0).has_used_bytes());
  const v1::Filesystem& var = s.filesystems(1);
  EXPECT_EQ(var.device(), "/dev/x");
  EXPECT_EQ(var.fstype(), "ext4");
  EXPECT_EQ(var.used_bytes(), 600);
  EXPECT_EQ(var.utilization_ratio(), 0.75);
  EXPECT_EQ(var.files_count(), 50);
  EXPECT_EQ(var.free_files_count(), 20);
  EXPECT_TRUE(var.has_read_only());
  EXPECT_FALSE(var.read_only());
  EXPECT_TRUE(var.device_error());
  EXPECT_EQ(s.sample_time().seconds(), 1'700'000'000) << "for lack of the system's";
}

TEST(SnapshotView, HugeAndStrangeValuesDoNoHarm) {
  const double inf = std::numeric_limits<double>::infinity();
  const v1::Snapshot s = FirstOf({{"node_memory_MemTotal_bytes", {}, 1e300},
                                  {"node_memory_MemFree_bytes", {}, -1e300},
                                  {"node_memory_Cached_bytes", {}, inf},
                                  Cpu("no number", "idle", 1),
                                  Cpu("0", "no mode", 1),
                                  {"node_filesystem_size_bytes", {{"x", "y"}}, 1}});
  EXPECT_EQ(s.memory().total_bytes(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(s.memory().free_bytes(), std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(s.memory().has_cached_bytes());
  EXPECT_FALSE(s.has_cpu());
}

TEST(SnapshotView, UptimeIsTimeLessBootTime) {
  EXPECT_EQ(FirstOf({{"node_time_seconds", {}, 1000.5}, {"node_boot_time_seconds", {}, 400}})
                .uptime_seconds(),
            600.5);
  EXPECT_FALSE(FirstOf({{"node_boot_time_seconds", {}, 400}}).has_uptime_seconds());
}

TEST(SnapshotView, TopProcessesAreTheTenThatUseMostCpu) {
  auto table = std::make_shared<ProcessTable>();
  table->host = "a";
  table->totals.processes = 12;
  for (int pid = 1; pid <= 12; ++pid) {
    table->processes.push_back({.pid = pid,
                                .cpu_utilization_ratio = pid % 3 == 0 ? 0.5 : 0.0,
                                .cpu_seconds = static_cast<double>(pid)});
  }
  table->processes[11].cpu_utilization_ratio.reset();
  const v1::Snapshot s = SnapshotView().Make({.host = kHost, .processes = table});
  std::vector<int> pids;
  for (const v1::Process& process : s.top_processes()) pids.push_back(process.pid());
  EXPECT_THAT(pids, ::testing::ElementsAre(9, 6, 3, 11, 10, 8, 7, 5, 4, 2));
  EXPECT_EQ(s.top_processes(0).name(), "hosts/a/processes/9");
  EXPECT_EQ(s.process_totals().process_count(), 12);
}

}  // namespace
}  // namespace syspulse
