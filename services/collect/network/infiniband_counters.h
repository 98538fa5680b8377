// The counters that a port of an InfiniBand adapter can have, one for each file.
//
// Sources: Documentation/ABI/stable/sysfs-class-infiniband, and for hw_counters
// https://enterprise-support.nvidia.com/s/article/understanding-mlx5-linux-counters-and-status-parameters
#ifndef SERVICES_COLLECT_NETWORK_INFINIBAND_COUNTERS_H_
#define SERVICES_COLLECT_NETWORK_INFINIBAND_COUNTERS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "services/collect/metric_writer.h"

namespace syspulse {

struct InfinibandCounter {
  std::string_view directory;  // of the port
  std::string_view file;
  Family family;
  std::uint64_t unit = 1;  // what one is worth; 4 where each of four lanes counts
};

std::span<const InfinibandCounter> InfinibandCounters();

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_INFINIBAND_COUNTERS_H_
