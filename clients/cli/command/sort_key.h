// What people sort by: a word for each field of the API that is worth it.
#ifndef CLIENTS_CLI_COMMAND_SORT_KEY_H_
#define CLIENTS_CLI_COMMAND_SORT_KEY_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

struct SortKey {
  std::string_view key;
  std::string_view field;
  bool descending;  // unless the user says otherwise
};

// Returns the words.
std::vector<std::string> KeysOf(std::span<const SortKey> keys);

// Returns `order_by` of the API for a word, with `-asc` or `-desc` behind it or not.
// InvalidArgument, with the words there are, for another.
absl::StatusOr<std::string> OrderByKey(std::span<const SortKey> keys, std::string_view sort);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_SORT_KEY_H_
