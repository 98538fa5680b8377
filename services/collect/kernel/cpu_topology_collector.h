// What is known of processors besides their time: throttled for heat, taken offline, isolated, and
// what they are (cpu_info.h) if that is wanted;
// source: /sys/devices/system/cpu,
// https://docs.kernel.org/admin-guide/abi-testing.html#abi-file-testing-sysfs-devices-system-cpu.
//
// node_exporter has these metrics in its collector `cpu`. Here they are apart, because they take
// several files a processor where the times take one for all.
#ifndef SERVICES_COLLECT_KERNEL_CPU_TOPOLOGY_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_CPU_TOPOLOGY_COLLECTOR_H_

#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/kernel/cpu_info.h"
#include "services/collect/procfs.h"

namespace syspulse {

class CpuTopologyCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit CpuTopologyCollector(const ProcFs* procfs, CpuInfoOptions info = {})
      : procfs_(procfs), info_(std::move(info)) {}

  std::string_view name() const override { return "cpu_topology"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
  const CpuInfoOptions info_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_CPU_TOPOLOGY_COLLECTOR_H_
