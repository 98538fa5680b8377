#include "services/api/host_update.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

// Names and labels are shown in lists and attached to series; nobody reads longer ones.
constexpr std::size_t kLongestDisplayName = 128;
constexpr std::size_t kLongestLabelKey = 128;
constexpr std::size_t kLongestLabelValue = 256;
constexpr int kMostLabels = 64;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsLabelKey(std::string_view key) {
  return !key.empty() && key.size() <= kLongestLabelKey && IsLetter(key.front()) &&
         std::ranges::all_of(key, [](char c) { return IsLetter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

absl::Status CheckHostLabels(const google::protobuf::Map<std::string, std::string>& labels) {
  if (labels.size() > static_cast<std::size_t>(kMostLabels)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%d labels are too many; a host has at most %d", labels.size(), kMostLabels));
  }
  for (const auto& [key, value] : labels) {
    if (!IsLabelKey(key)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "'%s' is not a label key; it is letters, digits and _, not beginning with a digit",
          std::string_view(key).substr(0, kLongestLabelKey)));
    }
    if (value.size() > kLongestLabelValue) {
      return absl::InvalidArgumentError(
          absl::StrFormat("the value of label %s has %d bytes; it may have %d at most", key,
                          value.size(), kLongestLabelValue));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<HostUpdate> ParseHostUpdate(const v1::UpdateHostRequest& request) {
  const v1::Host& host = request.host();
  if (host.name().empty()) {
    return absl::InvalidArgumentError("host.name is empty; it says which host to change");
  }
  bool change_name = request.update_mask().paths().empty() && !host.display_name().empty();
  bool change_labels = request.update_mask().paths().empty() && !host.labels().empty();
  for (const std::string& path : request.update_mask().paths()) {
    if (path != "display_name" && path != "labels") {
      return absl::InvalidArgumentError(absl::StrFormat(
          "update_mask has '%s'; only display_name and labels can be changed", path));
    }
    (path == "labels" ? change_labels : change_name) = true;
  }
  HostUpdate update{.name = host.name()};
  if (change_name) {
    if (host.display_name().size() > kLongestDisplayName) {
      return absl::InvalidArgumentError(
          absl::StrFormat("display_name has %d bytes; it may have %d at most",
                          host.display_name().size(), kLongestDisplayName));
    }
    update.display_name = host.display_name();
  }
  if (change_labels) {
    RETURN_IF_ERROR(CheckHostLabels(host.labels()));
    update.labels.emplace(host.labels().begin(), host.labels().end());
  }
  return update;
}

}  // namespace syspulse
