// The parsers of what bcachefs says of itself in sysfs, which it writes for people: sizes are
// rounded, and tables have headings. Formats: fs/bcachefs/sysfs.c and sb-counters.c of the kernel.
//
// Every one of them returns DataLoss if a number is none, or the text is cut.
#ifndef SERVICES_COLLECT_STORAGE_BCACHEFS_FILES_H_
#define SERVICES_COLLECT_STORAGE_BCACHEFS_FILES_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

// Returns a number such as "405", "542k" or "1.5G", of which k, M, G, T, P and E are 1024 each,
// without what is behind the point of the whole number; nothing if it is none.
std::optional<std::uint64_t> ParseBcachefsNumber(std::string_view text);

// A number by its name. Views point into the text.
struct BcachefsNumber {
  std::string_view name;
  std::uint64_t value = 0;

  bool operator==(const BcachefsNumber&) const = default;
};

// A line of a table with two numbers.
struct BcachefsRow {
  std::string_view name;
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  bool operator==(const BcachefsRow&) const = default;
};

// Reads compression_stats (compressed and uncompressed bytes) or btree_write_stats (writes and
// their average bytes), without the headings. Lines with fewer columns are left out.
absl::StatusOr<std::vector<BcachefsRow>> ParseBcachefsTable(std::string_view table);

// Reads errors: how often each happened.
absl::StatusOr<std::vector<BcachefsNumber>> ParseBcachefsErrors(std::string_view errors);

// Reads a file of counters: what was counted since the filesystem was made. DataLoss too if it
// does not say that.
absl::StatusOr<std::uint64_t> ParseBcachefsCounter(std::string_view counter);

// What a device did, in bytes.
struct BcachefsIo {
  std::string_view operation;  // "read" or "write"
  std::string_view data_type;  // "btree", "user", …
  std::uint64_t bytes = 0;

  bool operator==(const BcachefsIo&) const = default;
};

// Reads io_done of a device.
absl::StatusOr<std::vector<BcachefsIo>> ParseBcachefsIoDone(std::string_view io_done);

// Reads io_errors of a device: those since the filesystem was made, by kind.
absl::StatusOr<std::vector<BcachefsNumber>> ParseBcachefsIoErrors(std::string_view io_errors);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_BCACHEFS_FILES_H_
