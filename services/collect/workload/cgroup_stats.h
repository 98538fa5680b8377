// Everything that is measured of one cgroup, read from its directory.
#ifndef SERVICES_COLLECT_WORKLOAD_CGROUP_STATS_H_
#define SERVICES_COLLECT_WORKLOAD_CGROUP_STATS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/collect/directory.h"
#include "services/collect/kernel/pressure_collector.h"
#include "services/collect/procfs.h"
#include "services/collect/workload/cgroup_files.h"

namespace syspulse {

// What a cgroup may use at most; absent where its controller is off. It changes seldom.
struct CgroupLimits {
  CgroupNumber memory_bytes;          // memory.max
  CgroupNumber swap_bytes;            // memory.swap.max
  CgroupNumber reserved_bytes;        // memory.min
  CgroupNumber threads;               // pids.max
  CgroupNumber cpu_weight;            // cpu.weight
  std::optional<CgroupCpuLimit> cpu;  // cpu.max
};

// I/O of a block device.
struct CgroupIo {
  std::string device;   // "/dev/sda"
  CgroupDevice counts;  // without its number
};

// What it has used since it was made, and uses now; absent where it is not measured.
struct CgroupStats {
  CgroupCpu cpu;
  CgroupMemory memory;
  CgroupMemoryEvents memory_events;
  CgroupNumber memory_bytes;       // memory.current
  CgroupNumber memory_peak_bytes;  // memory.peak, since Linux 5.19
  CgroupNumber swap_bytes;         // memory.swap.current
  CgroupNumber processes;          // in this cgroup, not below
  CgroupNumber threads;            // pids.current, here and below
  PressureTotals cpu_pressure;
  PressureTotals memory_pressure;
  PressureTotals io_pressure;
  std::vector<CgroupIo> io;
};

// Confined to one thread.
class CgroupReader {
 public:
  // `procfs` must outlive this.
  explicit CgroupReader(const ProcFs* procfs) : procfs_(procfs) {}

  // Begins a round: devices may have changed.
  void Begin();

  // Returns nothing if the cgroup is gone.
  std::optional<CgroupStats> ReadStats(const Directory& directory);
  CgroupLimits ReadLimits(const Directory& directory);

  // Sets what the root cgroup has no files for: the memory of the whole host.
  void ReadHostMemory(CgroupStats* stats);

  // Returns what could not be understood first in this round; what it says is left out.
  const absl::Status& problem() const { return problem_; }

 private:
  template <typename Parse>
  auto ReadAs(const Directory& directory, const char* file, const Parse& parse)
      -> std::optional<typename decltype(parse("", ""))::value_type>;
  void ReadIo(const Directory& directory, CgroupStats* stats);
  const std::string& DeviceName(std::string_view number);

  const ProcFs* const procfs_;
  std::string buffer_;
  std::map<std::string, std::string, std::less<>> devices_;  // by number; empty: not known
  absl::Status problem_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_CGROUP_STATS_H_
