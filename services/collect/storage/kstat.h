// Statistics of OpenZFS as its kernel module shows them, in the form of Solaris' kstat; source:
// /proc/spl/kstat/zfs, see kstat(3kstat) and module/os/linux/spl/spl-kstat.c of OpenZFS.
#ifndef SERVICES_COLLECT_STORAGE_KSTAT_H_
#define SERVICES_COLLECT_STORAGE_KSTAT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

// A number with its name, which points into the text.
struct KstatField {
  std::string_view name;
  double value = 0;

  bool operator==(const KstatField&) const = default;
};

// A file of lines "name type data".
struct Kstat {
  std::vector<KstatField> fields;  // those of 64 bits
  std::string_view dataset;        // the text of dataset_name, if there is one

  bool operator==(const Kstat&) const = default;
};

// Returns the fields. DataLoss if a line is not one, the line that says "name type data" is
// missing, or the text is cut or empty.
absl::StatusOr<Kstat> ParseKstat(std::string_view text);

// Returns the numbers of a pool's file `io`: a line of names, of which the first is "nread", and a
// line of values. DataLoss as above.
absl::StatusOr<std::vector<KstatField>> ParsePoolIo(std::string_view text);

// Returns the word in a pool's file `state`, in lower case. DataLoss if it is cut or not one word.
absl::StatusOr<std::string> ParsePoolState(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_KSTAT_H_
