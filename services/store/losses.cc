#include "services/store/losses.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "services/store/damage_notes.h"

namespace syspulse {
namespace {

MillisRange WhenMeasured(const SegmentRange& segments, std::span<const BlockPtr> blocks) {
  const auto before = std::ranges::partition_point(
      blocks, [&](const BlockPtr& block) { return block->segments().last < segments.first; });
  const auto after = std::partition_point(before, blocks.end(), [&](const BlockPtr& block) {
    return block->segments().first <= segments.last;
  });
  MillisRange times{.first_ms = std::numeric_limits<std::int64_t>::min(),
                    .last_ms = std::numeric_limits<std::int64_t>::max()};
  if (before != blocks.begin()) times.first_ms = (*std::prev(before))->usual_range().last_ms;
  if (after != blocks.end()) times.last_ms = (*after)->usual_range().first_ms;
  // What was imported may be older than what came before it.
  if (times.empty()) std::swap(times.first_ms, times.last_ms);
  return times;
}

}  // namespace

std::string LossesWithin(std::span<const Loss> losses, std::span<const BlockPtr> blocks,
                         const MillisRange& range) {
  DamageNotes notes;
  for (const Loss& loss : losses) {
    if (WhenMeasured(loss.segments, blocks).Overlaps(range)) notes.Add(loss.damage);
  }
  return notes.text();
}

}  // namespace syspulse
