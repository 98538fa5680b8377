// What a start could not read, so that queries can say what they lack.
#ifndef SERVICES_STORE_LOSSES_H_
#define SERVICES_STORE_LOSSES_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/store/block.h"

namespace syspulse {

// What damaged files are called once they are set aside.
inline constexpr std::string_view kDamagedSuffix = ".damaged";

// Segments of the log of which rows are missing, all or some. What was imported or came late may be
// of any time before the file was written, so nothing is known of when they were measured but that.
struct Loss {
  SegmentRange segments;
  std::string file;    // its name in the folder, as the start found it
  absl::Time written;  // when the file was written to last
  absl::Status damage;
};

// Returns the first few of those losses in one line that may concern `range`; empty if none does.
std::string LossesWithin(std::span<const Loss> losses, const MillisRange& range);

}  // namespace syspulse

#endif  // SERVICES_STORE_LOSSES_H_
