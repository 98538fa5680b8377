// Attributes of sysfs: files that hold one value each, in the directory of what they describe.
//
//   const SysDirectory zone(procfs, "class/thermal/thermal_zone0");
//   if (const auto temp = zone.Number<std::int64_t>("temp"); temp.ok()) ...
//
// Each can fail on its own, and often does: drivers answer EINVAL, EIO, EAGAIN or ENODEV for a
// sensor that sleeps or is broken, and some files are root's. That costs this one value.
#ifndef SERVICES_COLLECT_SYS_ATTRIBUTE_H_
#define SERVICES_COLLECT_SYS_ATTRIBUTE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/file_descriptor.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns the value in the text of an attribute, without the white space around it. Nothing if the
// text does not end with a newline: it is cut, and may be the start of another value. The value may
// be empty.
std::optional<std::string_view> ParseAttribute(std::string_view text);

// Returns what follows `prefix` in the name of a device if that begins with a digit: "0" for
// "cpu0".
std::optional<std::string_view> NumberAfter(std::string_view prefix, std::string_view name);

// Returns DataLoss that shows the value at fault.
absl::Status BadAttribute(std::string_view path, std::string_view text);

// A directory of attributes as it is now: opened when the first of them is read, or found absent
// then, so that it is made anew for each round. Confined to one thread.
class SysDirectory {
 public:
  // `path` is below sysfs, such as "class/net/eth0". `procfs` must outlive this.
  SysDirectory(const ProcFs* procfs, std::string path) : procfs_(procfs), path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // Returns the directory below this one with that name, or with names joined by '/'.
  SysDirectory Below(std::string_view name) const;

  // Returns whether it is there and may be entered.
  bool Exists() const { return Opened().ok(); }

  // Returns the names in it, sorted; NotFound if it is absent.
  absl::StatusOr<std::vector<std::string>> List() const { return procfs_->ListSys(path_); }

  // Return the value of an attribute. NotFound if there is none, PermissionDenied if it may not be
  // read, DataLoss if it is cut or no such number, and else what ProcFile::Read says.
  absl::StatusOr<std::string> Text(std::string_view attribute) const;
  template <typename Type>
  absl::StatusOr<Type> Number(std::string_view attribute) const {
    ASSIGN_OR_RETURN(const std::string text, Text(attribute));
    const std::optional<Type> number = ParseNumber<Type>(text);
    if (!number) return BadAttribute(Below(attribute).path(), text);
    return *number;
  }

 private:
  const absl::StatusOr<FileDescriptor>& Opened() const;

  const ProcFs* const procfs_;
  const std::string path_;
  mutable std::optional<absl::StatusOr<FileDescriptor>> directory_;  // nothing: not opened yet
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_SYS_ATTRIBUTE_H_
