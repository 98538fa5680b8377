#include "services/api/snapshot_mask.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_format.h"
#include "google/protobuf/util/field_mask_util.h"

namespace syspulse {
namespace {

using google::protobuf::util::FieldMaskUtil;

// Snapshot has some hundred fields in all, so a longer mask says things twice.
constexpr int kMostPaths = 256;

// FieldMaskUtil passes over empty names between dots; they are mistakes.
bool IsSnapshotPath(const std::string& path) {
  return !path.empty() && !path.starts_with('.') && !path.ends_with('.') &&
         path.find("..") == std::string::npos && FieldMaskUtil::IsValidPath<v1::Snapshot>(path);
}

}  // namespace

absl::StatusOr<SnapshotMask> SnapshotMask::Create(const google::protobuf::FieldMask& mask) {
  SnapshotMask result;
  if (mask.paths_size() > kMostPaths) {
    return absl::InvalidArgumentError(
        absl::StrFormat("read mask of %d paths; %d are enough", mask.paths_size(), kMostPaths));
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") return SnapshotMask();  // everything, as in AIP-157
    if (!IsSnapshotPath(path)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "read mask: Snapshot has no field '%s' (paths do not reach into lists)", path));
    }
  }
  FieldMaskUtil::ToCanonicalForm(mask, &result.mask_);
  for (const std::string& path : result.mask_.paths()) {
    const std::size_t dot = path.find('.');
    if (dot != std::string::npos) result.wants_parts_ = true;
    const auto* field = v1::Snapshot::descriptor()->FindFieldByName(path.substr(0, dot));
    result.wanted_fields_.set(static_cast<std::size_t>(field->number()));
  }
  return result;
}

bool SnapshotMask::Wants(int field_number) const {
  return mask_.paths().empty() || wanted_fields_.test(static_cast<std::size_t>(field_number));
}

void SnapshotMask::Apply(v1::Snapshot* snapshot) const {
  if (!mask_.paths().empty()) FieldMaskUtil::TrimMessage(mask_, snapshot);
}

}  // namespace syspulse
