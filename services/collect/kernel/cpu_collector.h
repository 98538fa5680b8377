// Time of each processor by mode; source: /proc/stat, proc(5).
#ifndef SERVICES_COLLECT_KERNEL_CPU_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_CPU_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/shared_file.h"

namespace syspulse {

// Modes in the order of /proc/stat.
enum CpuMode { kUser, kNice, kSystem, kIdle, kIowait, kIrq, kSoftirq, kSteal, kGuest, kGuestNice };
inline constexpr std::size_t kCpuModes = 10;

// One processor.
struct CpuTimes {
  int cpu = 0;
  std::array<std::uint64_t, kCpuModes> ticks{};  // of USER_HZ, since boot; 0 for modes of newer
                                                 // kernels

  bool operator==(const CpuTimes&) const = default;
};

// Returns the processors that are online, without the line of their sum. DataLoss if there is none
// or the text is cut.
absl::StatusOr<std::vector<CpuTimes>> ParseCpuTimes(std::string_view stat);

// Returns `now` where no time goes back. The kernel corrects idle and iowait downwards at times,
// and a counter that goes back looks like a restart; so each time stays at the most it was. Where
// idle time went back by 3 seconds or more the processor was taken offline and came back from zero.
CpuTimes WithoutStepsBack(const CpuTimes& before, const CpuTimes& now);

class CpuCollector final : public Collector {
 public:
  // `stat` reads /proc/stat. `guest` says whether node_cpu_guest_seconds_total is wanted.
  explicit CpuCollector(FileReader stat, bool guest = true)
      : guest_(guest), stat_(std::move(stat)) {}

  std::string_view name() const override { return "cpu"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // What was published of a processor last.
  struct Published {
    std::string label;
    CpuTimes times;
  };

  const bool guest_;
  FileReader stat_;
  std::map<int, Published> published_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_CPU_COLLECTOR_H_
