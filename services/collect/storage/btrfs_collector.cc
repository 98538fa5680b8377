#include "services/collect/storage/btrfs_collector.h"

#include <array>
#include <map>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr double kSectorBytes = 512;  // whatever the device's own sectors are
constexpr double kMillisecondsPerSecond = 1000;

constexpr Family Gauge(std::string_view name, std::string_view unit, std::string_view help,
                       std::string_view label = {}, std::string_view other_label = {}) {
  return {name, MetricType::kGauge, unit, help, {"uuid", label, other_label}};
}

constexpr Family Counter(std::string_view name, std::string_view unit, std::string_view help) {
  return {name, MetricType::kCounter, unit, help, {"uuid"}};
}

constexpr Family kInfo = Gauge("node_btrfs_info", "", "Filesystem information", "label");
constexpr Family kReserve =
    Gauge("node_btrfs_global_rsv_size_bytes", "bytes", "Size of global reserve.");
constexpr Family kCommits =
    Counter("node_btrfs_commits_total", "", "The total number of commits that have occurred.");
constexpr Family kLastCommit = Gauge("node_btrfs_last_commit_seconds", "seconds",
                                     "Duration of the most recent commit, in seconds.");
constexpr Family kLongestCommit = Gauge("node_btrfs_max_commit_seconds", "seconds",
                                        "Duration of the slowest commit, in seconds.");
constexpr Family kCommitTime = Counter("node_btrfs_commit_seconds_total", "seconds",
                                       "Sum of the duration of all commits, in seconds.");
constexpr Family kReserved = Gauge("node_btrfs_reserved_bytes", "bytes",
                                   "Amount of space reserved for a data type", "block_group_type");
constexpr Family kUsed =
    Gauge("node_btrfs_used_bytes", "bytes", "Amount of used space by a layout/data type",
          "block_group_type", "mode");
constexpr Family kSize =
    Gauge("node_btrfs_size_bytes", "bytes", "Amount of space allocated for a layout/data type",
          "block_group_type", "mode");
constexpr Family kRatio =
    Gauge("node_btrfs_allocation_ratio", "", "Data allocation ratio for a layout/data type",
          "block_group_type", "mode");
// Without an answer of the filesystem, the UUID of the device stays empty.
constexpr Family kDeviceSize{"node_btrfs_device_size_bytes",
                             MetricType::kGauge,
                             "bytes",
                             "Size of a device that is part of the filesystem.",
                             {"uuid", "device", "btrfs_dev_uuid"}};
constexpr Family kDeviceUnused{"node_btrfs_device_unused_bytes",
                               MetricType::kGauge,
                               "bytes",
                               "Unused bytes unused on a device that is part of the filesystem.",
                               {"uuid", "device", "btrfs_dev_uuid"}};
constexpr Family kDeviceErrors{"node_btrfs_device_errors_total",
                               MetricType::kCounter,
                               "",
                               "Errors reported for the device",
                               {"uuid", "type", "device", "btrfs_dev_uuid"}};

constexpr std::array<std::string_view, 3> kGroupTypes = {"data", "metadata", "system"};

// A filesystem that is published; every attribute that it does not answer is left out.
class Filesystem {
 public:
  Filesystem(const ProcFs* procfs, const std::string& uuid, MetricWriter* writer)
      : directory_(procfs, absl::StrFormat("fs/btrfs/%s", uuid)),
        // After its UUID was changed, the one that its blocks were written with stays the same.
        uuid_(directory_.Text("metadata_uuid").value_or(uuid)),
        writer_(writer) {}

  // `answer` is what the filesystem said of its devices, null if nothing.
  void AddAll(const std::optional<BtrfsCommits>& commits, const std::vector<BtrfsDevice>* answer) {
    writer_->Add(kInfo, 1, uuid_, directory_.Text("label").value_or(""));
    AddBytes(kReserve, directory_, "allocation/global_rsv_size");
    if (commits) AddCommits(*commits);
    const std::vector<std::string> devices =
        directory_.Below("devices").List().value_or(std::vector<std::string>());
    for (const std::string_view type : kGroupTypes) AddGroups(type, devices.size());
    if (answer != nullptr) {
      AddDevices(*answer);
      return;
    }
    for (const std::string& device : devices) {
      const auto sectors = directory_.Below("devices").Below(device).Number<std::uint64_t>("size");
      if (!sectors.ok()) continue;
      writer_->Add(kDeviceSize, static_cast<double>(*sectors) * kSectorBytes, uuid_, device, "");
    }
  }

 private:
  template <typename... Labels>
  void AddBytes(const Family& family, const SysDirectory& directory, std::string_view attribute,
                const Labels&... labels) {
    const auto bytes = directory.Number<std::uint64_t>(attribute);
    if (bytes.ok()) writer_->Add(family, static_cast<double>(*bytes), uuid_, labels...);
  }

