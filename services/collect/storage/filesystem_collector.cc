#include "services/collect/storage/filesystem_collector.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family Gauge(std::string_view name, std::string_view unit, std::string_view help) {
  return {name, MetricType::kGauge, unit, help, {"device", "mountpoint", "fstype"}};
}

constexpr Family kSize = Gauge("node_filesystem_size_bytes", "bytes", "Filesystem size in bytes.");
constexpr Family kFree =
    Gauge("node_filesystem_free_bytes", "bytes", "Filesystem free space in bytes.");
constexpr Family kAvailable = Gauge("node_filesystem_avail_bytes", "bytes",
                                    "Filesystem space available to non-root users in bytes.");
constexpr Family kFiles = Gauge("node_filesystem_files", "", "Filesystem total file nodes.");
constexpr Family kFilesFree =
    Gauge("node_filesystem_files_free", "", "Filesystem total free file nodes.");
// These two are also there for what gave no answer, and say why.
constexpr Family kReadOnly{"node_filesystem_readonly",
                           MetricType::kGauge,
                           "",
                           "Filesystem read-only status.",
                           {"device", "mountpoint", "fstype", "device_error"}};
constexpr Family kDeviceError{
    "node_filesystem_device_error",
    MetricType::kGauge,
    "",
    "Whether an error occurred while getting statistics for the given device.",
    {"device", "mountpoint", "fstype", "device_error"}};
constexpr Family kMountInfo{"node_filesystem_mount_info",
                            MetricType::kGauge,
                            "",
                            "Filesystem mount information.",
                            {"device", "major", "minor", "mountpoint"}};

// Returns `text` with \040 and the like as the characters they stand for; see mangle_path in
// proc(5), mountinfo.
std::string Unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const auto digit = [&](std::size_t i) {
      return text[i] >= '0' && text[i] <= '7' ? text[i] - '0' : -1;
    };
    const bool escaped = text[0] == '\\' && text.size() >= 4 && digit(1) >= 0 && digit(1) <= 3 &&
                         digit(2) >= 0 && digit(3) >= 0;
    plain += escaped ? static_cast<char>(digit(1) * 64 + digit(2) * 8 + digit(3)) : text[0];
    text.remove_prefix(escaped ? 4 : 1);
  }
  return plain;
}

// Returns whether one of the options, which commas separate, is the one.
bool HasOption(std::string_view options, std::string_view option) {
  while (!options.empty()) {
    if (TakeUntil(&options, ',') == option) return true;
  }
  return false;
}

std::optional<Mount> ParseLine(std::string_view line) {
  for (int skipped = 0; skipped < 2; ++skipped) TakeUntil(&line, ' ');  // of the mounts
  std::string_view numbers = TakeUntil(&line, ' ');
  const auto major = ParseNumber<std::uint32_t>(TakeUntil(&numbers, ':'));
  const auto minor = ParseNumber<std::uint32_t>(numbers);
  TakeUntil(&line, ' ');  // what of the filesystem is mounted
  const std::string_view mount_point = TakeUntil(&line, ' ');
  const std::string_view options = line.substr(0, line.find(' '));
  const std::size_t separator = line.find(" - ");
  if (!major || !minor || !mount_point.starts_with('/') || separator == line.npos) {
    return std::nullopt;
  }
  line.remove_prefix(separator + 3);
  const std::string_view fstype = TakeUntil(&line, ' ');
  const std::string_view device = TakeUntil(&line, ' ');
  if (fstype.empty()) return std::nullopt;
  return Mount{.device = Unescape(device),
               .mount_point = Unescape(mount_point),
               .fstype = Unescape(fstype),
               .major = absl::StrFormat("%d", *major),
               .minor = absl::StrFormat("%d", *minor),
               .read_only = HasOption(options, "ro") || HasOption(line, "ro") ||
                            HasOption(line, "emergency_ro")};
}

}  // namespace

