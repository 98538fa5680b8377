#include "services/collect/storage/udev_database.h"

#include <initializer_list>
#include <map>

#include "services/base/text.h"

namespace syspulse {
namespace {

using Properties = std::map<std::string_view, std::string_view>;

// Returns the value of the first of the keys that has one.
std::string FirstOf(const Properties& properties, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const auto found = properties.find(key);
    if (found != properties.end() && !found->second.empty()) return std::string(found->second);
  }
  return {};
}

std::optional<double> NumberOf(const Properties& properties, std::string_view key) {
  const auto found = properties.find(key);
  return found != properties.end() ? ParseNumber<double>(found->second) : std::nullopt;
}

}  // namespace

DiskIdentity ParseUdev(std::string_view database) {
  Properties properties;
  database = database.substr(0, database.rfind('\n') + 1);  // whole lines only
  while (!database.empty()) {
    std::string_view line = TakeUntil(&database, '\n');
    if (!line.starts_with("E:")) continue;
    line.remove_prefix(2);
    const std::string_view key = TakeUntil(&line, '=');
    properties.emplace(key, line);
  }
  const auto text = [&](std::string_view key) { return FirstOf(properties, {key}); };
  DiskIdentity identity{
      .path = text("ID_PATH"),
      .wwn = text("ID_WWN"),
      .model = text("ID_MODEL"),
      // Disks of virtual machines have the last one only.
      .serial = FirstOf(properties, {"SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL"}),
      .revision = text("ID_REVISION"),
      .filesystem_type = text("ID_FS_TYPE"),
      .filesystem_usage = text("ID_FS_USAGE"),
      .filesystem_uuid = text("ID_FS_UUID"),
      .filesystem_version = text("ID_FS_VERSION"),
      .mapper_name = text("DM_NAME"),
      .mapper_uuid = text("DM_UUID"),
      .volume_group = text("DM_VG_NAME"),
      .logical_volume = text("DM_LV_NAME"),
      .logical_volume_layer = text("DM_LV_LAYER")};
  if (!text("ID_ATA").empty()) {
    identity.has_write_cache = NumberOf(properties, "ID_ATA_WRITE_CACHE");
    identity.write_cache_enabled = NumberOf(properties, "ID_ATA_WRITE_CACHE_ENABLED");
    identity.rotation_rate_rpm = NumberOf(properties, "ID_ATA_ROTATION_RATE_RPM");
  }
  return identity;
}

}  // namespace syspulse
