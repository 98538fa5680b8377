// What a start could not read, so that queries can say what they lack.
#ifndef SERVICES_STORE_LOSSES_H_
#define SERVICES_STORE_LOSSES_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "services/store/block.h"

namespace syspulse {

// Segments of the log of which rows are missing, all or some.
struct Loss {
  SegmentRange segments;
  absl::Status damage;
};

// Returns the first few of those losses in one line that may concern `range`; empty if none does.
// When their rows were measured is known by the blocks that come before and after them: where there
// is none, it may have been at any time. `blocks` are sorted by segments.
std::string LossesWithin(std::span<const Loss> losses, std::span<const BlockPtr> blocks,
                         const MillisRange& range);

}  // namespace syspulse

#endif  // SERVICES_STORE_LOSSES_H_
