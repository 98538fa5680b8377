// What there is to collect: every collector with its name, its source and how it is made.
//
// Each folder beside this file lists its own collectors in its collectors.cc; AllCollectors puts
// the lists together. A new collector is one line there, and the agent's flags follow.
#ifndef SERVICES_COLLECT_COLLECTOR_SPEC_H_
#define SERVICES_COLLECT_COLLECTOR_SPEC_H_

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/collector.h"
#include "services/collect/collector_settings.h"
#include "services/collect/kernel/timex_collector.h"
#include "services/collect/procfs.h"
#include "services/collect/shared_file.h"
#include "services/collect/storage/statfs_prober.h"

namespace syspulse {

// Sources: collectors of one source share a frame, an interval and, except for those of every tick,
// a thread of their own.
inline constexpr std::string_view kSystemSource = "system";  // every tick: cheap and never hangs
inline constexpr std::string_view kProcessesSource = "processes";  // every tick, with the table
inline constexpr std::string_view kKernelSource = "kernel";        // what hardly changes
inline constexpr std::string_view kFilesystemSource = "filesystem";
inline constexpr std::string_view kNetworkSource = "network";    // many files, or many sockets
inline constexpr std::string_view kHardwareSource = "hardware";  // buses that are slow to answer
inline constexpr std::string_view kStorageSource = "storage";
inline constexpr std::string_view kInterruptsSource = "interrupts";  // cores × lines
inline constexpr std::string_view kUnitsSource = "units";            // systemd
inline constexpr std::string_view kContainersSource = "containers";  // cgroups
inline constexpr std::string_view kTextfileSource = "textfile";

struct ProcessCounts;  // workload/process_collector.h

// What collectors are made of. All of it outlives the collector.
struct CollectorContext {
  const ProcFs* procfs = nullptr;
  const Clock* clock = nullptr;
  const CollectorSettings* settings = nullptr;
  std::shared_ptr<SharedFile> stat;  // /proc/stat, for those of every tick
  StatfsFunction statfs;             // asks filesystems
  StatfsOptions statfs_options;
  ReadTimex read_timex;                           // asks the clock
  absl::TimeZone zone;                            // of the host
  const ProcessCounts* process_counts = nullptr;  // null where processes are not counted
};

struct CollectorSpec {
  std::string_view name;  // node_exporter's where it has one
  std::string_view source = kSystemSource;
  std::unique_ptr<Collector> (*make)(const CollectorContext& context) = nullptr;
  bool by_default = true;
  std::string_view part_of;  // node_exporter's collector whose switch is this one's too, if any

  // Returns whether it runs: by its own switch, else by that of the collector it is part of.
  bool Runs(const CollectorSettings& settings) const;
};

std::span<const CollectorSpec> KernelCollectors();
std::span<const CollectorSpec> NetworkCollectors();
std::span<const CollectorSpec> StorageCollectors();
std::span<const CollectorSpec> HardwareCollectors();
std::span<const CollectorSpec> WorkloadCollectors();

// Returns all of them, in the order in which they are read.
std::vector<CollectorSpec> AllCollectors();

// Returns whether there is one that runs.
bool AnyRuns(const CollectorSettings& settings);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_COLLECTOR_SPEC_H_
