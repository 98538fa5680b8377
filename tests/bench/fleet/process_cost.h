// What a process costs, by /proc.
#ifndef TESTS_BENCH_FLEET_PROCESS_COST_H_
#define TESTS_BENCH_FLEET_PROCESS_COST_H_

#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"

namespace syspulse {

struct ProcessCost {
  double cpu_seconds = 0;           // since its start; /proc/[pid]/stat fields 14 and 15
  std::int64_t resident_bytes = 0;  // /proc/[pid]/status VmRSS
  std::int64_t peak_bytes = 0;      // /proc/[pid]/status VmHWM
};

// Returns nothing if there is no such process.
inline std::optional<ProcessCost> ReadProcessCost(pid_t pid) {
  ProcessCost cost;
  std::ifstream stat(absl::StrFormat("/proc/%d/stat", pid));
  stat.ignore(std::numeric_limits<std::streamsize>::max(), ')');  // the name may hold anything
  std::string field;
  for (int i = 3; i < 14; ++i) stat >> field;
  double user = 0;    // ticks
  double system = 0;  // ticks
  if (!(stat >> user >> system)) return std::nullopt;
  cost.cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  std::ifstream status(absl::StrFormat("/proc/%d/status", pid));
  while (status >> field) {
    if (field == "VmRSS:") status >> cost.resident_bytes;  // kB
    if (field == "VmHWM:") status >> cost.peak_bytes;      // kB
  }
  cost.resident_bytes *= 1024;
  cost.peak_bytes *= 1024;
  return cost;
}

}  // namespace syspulse

#endif  // TESTS_BENCH_FLEET_PROCESS_COST_H_
