// Packets that each CPU took from its network devices, and those it had to leave; source:
// /proc/net/softnet_stat, net/core/net-procfs.c of the kernel.
#ifndef SERVICES_COLLECT_NETWORK_SOFTNET_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_SOFTNET_COLLECTOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// One line. Counters of 32 bits; those that an older kernel does not have are 0.
struct SoftnetStats {
  std::uint32_t cpu = 0;          // column 12, Linux 5.14; before, the number of the line
  std::uint32_t processed = 0;    // packets; column 0
  std::uint32_t dropped = 0;      // packets for which the queue was full; column 1
  std::uint32_t squeezed = 0;     // times that the budget ran out before the packets; column 2
  std::uint32_t collisions = 0;   // column 8; 0 since Linux 4.7
  std::uint32_t rps = 0;          // wake-ups by other CPUs; column 9, Linux 2.6.39
  std::uint32_t flow_limits = 0;  // column 10, Linux 3.11
  std::uint32_t backlog = 0;      // packets that wait now; column 11, Linux 5.14

  bool operator==(const SoftnetStats&) const = default;
};

// Returns all CPUs that are online. DataLoss if a line is not one, or the text is cut or empty.
absl::StatusOr<std::vector<SoftnetStats>> ParseSoftnet(std::string_view softnet);

class SoftnetCollector final : public Collector {
 public:
  explicit SoftnetCollector(const ProcFs& procfs)
      : softnet_(procfs.Proc("net/softnet_stat", FileEnd::kHalfPage)) {}

  std::string_view name() const override { return "softnet"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const std::string& LabelOf(std::size_t position, std::uint32_t cpu);

  struct Label {
    std::uint32_t cpu = 0;
    std::string text;
  };

  ProcFile softnet_;
  std::vector<Label> labels_;  // of the last tick
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_SOFTNET_COLLECTOR_H_
