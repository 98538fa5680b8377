#include "clients/cli/command/sort_key.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace syspulse {

std::vector<std::string> KeysOf(std::span<const SortKey> keys) {
  std::vector<std::string> words;
  for (const SortKey& one : keys) words.emplace_back(one.key);
  return words;
}

absl::StatusOr<std::string> OrderByKey(std::span<const SortKey> keys, std::string_view sort) {
  std::string_view key = sort;
  const bool ascending = key.ends_with("-asc");
  const bool descending = key.ends_with("-desc");
  if (ascending) key.remove_suffix(4);
  if (descending) key.remove_suffix(5);
  const auto found = std::ranges::find(keys, key, &SortKey::key);
  if (found == keys.end()) {
    std::string known;
    for (const SortKey& candidate : keys) {
      known += (known.empty() ? "" : ", ") + std::string(candidate.key);
    }
    return absl::InvalidArgumentError(absl::StrFormat(
        "cannot sort by '%s'; write %s, with -asc or -desc to turn it round", sort, known));
  }
  const bool down = descending || (!ascending && found->descending);
  return std::string(found->field) + (down ? " desc" : "");
}

}  // namespace syspulse
