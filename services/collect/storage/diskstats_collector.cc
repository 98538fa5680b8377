#include "services/collect/storage/diskstats_collector.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kInfo{"node_disk_info",
                       MetricType::kGauge,
                       "",
                       "Info of /sys/block/<block_device>.",
                       {"device", "major", "minor", "path", "wwn", "model", "serial", "revision"}};

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
constexpr std::string_view kDigits = "0123456789";

// Returns the text before the digits at its end; nothing if there are none.
std::optional<std::string_view> WithoutNumber(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kDigits);
  if (last == text.npos || last + 1 == text.size()) return std::nullopt;
  return text.substr(0, last + 1);
}

// Returns whether the text is nvme\d+n\d+p.
bool IsNvmePartition(std::string_view stem) {
  if (!stem.starts_with("nvme") || !stem.ends_with('p')) return false;
  const auto space = WithoutNumber(stem.substr(4, stem.size() - 5));
  return space && space->size() > 1 && space->ends_with('n') &&
         space->find_first_not_of(kDigits) == space->size() - 1;
}

// Returns whether the text is (h|s|v|xv)d[a-z].
bool IsDisk(std::string_view stem) {
  if (stem.empty() || stem.back() < 'a' || stem.back() > 'z') return false;
  stem.remove_suffix(1);
  return stem == "hd" || stem == "sd" || stem == "vd" || stem == "xvd";
}

}  // namespace

bool IsExcludedDisk(std::string_view device) {
  const auto stem = WithoutNumber(device);
  if (!stem) return false;
  return *stem == "ram" || *stem == "zram" || *stem == "loop" || *stem == "fd" || IsDisk(*stem) ||
         IsNvmePartition(*stem);
}

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
    if (IsExcludedDisk(device)) continue;
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

DiskIdentity ParseUdev(std::string_view database) {
  std::map<std::string_view, std::string_view> properties;
  database = database.substr(0, database.rfind('\n') + 1);  // whole lines only
  while (!database.empty()) {
    std::string_view line = TakeUntil(&database, '\n');
    if (!line.starts_with("E:")) continue;
    line.remove_prefix(2);
    const std::string_view key = TakeUntil(&line, '=');
    properties.emplace(key, line);
  }
  const auto first_of = [&](std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
      const auto found = properties.find(key);
      if (found != properties.end() && !found->second.empty()) return std::string(found->second);
    }
    return std::string();
  };
  return DiskIdentity{.path = first_of({"ID_PATH"}),
                      .wwn = first_of({"ID_WWN"}),
                      .model = first_of({"ID_MODEL"}),
                      .serial = first_of({"SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL"}),
                      .revision = first_of({"ID_REVISION"})};
}

const DiskstatsCollector::Known& DiskstatsCollector::Find(const DiskStats& disk) {
  Known& known = known_[{disk.major, disk.minor}];
  if (known.device == disk.device) return known;
  known = Known{.device = std::string(disk.device),
                .major = absl::StrFormat("%d", disk.major),
                .minor = absl::StrFormat("%d", disk.minor)};
  ProcFile udev = procfs_->Udev(absl::StrFormat("b%d:%d", disk.major, disk.minor));
  // Machines without udev have no such files: the labels stay empty.
  if (const auto text = udev.Read(); text.ok()) known.identity = ParseUdev(*text);
  return known;
}

absl::Status DiskstatsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, diskstats_.Read());
  ASSIGN_OR_RETURN(const std::vector<DiskStats> disks, ParseDiskstats(text));
  for (const DiskStats& disk : disks) {
    const Known& known = Find(disk);
    const DiskIdentity& id = known.identity;
    writer->Add(kInfo, 1, disk.device, known.major, known.minor, id.path, id.wwn, id.model,
                id.serial, id.revision);
    for (std::size_t i = 0; i < disk.value_count; ++i) {
      const Column& column = kColumns[i];
      writer->Add(column.family,
                  static_cast<double>(disk.values[i]) * column.multiplier / column.divisor,
                  disk.device);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
