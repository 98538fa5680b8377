// Bytes, packets and errors of network interfaces; source: /proc/net/dev, proc(5), and
// /sys/class/net/*/statistics/rx_nohandler.
//
// The second is a file for each interface. Up to kMostOpenFiles of them stay open and are read in
// every tick; a host of containers has more, and then as many are read in each tick by turns, so
// that neither descriptors nor time grow with the number of interfaces. Both are read without the
// lock under which the kernel changes its interfaces; its netlink interface is not.
#ifndef SERVICES_COLLECT_NETWORK_NETDEV_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_NETDEV_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"

namespace syspulse {

inline constexpr std::size_t kNetDevFields = 16;   // 8 received, 8 sent
inline constexpr std::size_t kMostOpenFiles = 64;  // of interfaces

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
  NetdevCollector(const ProcFs* procfs, NameFilter devices)
      : procfs_(procfs),
        filter_(std::move(devices)),
        net_dev_(procfs->Proc("net/dev", FileEnd::kHalfPage)) {}

  std::string_view name() const override { return "netdev"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // What is remembered of an interface.
  struct Device {
    bool taken = false;               // by the filter
    std::optional<ProcFile> file;     // rx_nohandler, open while there are few interfaces
    std::optional<double> unhandled;  // packets, when it was read last
    std::uint64_t tick = 0;           // when the interface was last there
  };

  Device* Find(std::string_view name);
  void ReadUnhandled(std::string_view name, bool keep_open, Device* device) const;

  const ProcFs* const procfs_;
  const NameFilter filter_;
  ProcFile net_dev_;
  std::map<std::string, Device, std::less<>> devices_;
  std::uint64_t tick_ = 0;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_NETDEV_COLLECTOR_H_
