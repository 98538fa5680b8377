// What udev knows of block devices; source: its database, one file of lines `E:KEY=value` for each
// device, see udevadm(8).
#ifndef SERVICES_COLLECT_STORAGE_UDEV_DATABASE_H_
#define SERVICES_COLLECT_STORAGE_UDEV_DATABASE_H_

#include <optional>
#include <string>
#include <string_view>

namespace syspulse {

// The properties of a device that are published; empty where it has none.
struct DiskIdentity {
  std::string path;  // where it is plugged in
  std::string wwn;   // its name in the whole world
  std::string model;
  std::string serial;    // the one that is printed on it, if known
  std::string revision;  // of its firmware

  std::string filesystem_type;
  std::string filesystem_usage;
  std::string filesystem_uuid;
  std::string filesystem_version;

  std::string mapper_name;  // of the device mapper
  std::string mapper_uuid;
  std::string volume_group;  // of LVM
  std::string logical_volume;
  std::string logical_volume_layer;

  // Of ATA disks only; nothing where the disk does not say.
  std::optional<double> has_write_cache;      // 0 or 1
  std::optional<double> write_cache_enabled;  // 0 or 1
  std::optional<double> rotation_rate_rpm;    // 0: it does not rotate

  bool operator==(const DiskIdentity&) const = default;
};

// Returns the identity in a file of the database; a line that is cut is left out.
DiskIdentity ParseUdev(std::string_view database);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_UDEV_DATABASE_H_
