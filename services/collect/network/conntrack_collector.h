// Connections that the kernel's firewall and address translation keep track of; source:
// /proc/sys/net/netfilter/nf_conntrack_{count,max} and /proc/net/stat/nf_conntrack. They are there
// while the kernel's module nf_conntrack is.
#ifndef SERVICES_COLLECT_NETWORK_CONNTRACK_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_CONNTRACK_COLLECTOR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Sums over all CPUs, since the module was loaded.
struct ConntrackStats {
  std::uint64_t found = 0;           // entries that were searched for and found; column 2
  std::uint64_t invalid = 0;         // packets that cannot be tracked; column 4
  std::uint64_t ignore = 0;          // packets that need not be tracked; column 5
  std::uint64_t insert = 0;          // entries that were inserted; column 8
  std::uint64_t insert_failed = 0;   // column 9
  std::uint64_t drop = 0;            // packets; column 10
  std::uint64_t early_drop = 0;      // entries that made room for new ones; column 11
  std::uint64_t search_restart = 0;  // column 16

  bool operator==(const ConntrackStats&) const = default;
};

// Adds up /proc/net/stat/nf_conntrack. DataLoss if a line is not one, or the text is cut or empty.
absl::StatusOr<ConntrackStats> ParseConntrack(std::string_view conntrack);

class ConntrackCollector final : public Collector {
 public:
  explicit ConntrackCollector(const ProcFs& procfs)
      : count_(procfs.Proc("sys/net/netfilter/nf_conntrack_count", FileEnd::kShortRead)),
        max_(procfs.Proc("sys/net/netfilter/nf_conntrack_max", FileEnd::kShortRead)),
        stat_(procfs.Proc("net/stat/nf_conntrack", FileEnd::kHalfPage)) {}

  std::string_view name() const override { return "conntrack"; }

  // Publishes the number of entries and its limit although the statistics are missing: kernels can
  // be built without those, and a table that fills up is what people need to see.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile count_;
  ProcFile max_;
  ProcFile stat_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_CONNTRACK_COLLECTOR_H_