absl::StatusOr<std::vector<Mount>> ParseMountInfo(std::string_view mount_info) {
  RETURN_IF_ERROR(CheckWholeLines(mount_info, "mountinfo"));
  std::vector<Mount> mounts;
  std::map<std::string, std::size_t> position_of;  // by mount point
  while (!mount_info.empty()) {
    const std::string_view line = TakeUntil(&mount_info, '\n');
    std::optional<Mount> mount = ParseLine(line);
    if (!mount) return BadLine("mountinfo", line);
    const auto [found, is_new] = position_of.emplace(mount->mount_point, mounts.size());
    if (is_new) {
      mounts.push_back(*std::move(mount));
    } else {
      mounts[found->second] = *std::move(mount);
    }
  }
  return mounts;
}

std::string WithoutRoot(std::string_view mount_point, std::string_view rootfs) {
  while (rootfs.ends_with('/')) rootfs.remove_suffix(1);
  const bool below = mount_point.starts_with(rootfs) &&
                     (mount_point.size() == rootfs.size() || mount_point[rootfs.size()] == '/');
  if (rootfs.empty() || !below) return std::string(mount_point);
  mount_point.remove_prefix(rootfs.size());
  return mount_point.empty() ? "/" : std::string(mount_point);
}

std::string DeviceError(int error) {
  if (error == ETIMEDOUT) return "mountpoint timeout";
  if (error == ESTALE) return "stale NFS file handle";
  std::string text = std::strerror(error);
  if (text.size() > 1 && text[1] >= 'a' && text[1] <= 'z') text[0] = ToLower(text)[0];
  return text;
}

FilesystemCollector::FilesystemCollector(const ProcFs& procfs, const Clock* clock,
                                         const CollectorSettings& settings, StatfsFunction statfs,
                                         StatfsOptions options)
    : rootfs_(procfs.roots().rootfs),
      mount_points_(settings.mount_points),
      types_(settings.filesystem_types),
      init_mount_info_(procfs.Proc("1/mountinfo")),
      self_mount_info_(procfs.Proc("self/mountinfo")),
      prober_(clock, std::move(statfs), options) {}

absl::StatusOr<std::string_view> FilesystemCollector::ReadMountInfo() {
  const absl::StatusOr<std::string_view> text = init_mount_info_.Read();
  return text.ok() ? text : self_mount_info_.Read();
}

absl::Status FilesystemCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, ReadMountInfo());
  ASSIGN_OR_RETURN(std::vector<Mount> mounts, ParseMountInfo(text));
  for (Mount& mount : mounts) mount.mount_point = WithoutRoot(mount.mount_point, rootfs_);
  std::erase_if(mounts, [this](const Mount& mount) {
    return !mount_points_.Takes(mount.mount_point) || !types_.Takes(mount.fstype);
  });
  std::vector<std::string> mount_points;
  for (const Mount& mount : mounts) mount_points.push_back(mount.mount_point);
  const std::vector<FilesystemUsage> usages = prober_.Ask(mount_points);
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const Mount& mount = mounts[i];
    const FilesystemUsage& usage = usages[i];
    const auto add = [&](const Family& family, double value, const auto&... labels) {
      writer->Add(family, value, mount.device, mount.mount_point, mount.fstype, labels...);
    };
    const bool failed = usage.error != 0;
    const std::string error = failed ? DeviceError(usage.error) : "";
    add(kDeviceError, failed ? 1 : 0, error);
    add(kReadOnly, mount.read_only || usage.read_only ? 1 : 0, error);
    if (failed) continue;
    add(kSize, usage.size_bytes);
    add(kFree, usage.free_bytes);
    add(kAvailable, usage.available_bytes);
    add(kFiles, usage.files);
    add(kFilesFree, usage.files_free);
    writer->Add(kMountInfo, 1, mount.device, mount.major, mount.minor, mount.mount_point);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
