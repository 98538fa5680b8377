#include "services/collect/hardware/nvme_collector.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/status_macros.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kInfo{"node_nvme_info",
                       MetricType::kGauge,
                       "",
                       "Non-numeric data from /sys/class/nvme/<device>, value is always 1.",
                       {"device", "firmware_revision", "model", "serial", "state", "cntlid"}};
constexpr Family kNamespaceInfo{"node_nvme_namespace_info",
                                MetricType::kGauge,
                                "",
                                "Information about NVMe namespaces. Value is always 1",
                                {"device", "nsid", "ana_state"}};
constexpr Family kCapacity{"node_nvme_namespace_capacity_bytes",
                           MetricType::kGauge,
                           "bytes",
                           "Capacity of the NVMe namespace in bytes. Computed as namespace_size * "
                           "namespace_logical_block_size",
                           {"device", "nsid"}};
constexpr Family kSize{"node_nvme_namespace_size_bytes",
                       MetricType::kGauge,
                       "bytes",
                       "Size of the NVMe namespace in bytes. Available in "
                       "/sys/class/nvme/<device>/<namespace>/size",
                       {"device", "nsid"}};
constexpr Family kUsed{"node_nvme_namespace_used_bytes",
                       MetricType::kGauge,
                       "bytes",
                       "Used space of the NVMe namespace in bytes. Available in "
                       "/sys/class/nvme/<device>/<namespace>/nuse",
                       {"device", "nsid"}};
constexpr Family kBlockSize{"node_nvme_namespace_logical_block_size_bytes",
                            MetricType::kGauge,
                            "bytes",
                            "Logical block size of the NVMe namespace in bytes. Usually 4Kb. "
                            "Available in "
                            "/sys/class/nvme/<device>/<namespace>/queue/logical_block_size",
                            {"device", "nsid"}};

void AddNamespace(const SysDirectory& space, std::string_view device, std::string_view id,
                  MetricWriter* writer) {
  absl::StatusOr<std::string> access = space.Text("ana_state");
  if (absl::IsNotFound(access.status())) access = "unknown";  // there is only one path to it
  if (access.ok()) writer->Add(kNamespaceInfo, 1, device, id, *access);

  const auto block = space.Number<std::uint64_t>("queue/logical_block_size");
  if (!block.ok()) return;
  const auto block_bytes = static_cast<double>(*block);
  writer->Add(kBlockSize, block_bytes, device, id);
  // node_exporter's arithmetic: the kernel counts `size` in sectors of 512 bytes, so these two are
  // too large for namespaces with other blocks.
  if (const auto size = space.Number<std::uint64_t>("size"); size.ok()) {
    writer->Add(kCapacity, static_cast<double>(*size) * block_bytes, device, id);
    writer->Add(kSize, static_cast<double>(*size) * block_bytes, device, id);
  }
  if (const auto used = space.Number<std::uint64_t>("nuse"); used.ok()) {
    writer->Add(kUsed, static_cast<double>(*used) * block_bytes, device, id);
  }
}

void AddDevice(const SysDirectory& device, std::string_view name, MetricWriter* writer) {
  const auto text = [&](std::string_view attribute) { return device.Text(attribute).value_or(""); };
  writer->Add(kInfo, 1, name, text("firmware_rev"), text("model"), text("serial"), text("state"),
              text("cntlid"));
  const auto entries = device.List();
  if (!entries.ok()) return;  // unplugged since
  for (const std::string& entry : *entries) {
    if (const auto id = NvmeNamespaceId(entry)) {
      AddNamespace(device.Below(entry), name, *id, writer);
    }
  }
}

}  // namespace

std::optional<std::string_view> NvmeNamespaceId(std::string_view directory) {
  constexpr std::string_view kDigits = "0123456789";
  const auto number = NumberAfter("nvme", directory);
  if (!number) return std::nullopt;
  const auto end = number->find_first_not_of(kDigits);
  if (end == number->npos) return std::nullopt;
  const auto id = NumberAfter("n", number->substr(end));
  if (!id || id->find_first_not_of(kDigits) != id->npos) return std::nullopt;
  return id;
}

absl::Status NvmeCollector::Collect(MetricWriter* writer) {
  const SysDirectory devices(procfs_, "class/nvme");
  ASSIGN_OR_RETURN(const std::vector<std::string> names, devices.List());
  for (const std::string& name : names) AddDevice(devices.Below(name), name, writer);
  return absl::OkStatus();
}

}  // namespace syspulse
