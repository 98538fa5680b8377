#include "services/promql/windows.h"

#include <algorithm>

namespace syspulse::promql {

std::span<const Window> WindowFinder::Find(std::span<const std::int64_t> times_ms,
                                           const std::shared_ptr<const void>& owner) {
  const bool same = times_ms.data() == times_.data() && times_ms.size() == times_.size();
  if (same && owner_ != nullptr) return windows_;
  times_ = times_ms;
  owner_ = owner;
  windows_.resize(ends_.count);
  if (ends_.count == 0) return windows_;
  // The first step may be anywhere in the column; from there on the indexes move by little.
  const std::int64_t end = ends_.At(0);
  const std::int64_t start = end - range_ms_ + (left_open_ ? 1 : 0);
  auto first = std::ranges::lower_bound(times_ms, start);
  auto last = std::ranges::upper_bound(times_ms, end);
  for (std::size_t i = 0; i < ends_.count; ++i) {
    const std::int64_t moved = ends_.At(i) - end;
    while (first != times_ms.end() && *first < start + moved) ++first;
    while (last != times_ms.end() && *last <= end + moved) ++last;
    windows_[i] = {.first = static_cast<std::uint32_t>(first - times_ms.begin()),
                   .last = static_cast<std::uint32_t>(last - times_ms.begin())};
    windows_[i].last = std::max(windows_[i].first, windows_[i].last);
  }
  return windows_;
}

}  // namespace syspulse::promql
