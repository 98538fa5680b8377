#include "services/collect/hardware/nvme_subsystem_collector.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "services/base/status_macros.h"
#include "services/collect/hardware/nvme_collector.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kInfo{"node_nvmesubsystem_info",
                       MetricType::kGauge,
                       "",
                       "Non-numeric information about an NVMe subsystem.",
                       {"subsystem", "nqn", "model", "serial", "iopolicy"}};
constexpr Family kNamespaceInfo{"node_nvmesubsystem_namespace_info",
                                MetricType::kGauge,
                                "",
                                "Maps an NVMe namespace block device to its subsystem.",
                                {"subsystem", "device"}};
constexpr Family kPaths{"node_nvmesubsystem_paths",
                        MetricType::kGauge,
                        "",
                        "Number of controller paths for an NVMe subsystem.",
                        {"subsystem"}};
constexpr Family kPathsLive{"node_nvmesubsystem_paths_live",
                            MetricType::kGauge,
                            "",
                            "Number of controller paths in live state for an NVMe subsystem.",
                            {"subsystem"}};
constexpr Family kPathState{
    "node_nvmesubsystem_path_state",
    MetricType::kGauge,
    "",
    "Current NVMe controller path state (1 for the current state, 0 for all others).",
    {"subsystem", "controller", "transport", "state"}};

constexpr std::string_view kLive = "live";
constexpr std::string_view kUnknown = "unknown";
constexpr std::array<std::string_view, 7> kStates = {"connecting", "dead",      "deleting", kLive,
                                                     "new",        "resetting", kUnknown};

bool IsController(std::string_view entry) {
  const auto number = NumberAfter("nvme", entry);
  return number && number->find_first_not_of("0123456789") == number->npos;
}

void AddSubsystem(const SysDirectory& subsystem, std::string_view name, MetricWriter* writer) {
  const auto entries = subsystem.List();
  if (!entries.ok()) return;  // disconnected since
  const auto text = [&](std::string_view attribute) {
    return subsystem.Text(attribute).value_or("");
  };
  writer->Add(kInfo, 1, name, text("subsysnqn"), text("model"), text("serial"), text("iopolicy"));
  double paths = 0;
  double live = 0;
  bool all_known = true;
  for (const std::string& entry : *entries) {
    if (NvmeNamespaceId(entry)) writer->Add(kNamespaceInfo, 1, name, entry);
    if (!IsController(entry)) continue;
    ++paths;
    const SysDirectory controller = subsystem.Below(entry);
    const auto state_text = controller.Text("state");
    all_known = all_known && state_text.ok();
    if (!state_text.ok()) continue;
    const std::string_view state = NvmeControllerState(*state_text);
    if (state == kLive) ++live;
    const std::string transport = controller.Text("transport").value_or("");
    for (const std::string_view one : kStates) {
      writer->Add(kPathState, one == state ? 1 : 0, name, entry, transport, one);
    }
  }
  writer->Add(kPaths, paths, name);
  // Fewer than there are would raise an alert for nothing.
  if (all_known) writer->Add(kPathsLive, live, name);
}

}  // namespace

std::string_view NvmeControllerState(std::string_view text) {
  if (text == "deleting (no IO)") return "deleting";
  const auto found = std::ranges::find(kStates, text);
  return found == kStates.end() ? kUnknown : *found;
}

absl::Status NvmeSubsystemCollector::Collect(MetricWriter* writer) {
  const SysDirectory subsystems(procfs_, "class/nvme-subsystem");
  ASSIGN_OR_RETURN(const std::vector<std::string> names, subsystems.List());
  for (const std::string& name : names) {
    if (name.starts_with("nvme-subsys")) AddSubsystem(subsystems.Below(name), name, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
