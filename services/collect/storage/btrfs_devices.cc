#include "services/collect/storage/btrfs_devices.h"

#include <linux/btrfs.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/storage/filesystem_collector.h"

namespace syspulse {
namespace {

static_assert(kBtrfsErrors.size() == BTRFS_DEV_STAT_VALUES_MAX);

// Ids are given to devices one after the other and never again. Beyond this many nobody looks.
constexpr std::uint64_t kMostIds = 1 << 16;

std::string Hex(std::span<const __u8> bytes) {
  std::string hex;
  for (const __u8 byte : bytes) hex += absl::StrFormat("%02x", byte);
  return hex;
}

std::string WithDashes(std::string uuid) {
  for (const std::size_t place : {8U, 13U, 18U, 23U}) uuid.insert(place, 1, '-');
  return uuid;
}

std::string NameOf(const btrfs_ioctl_dev_info_args& info) {
  const auto* const end = std::find(std::begin(info.path), std::end(info.path), 0);
  const std::string path(std::begin(info.path), end);
  return path.substr(path.rfind('/') + 1);  // all of it if there is none
}

absl::Status Failed(std::string_view what) {
  return absl::UnavailableError(
      absl::StrFormat("ask btrfs for %s: %s", what, std::strerror(errno)));
}

absl::StatusOr<BtrfsDevice> AskDevice(int fd, const IoctlFunction& ioctl, std::uint64_t id) {
  btrfs_ioctl_dev_info_args info{};
  info.devid = id;
  if (ioctl(fd, BTRFS_IOC_DEV_INFO, &info) != 0) {
    if (errno == ENODEV) return absl::NotFoundError("no such device");
    return Failed("a device");
  }
  btrfs_ioctl_get_dev_stats stats{};
  stats.devid = id;
  stats.nr_items = BTRFS_DEV_STAT_VALUES_MAX;
  if (ioctl(fd, BTRFS_IOC_GET_DEV_STATS, &stats) != 0) {
    if (errno == ENODEV) return absl::NotFoundError("no such device any more");
    return Failed("the errors of a device");
  }
  BtrfsDevice device{.name = NameOf(info),
                     .uuid = WithDashes(Hex(info.uuid)),
                     .size_bytes = info.total_bytes,
                     .used_bytes = info.bytes_used};
  std::ranges::copy(stats.values, device.errors.begin());
  return device;
}

}  // namespace

absl::StatusOr<BtrfsDevices> AskBtrfsDevices(int fd, const IoctlFunction& ioctl) {
  btrfs_ioctl_fs_info_args info{};
  if (ioctl(fd, BTRFS_IOC_FS_INFO, &info) != 0) {
    if (errno == ENOTTY) return absl::NotFoundError("it is no btrfs");
    return Failed("itself");
  }
  BtrfsDevices answer{.uuid = WithDashes(Hex(info.fsid))};
  const std::uint64_t last = std::min<std::uint64_t>(info.max_id, kMostIds);
  for (std::uint64_t id = 0; id <= last && answer.devices.size() < info.num_devices; ++id) {
    absl::StatusOr<BtrfsDevice> device = AskDevice(fd, ioctl, id);
    if (absl::IsNotFound(device.status())) continue;  // was removed, or never was
    RETURN_IF_ERROR(device.status());
    answer.devices.push_back(*std::move(device));
  }
  return answer;
}

std::map<std::string, std::vector<BtrfsDevice>> AskMountedBtrfs(const ProcFs& procfs,
                                                                const IoctlFunction& ioctl) {
  std::map<std::string, std::vector<BtrfsDevice>> answers;
  absl::StatusOr<std::string> text = procfs.ReadProc("1/mountinfo");
  if (!text.ok()) text = procfs.ReadProc("self/mountinfo");
  if (!text.ok()) return answers;
  const auto mounts = ParseMountInfo(*text);
  if (!mounts.ok()) return answers;
  std::set<std::string_view> asked;  // devices
  for (const Mount& mount : *mounts) {
    if (mount.fstype != "btrfs" || asked.contains(mount.device)) continue;
    const auto directory =
        procfs.OpenRootDirectory(WithoutRoot(mount.mount_point, procfs.roots().rootfs));
    if (!directory.ok()) continue;  // another mount point may do
    auto answer = AskBtrfsDevices(directory->get(), ioctl);
    if (!answer.ok()) continue;
    asked.insert(mount.device);
    answers[answer->uuid] = std::move(answer->devices);
  }
  return answers;
}

}  // namespace syspulse
