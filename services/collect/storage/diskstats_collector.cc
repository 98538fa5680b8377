#include "services/collect/storage/diskstats_collector.h"

#include <algorithm>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kInfo{
    "node_disk_info",
    MetricType::kGauge,
    "",
    "Info of /sys/block/<block_device>.",
    {"device", "major", "minor", "path", "wwn", "model", "serial", "revision", "rotational"}};
constexpr Family kFilesystemInfo{"node_disk_filesystem_info",
                                 MetricType::kGauge,
                                 "",
                                 "Info about disk filesystem.",
                                 {"device", "type", "usage", "uuid", "version"}};
constexpr Family kMapperInfo{"node_disk_device_mapper_info",
                             MetricType::kGauge,
                             "",
                             "Info about disk device mapper.",
                             {"device", "name", "uuid", "vg_name", "lv_name", "lv_layer"}};
constexpr Family kWriteCache{
    "node_disk_ata_write_cache", MetricType::kGauge, "", "ATA disk has a write cache.", {"device"}};
constexpr Family kWriteCacheEnabled{"node_disk_ata_write_cache_enabled",
                                    MetricType::kGauge,
                                    "",
                                    "ATA disk has its write cache enabled.",
                                    {"device"}};
constexpr Family kRotationRate{"node_disk_ata_rotation_rate_rpm",
                               MetricType::kGauge,
                               "",
                               "ATA disk rotation rate in RPMs (0 for SSDs).",
                               {"device"}};

// A field of /proc/diskstats as a metric.
struct Column {
  Family family;
  double multiplier;  // from the kernel's unit to the metric's
  double divisor;     // 12 ms / 1000 is the double next to 0.012, 12 ms * 0.001 is not
};

constexpr double kSectorBytes = 512;  // whatever the device's own sectors are
constexpr double kMillisecondsPerSecond = 1000;

constexpr Column Counter(std::string_view name, std::string_view unit, std::string_view help,
                         double multiplier = 1, double divisor = 1) {
  return {{name, MetricType::kCounter, unit, help, {"device"}}, multiplier, divisor};
}

constexpr Column Seconds(std::string_view name, std::string_view help) {
  return Counter(name, "seconds", help, 1, kMillisecondsPerSecond);
}

constexpr std::array<Column, kDiskFields> kColumns = {{
    Counter("node_disk_reads_completed_total", "",
            "The total number of reads completed successfully."),
    Counter("node_disk_reads_merged_total", "", "The total number of reads merged."),
    Counter("node_disk_read_bytes_total", "bytes", "The total number of bytes read successfully.",
            kSectorBytes),
    Seconds("node_disk_read_time_seconds_total", "The total number of seconds spent by all reads."),
    Counter("node_disk_writes_completed_total", "",
            "The total number of writes completed successfully."),
    Counter("node_disk_writes_merged_total", "", "The number of writes merged."),
    Counter("node_disk_written_bytes_total", "bytes",
            "The total number of bytes written successfully.", kSectorBytes),
    Seconds("node_disk_write_time_seconds_total",
            "This is the total number of seconds spent by all writes."),
    {{"node_disk_io_now",
      MetricType::kGauge,
      "",
      "The number of I/Os currently in progress.",
      {"device"}},
     1,
     1},
    Seconds("node_disk_io_time_seconds_total", "Total seconds spent doing I/Os."),
    Seconds("node_disk_io_time_weighted_seconds_total",
            "The weighted # of seconds spent doing I/Os."),
    Counter("node_disk_discards_completed_total", "",
            "The total number of discards completed successfully."),
    Counter("node_disk_discards_merged_total", "", "The total number of discards merged."),
    Counter("node_disk_discarded_sectors_total", "",
            "The total number of sectors discarded successfully."),
    Seconds("node_disk_discard_time_seconds_total",
            "This is the total number of seconds spent by all discards."),
    Counter("node_disk_flush_requests_total", "",
            "The total number of flush requests completed successfully"),
    Seconds("node_disk_flush_requests_time_seconds_total",
            "This is the total number of seconds spent by all flush requests."),
}};

constexpr std::size_t kFewestFields = 11;
// Devices are made, formatted and given to others while the agent runs; who they are is read anew
// once in so many reads.
constexpr int kReadsOfIdentity = 60;

