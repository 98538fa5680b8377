// Bytes, packets and errors of network interfaces; source: /proc/net/dev, proc(5), and
// /sys/class/net/*/statistics/rx_nohandler.
#ifndef SERVICES_COLLECT_NETWORK_NETDEV_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_NETDEV_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

inline constexpr std::size_t kNetDevFields = 16;  // 8 received, 8 sent

// One line.
struct NetDevStats {
  std::string_view device;  // points into the text
  std::array<std::uint64_t, kNetDevFields> values{};

  bool operator==(const NetDevStats&) const = default;
};

// Returns all interfaces. DataLoss if a line is not one, or the text is cut.
absl::StatusOr<std::vector<NetDevStats>> ParseNetDev(std::string_view net_dev);

class NetdevCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit NetdevCollector(const ProcFs* procfs)
      : procfs_(procfs), net_dev_(procfs->Proc("net/dev")) {}

  std::string_view name() const override { return "netdev"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // An interface's file in sysfs.
  struct NoHandler {
    ProcFile file;
    std::uint64_t tick = 0;  // when the interface was last there
  };
  void AddNoHandler(std::string_view device, MetricWriter* writer);

  const ProcFs* const procfs_;
  ProcFile net_dev_;
  std::map<std::string, NoHandler, std::less<>> no_handler_;
  std::uint64_t tick_ = 0;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_NETDEV_COLLECTOR_H_
