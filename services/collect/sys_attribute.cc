#include "services/collect/sys_attribute.h"

#include "absl/strings/str_format.h"

namespace syspulse {

std::optional<std::string_view> ParseAttribute(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  return Trim(text);
}

std::optional<std::string_view> NumberAfter(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  if (name.empty() || name.front() < '0' || name.front() > '9') return std::nullopt;
  return name;
}

absl::Status BadAttribute(std::string_view path, std::string_view text) {
  return absl::DataLossError(
      absl::StrFormat("parse %s: unexpected value '%s'", path, ToUtf8(text.substr(0, 80))));
}

SysDirectory SysDirectory::Below(std::string_view name) const {
  return SysDirectory(procfs_, absl::StrFormat("%s/%s", path_, name));
}

const absl::StatusOr<FileDescriptor>& SysDirectory::Opened() const {
  if (!directory_) directory_ = procfs_->OpenSysDirectory(path_);
  return *directory_;
}

absl::StatusOr<std::string> SysDirectory::Text(std::string_view attribute) const {
  const absl::StatusOr<FileDescriptor>& directory = Opened();
  RETURN_IF_ERROR(directory.status());
  ASSIGN_OR_RETURN(const std::string text,
                   procfs_->ReadAttribute(*directory, path_, std::string(attribute)));
  const std::optional<std::string_view> value = ParseAttribute(text);
  if (!value) {
    return absl::DataLossError(absl::StrFormat("parse %s/%s: its value is cut", path_, attribute));
  }
  return std::string(*value);
}

}  // namespace syspulse
