#include "services/collect/storage/dmmultipath_collector.h"

#include <cstdint>
#include <string>
#include <vector>

#include "services/base/status_macros.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr double kSectorBytes = 512;               // whatever the device's own sectors are
constexpr std::string_view kMultipath = "mpath-";  // how the UUIDs of multipath-tools begin

constexpr Family Gauge(std::string_view name, std::string_view unit, std::string_view help,
                       std::string_view label = {}) {
  return {name, MetricType::kGauge, unit, help, {"device", "sysfs_name", label}};
}

constexpr Family kInfo = Gauge("node_dmmultipath_device_info", "",
                               "Non-numeric information about a DM-multipath device.", "uuid");
constexpr Family kActive =
    Gauge("node_dmmultipath_device_active", "",
          "Whether the multipath device-mapper device is active (1) or suspended (0).");
constexpr Family kSize =
    Gauge("node_dmmultipath_device_size_bytes", "bytes",
          "Size of the multipath device in bytes, read from /sys/block/<dm>/size.");
constexpr Family kPaths =
    Gauge("node_dmmultipath_device_paths", "", "Number of paths for a multipath device.");
constexpr Family kPathsActive =
    Gauge("node_dmmultipath_device_paths_active", "",
          "Number of paths in active state (SCSI running or NVMe live) for a multipath device.");
constexpr Family kPathsFailed =
    Gauge("node_dmmultipath_device_paths_failed", "",
          "Number of paths not in active state for a multipath device.");
constexpr Family kPathState{"node_dmmultipath_path_state",
                            MetricType::kGauge,
                            "",
                            "Reports the underlying device state for a multipath path, as read "
                            "from /sys/block/<dev>/device/state.",
                            {"device", "path", "state"}};

void AddPaths(const SysDirectory& blocks, const std::string& disk, const std::string& name,
              MetricWriter* writer) {
  const auto paths = blocks.Below(disk).Below("slaves").List();
  int active = 0;
  int failed = 0;
  bool unknown = false;
  for (const std::string& path : paths.value_or(std::vector<std::string>())) {
    const auto state = blocks.Below(path).Text("device/state");
    unknown = unknown || !state.ok();
    if (!state.ok()) continue;
    const bool is_active = *state == "running" || *state == "live";  // SCSI's word, and NVMe's
    ++(is_active ? active : failed);
    writer->Add(kPathState, 1, name, path, *state);
  }
  writer->Add(kPaths, paths.ok() ? static_cast<double>(paths->size()) : 0, name, disk);
  if (unknown) return;
  writer->Add(kPathsActive, active, name, disk);
  writer->Add(kPathsFailed, failed, name, disk);
}

}  // namespace

absl::Status DmMultipathCollector::Collect(MetricWriter* writer) {
  const SysDirectory blocks(procfs_, "block");
  ASSIGN_OR_RETURN(const std::vector<std::string> disks, blocks.List());
  for (const std::string& disk : disks) {
    if (!disk.starts_with("dm-")) continue;
    const SysDirectory directory = blocks.Below(disk);
    const auto uuid = directory.Text("dm/uuid");
    const auto name = directory.Text("dm/name");
    if (!uuid.ok() || !uuid->starts_with(kMultipath) || !name.ok()) continue;
    writer->Add(kInfo, 1, *name, disk, *uuid);
    const auto suspended = directory.Number<std::uint64_t>("dm/suspended");
    if (suspended.ok()) writer->Add(kActive, *suspended == 1 ? 0 : 1, *name, disk);
    const auto sectors = directory.Number<std::uint64_t>("size");
    if (sectors.ok()) {
      writer->Add(kSize, static_cast<double>(*sectors) * kSectorBytes, *name, disk);
    }
    AddPaths(blocks, disk, *name, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