void AddIdentity(std::string_view device, const DiskIdentity& id, MetricWriter* writer) {
  if (!id.filesystem_type.empty()) {
    writer->Add(kFilesystemInfo, 1, device, id.filesystem_type, id.filesystem_usage,
                id.filesystem_uuid, id.filesystem_version);
  }
  if (!id.mapper_name.empty()) {
    writer->Add(kMapperInfo, 1, device, id.mapper_name, id.mapper_uuid, id.volume_group,
                id.logical_volume, id.logical_volume_layer);
  }
  if (id.has_write_cache) writer->Add(kWriteCache, *id.has_write_cache, device);
  if (id.write_cache_enabled) writer->Add(kWriteCacheEnabled, *id.write_cache_enabled, device);
  if (id.rotation_rate_rpm) writer->Add(kRotationRate, *id.rotation_rate_rpm, device);
}

}  // namespace

absl::StatusOr<std::vector<DiskStats>> ParseDiskstats(std::string_view diskstats) {
  std::vector<DiskStats> disks;
  if (diskstats.empty()) return disks;  // a machine without block devices
  RETURN_IF_ERROR(CheckWholeLines(diskstats, "/proc/diskstats"));
  while (!diskstats.empty()) {
    const std::string_view whole = TakeUntil(&diskstats, '\n');
    std::string_view line = whole;
    const auto major = ParseNumber<std::uint32_t>(TakeField(&line));
    const auto minor = ParseNumber<std::uint32_t>(TakeField(&line));
    const std::string_view device = TakeField(&line);
    if (!major || !minor || device.empty()) return BadLine("/proc/diskstats", whole);
    DiskStats disk{.major = *major, .minor = *minor, .device = device};
    for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
      const auto number = ParseNumber<std::uint64_t>(field);
      if (!number) return BadLine("/proc/diskstats", whole);
      if (disk.value_count < kDiskFields) disk.values[disk.value_count++] = *number;
    }
    if (disk.value_count < kFewestFields) return BadLine("/proc/diskstats", whole);
    disks.push_back(disk);
  }
  return disks;
}

std::string DiskstatsCollector::ReadRotational(std::string device) const {
  std::ranges::replace(device, '/', '!');  // as sysfs writes cciss/c0d0
  const SysDirectory queue(procfs_, absl::StrFormat("block/%s/queue", device));
  const absl::StatusOr<int> rotational = queue.Number<int>("rotational");
  if (rotational.ok()) return *rotational == 1 ? "1" : "0";
  return absl::IsNotFound(rotational.status()) ? "0" : "";  // partitions have no queue
}

const DiskstatsCollector::Known& DiskstatsCollector::Find(const DiskStats& disk) {
  Known& known = known_[{disk.major, disk.minor}];
  if (known.device == disk.device) return known;
  known = Known{.device = std::string(disk.device), .taken = devices_.Takes(disk.device)};
  if (!known.taken) return known;
  known.major = absl::StrFormat("%d", disk.major);
  known.minor = absl::StrFormat("%d", disk.minor);
  known.rotational = ReadRotational(known.device);
  // Machines without udev have no such files: the labels stay empty.
  ProcFile udev = procfs_->Udev(absl::StrFormat("b%d:%d", disk.major, disk.minor));
  const absl::StatusOr<std::string_view> text = udev.Read();
  if (text.ok()) known.identity = ParseUdev(*text);
  return known;
}

absl::Status DiskstatsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, diskstats_.Read());
  ASSIGN_OR_RETURN(const std::vector<DiskStats> disks, ParseDiskstats(text));
  if (++reads_ > kReadsOfIdentity) {
    known_.clear();
    reads_ = 1;
  }
  for (const DiskStats& disk : disks) {
    const Known& known = Find(disk);
    if (!known.taken) continue;
    const DiskIdentity& id = known.identity;
    writer->Add(kInfo, 1, disk.device, known.major, known.minor, id.path, id.wwn, id.model,
                id.serial, id.revision, known.rotational);
    for (std::size_t i = 0; i < disk.value_count; ++i) {
      const Column& column = kColumns[i];
      writer->Add(column.family,
                  static_cast<double>(disk.values[i]) * column.multiplier / column.divisor,
                  disk.device);
    }
    AddIdentity(disk.device, id, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
