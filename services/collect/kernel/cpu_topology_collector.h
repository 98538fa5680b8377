// What is known of processors besides their time: throttled for heat, taken offline, isolated, and
// what they are (cpu_info.h) if that is wanted;
// source: /sys/devices/system/cpu,
// https://docs.kernel.org/admin-guide/abi-testing.html#abi-file-testing-sysfs-devices-system-cpu.
//
// node_exporter has these metrics in its collector `cpu`. Here they are apart, because they take
// several files a processor where the times take one for all.
#ifndef SERVICES_COLLECT_KERNEL_CPU_TOPOLOGY_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_CPU_TOPOLOGY_COLLECTOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/kernel/cpu_info.h"
#include "services/collect/procfs.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {

class CpuTopologyCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit CpuTopologyCollector(const ProcFs* procfs, CpuInfoOptions info = {})
      : procfs_(procfs), info_(std::move(info)), root_(procfs, "devices/system/cpu") {}

  std::string_view name() const override { return "cpu_topology"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  void AddThrottles(const std::vector<std::string>& cpus, MetricWriter* writer) const;
  void AddOnline(const std::vector<std::string>& cpus, MetricWriter* writer) const;
  absl::Status AddIsolated(MetricWriter* writer) const;

  const ProcFs* const procfs_;
  const CpuInfoOptions info_;
  const SysDirectory root_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_CPU_TOPOLOGY_COLLECTOR_H_
