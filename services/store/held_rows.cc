#include "services/store/held_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace syspulse {
namespace {

constexpr std::size_t kMostLooks = 16;

bool HasRow(const Block& block, const BlockGroup& group, std::int64_t time_ms) {
  return std::ranges::any_of(block.GroupsOf(group.host, group.source), [&](std::uint32_t place) {
    const BlockGroup& candidate = block.reader().groups()[place];
    if (time_ms < candidate.first_ms || time_ms > candidate.last_ms) return false;
    const auto rows = block.OpenGroup(place);
    if (!rows.ok()) return false;
    std::vector<std::int64_t> times_ms((*rows)->rows());
    return (*rows)->ReadTimes(times_ms).ok() &&
           std::ranges::find(times_ms, time_ms) != times_ms.end();
  });
}

}  // namespace

bool HoldsRowsOf(const Block& holder, const Block& held, const DeletionsPtr& deletions) {
  const std::vector<BlockGroup>& groups = held.reader().groups();
  const std::size_t stride = std::max<std::size_t>(1, groups.size() / kMostLooks);
  for (std::size_t i = 0; i < groups.size(); i += stride) {
    const BlockGroup& group = groups[i];
    if (IsDeleted(deletions, group.host, held.segments().last)) continue;
    if (!HasRow(holder, group, group.first_ms) || !HasRow(holder, group, group.last_ms)) {
      return false;
    }
  }
  return true;
}

}  // namespace syspulse
