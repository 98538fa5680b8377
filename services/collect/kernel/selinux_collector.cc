#include "services/collect/kernel/selinux_collector.h"

#include <string>

#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr Family kEnabled{"node_selinux_enabled", MetricType::kGauge, "",
                          "SELinux is enabled, 1 is true, 0 is false"};
constexpr Family kConfigMode{"node_selinux_config_mode", MetricType::kGauge, "",
                             "Configured SELinux enforcement mode"};
constexpr Family kCurrentMode{"node_selinux_current_mode", MetricType::kGauge, "",
                              "Current SELinux enforcement mode"};

}  // namespace

std::optional<int> ParseSelinuxConfig(std::string_view config) {
  std::optional<int> mode;
  config = config.substr(0, config.rfind('\n') + 1);  // whole lines only
  while (!config.empty()) {
    std::string_view line = Trim(TakeUntil(&config, '\n'));
    if (Trim(TakeUntil(&line, '=')) != "SELINUX") continue;
    const std::string value = ToLower(Trim(line));
    if (value == "enforcing") mode = 1;
    if (value == "permissive") mode = 0;
    if (value == "disabled") mode = -1;
  }
  return mode;
}

absl::Status SelinuxCollector::Collect(MetricWriter* writer) {
  const absl::StatusOr<std::string> enforce = procfs_->ReadSys("fs/selinux/enforce");
  if (absl::IsNotFound(enforce.status())) {
    writer->Add(kEnabled, 0);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(enforce.status());
  // The kernel writes this one digit without a newline.
  const auto current = ParseNumber<int>(Trim(*enforce));
  if (!current) return absl::DataLossError("parse /sys/fs/selinux/enforce: it is no number");
  writer->Add(kEnabled, 1);
  if (const auto config = procfs_->ReadRoot("etc/selinux/config"); config.ok()) {
    if (const auto mode = ParseSelinuxConfig(*config)) writer->Add(kConfigMode, *mode);
  }
  writer->Add(kCurrentMode, *current);
  return absl::OkStatus();
}

}  // namespace syspulse
