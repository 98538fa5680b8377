// What a mounted Btrfs says of its devices when it is asked by ioctl: space that is given out, and
// errors; source: linux/btrfs.h. None of it needs root. sysfs has the sizes only.
#ifndef SERVICES_COLLECT_STORAGE_BTRFS_DEVICES_H_
#define SERVICES_COLLECT_STORAGE_BTRFS_DEVICES_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Kinds of errors, in the order of the kernel's BTRFS_DEV_STAT_*.
inline constexpr std::array<std::string_view, 5> kBtrfsErrors = {"write", "read", "flush",
                                                                 "corruption", "generation"};

struct BtrfsDevice {
  std::string name;  // without its directory: "sda"
  std::string uuid;  // of the device, with dashes
  std::uint64_t size_bytes = 0;
  std::uint64_t used_bytes = 0;                                // given to block groups
  std::array<std::uint64_t, kBtrfsErrors.size()> errors = {};  // since they were last reset

  bool operator==(const BtrfsDevice&) const = default;
};

struct BtrfsDevices {
  std::string uuid;  // of the filesystem, as in sysfs: with dashes
  std::vector<BtrfsDevice> devices;

  bool operator==(const BtrfsDevices&) const = default;
};

// ioctl(2): returns 0, or -1 with errno set.
using IoctlFunction = std::function<int(int fd, unsigned long request, void* arguments)>;

// Asks the filesystem that the directory `fd` is of. NotFound if it is no Btrfs; Unavailable with
// the reason if it does not answer.
absl::StatusOr<BtrfsDevices> AskBtrfsDevices(int fd, const IoctlFunction& ioctl);

// Asks each Btrfs of the host once, at any of its mount points; returns the devices by the UUID of
// the filesystem. What cannot be asked is left out.
std::map<std::string, std::vector<BtrfsDevice>> AskMountedBtrfs(const ProcFs& procfs,
                                                                const IoctlFunction& ioctl);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_BTRFS_DEVICES_H_
