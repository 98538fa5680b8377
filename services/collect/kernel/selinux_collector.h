// Whether SELinux is on and what it does with what it forbids; source: /sys/fs/selinux/enforce and
// the host's /etc/selinux/config, selinux(8).
#ifndef SERVICES_COLLECT_KERNEL_SELINUX_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_SELINUX_COLLECTOR_H_

#include <optional>
#include <string_view>

#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns the mode that the configuration asks for: 1 enforcing, 0 permissive, -1 disabled; nothing
// if it names none of them.
std::optional<int> ParseSelinuxConfig(std::string_view config);

class SelinuxCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit SelinuxCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "selinux"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_SELINUX_COLLECTOR_H_
