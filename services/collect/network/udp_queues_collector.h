// Bytes that wait in the queues of UDP sockets; source: /proc/net/udp and /proc/net/udp6, proc(5).
#ifndef SERVICES_COLLECT_NETWORK_UDP_QUEUES_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_UDP_QUEUES_COLLECTOR_H_

#include <string_view>

#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

class UdpQueuesCollector final : public Collector {
 public:
  explicit UdpQueuesCollector(const ProcFs& procfs)
      : udp_(procfs.Proc("net/udp")), udp6_(procfs.Proc("net/udp6")) {}

  std::string_view name() const override { return "udp_queues"; }

  // Leaves out a protocol that the kernel does not have; NotFound if it has neither.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile udp_;
  ProcFile udp6_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_UDP_QUEUES_COLLECTOR_H_