  void AddDevices(const std::vector<BtrfsDevice>& devices) {
    for (const BtrfsDevice& device : devices) {
      const auto size = static_cast<double>(device.size_bytes);
      const auto unused = static_cast<double>(device.size_bytes - device.used_bytes);
      writer_->Add(kDeviceSize, size, uuid_, device.name, device.uuid);
      if (device.used_bytes <= device.size_bytes) {
        writer_->Add(kDeviceUnused, unused, uuid_, device.name, device.uuid);
      }
      for (std::size_t i = 0; i < kBtrfsErrors.size(); ++i) {
        writer_->Add(kDeviceErrors, static_cast<double>(device.errors[i]), uuid_, kBtrfsErrors[i],
                     device.name, device.uuid);
      }
    }
  }

  void AddCommits(const BtrfsCommits& commits) {
    const auto seconds = [](std::uint64_t milliseconds) {
      return static_cast<double>(milliseconds) / kMillisecondsPerSecond;
    };
    writer_->Add(kCommits, static_cast<double>(commits.count), uuid_);
    writer_->Add(kLastCommit, seconds(commits.last_milliseconds), uuid_);
    writer_->Add(kLongestCommit, seconds(commits.longest_milliseconds), uuid_);
    writer_->Add(kCommitTime, seconds(commits.total_milliseconds), uuid_);
  }

  // Adds the block groups of a type, whose layouts are directories among its attributes.
  void AddGroups(std::string_view type, std::size_t devices) {
    const SysDirectory groups = directory_.Below("allocation").Below(type);
    AddBytes(kReserved, groups, "bytes_reserved", type);
    const auto names = groups.List();
    if (!names.ok()) return;
    for (const std::string& layout : *names) {
      const SysDirectory usage = groups.Below(layout);
      if (!usage.Number<std::uint64_t>("total_bytes").ok()) continue;
      AddBytes(kUsed, usage, "used_bytes", type, layout);
      AddBytes(kSize, usage, "total_bytes", type, layout);
      const auto ratio = AllocationRatio(layout, devices);
      if (ratio) writer_->Add(kRatio, *ratio, uuid_, type, layout);
    }
  }

  const SysDirectory directory_;
  const std::string uuid_;
  MetricWriter* const writer_;
};

}  // namespace

absl::StatusOr<BtrfsCommits> ParseBtrfsCommits(std::string_view commit_stats) {
  RETURN_IF_ERROR(CheckWholeLines(commit_stats, "btrfs/commit_stats"));
  std::map<std::string_view, std::uint64_t> numbers;
  while (!commit_stats.empty()) {
    const std::string_view whole = TakeUntil(&commit_stats, '\n');
    std::string_view line = whole;
    const std::string_view name = TakeField(&line);
    const auto number = ParseNumber<std::uint64_t>(TakeField(&line));
    if (!number || !TakeField(&line).empty()) return BadLine("btrfs/commit_stats", whole);
    numbers[name] = *number;
  }
  for (const char* name : {"commits", "last_commit_ms", "max_commit_ms", "total_commit_ms"}) {
    if (numbers.contains(name)) continue;
    return absl::DataLossError(
        absl::StrFormat("parse btrfs/commit_stats: it has no line '%s'", name));
  }
  return BtrfsCommits{.count = numbers["commits"],
                      .last_milliseconds = numbers["last_commit_ms"],
                      .longest_milliseconds = numbers["max_commit_ms"],
                      .total_milliseconds = numbers["total_commit_ms"]};
}

std::optional<double> AllocationRatio(std::string_view layout, std::size_t devices) {
  const auto with_parity = [devices](std::size_t parities) -> std::optional<double> {
    if (devices <= parities) return std::nullopt;
    return static_cast<double>(devices) / static_cast<double>(devices - parities);
  };
  if (layout == "single" || layout == "raid0") return 1;
  if (layout == "dup" || layout == "raid1" || layout == "raid10") return 2;
  if (layout == "raid1c3") return 3;
  if (layout == "raid1c4") return 4;
  if (layout == "raid5") return with_parity(1);
  if (layout == "raid6") return with_parity(2);
  return std::nullopt;
}

absl::Status BtrfsCollector::Collect(MetricWriter* writer) {
  const absl::StatusOr<std::vector<std::string>> names = procfs_->ListSys("fs/btrfs");
  if (absl::IsNotFound(names.status())) return absl::OkStatus();
  RETURN_IF_ERROR(names.status());
  std::map<std::string, std::optional<BtrfsCommits>> commits_of;  // by UUID
  for (const std::string& uuid : *names) {
    if (uuid.find('-') == uuid.npos) continue;  // features
    std::optional<BtrfsCommits>& commits = commits_of[uuid];
    const auto text = procfs_->ReadSys(absl::StrFormat("fs/btrfs/%s/commit_stats", uuid));
    if (!text.ok()) continue;
    ASSIGN_OR_RETURN(commits, ParseBtrfsCommits(*text));
  }
  if (commits_of.empty()) return absl::OkStatus();
  const std::map<std::string, std::vector<BtrfsDevice>> answers = AskMountedBtrfs(*procfs_, ioctl_);
  for (const auto& [uuid, commits] : commits_of) {
    const auto answer = answers.find(uuid);
    Filesystem(procfs_, uuid, writer)
        .AddAll(commits, answer != answers.end() ? &answer->second : nullptr);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
