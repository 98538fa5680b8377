// Processes of a host at one instant: rows, not series.
#ifndef SERVICES_MODEL_PROCESS_TABLE_H_
#define SERVICES_MODEL_PROCESS_TABLE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace syspulse {

// One process. Fields, units and sources as in proto/syspulse/v1/process.proto.
struct Process {
  std::int32_t pid = 0;
  std::int32_t ppid = 0;
  absl::Time start_time;
  char state = '?';  // the kernel's letter: R S D T t Z I …
  std::string user;
  std::string command;
  std::string command_line;
  std::int32_t thread_count = 0;
  std::optional<double> cpu_utilization_ratio;  // of one core
  double cpu_seconds = 0;
  std::int64_t resident_bytes = 0;
  std::int64_t virtual_bytes = 0;
  double memory_utilization_ratio = 0;
  std::int32_t nice = 0;
  std::optional<double> read_bytes_per_second;
  std::optional<double> write_bytes_per_second;
  std::string executable;
  std::optional<std::int64_t> shared_bytes;
  std::optional<std::int64_t> swap_bytes;
  std::optional<std::int32_t> open_file_count;
  std::string container;
  std::string unit;

  bool operator==(const Process&) const = default;
};

// Counts over all processes of a host.
struct ProcessTotals {
  std::int32_t processes = 0;
  std::int32_t threads = 0;
  std::int32_t running = 0;
  std::int32_t sleeping = 0;  // S and I
  std::int32_t disk_sleep = 0;
  std::int32_t stopped = 0;
  std::int32_t zombie = 0;

  bool operator==(const ProcessTotals&) const = default;
};

// All processes of one host at one instant. Never changed once shared.
struct ProcessTable {
  std::string host;  // id, without "hosts/"
  absl::Time time;   // by the host's clock
  ProcessTotals totals;
  std::vector<Process> processes;  // by pid
  bool partial = false;            // some are left out, though the totals count them
};

using ProcessTablePtr = std::shared_ptr<const ProcessTable>;

}  // namespace syspulse

#endif  // SERVICES_MODEL_PROCESS_TABLE_H_
