// Where values fall: are smaller than the one before them. Counters do so where they started again,
// which is rare, so it is looked for in many values at once.
#ifndef SERVICES_BASE_FALLS_H_
#define SERVICES_BASE_FALLS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace syspulse {

// Places in a column, all that fall among them; the others there may fall or not. By default nobody
// has looked.
struct FallRange {
  std::size_t begin = 0;
  std::size_t end = std::numeric_limits<std::size_t>::max();

  // Returns the range in what is left of the column from its place `first` on.
  FallRange From(std::size_t first) const {
    if (*this == FallRange()) return *this;
    return {.begin = begin - std::min(begin, first), .end = end - std::min(end, first)};
  }
  bool operator==(const FallRange&) const = default;
};

// Returns the range from the first place that falls to the last one.
FallRange FallRangeOf(std::span<const double> values);

// Returns the places that fall, all of which are in `range`.
std::vector<std::uint32_t> FallsOf(std::span<const double> values, FallRange range);

}  // namespace syspulse

#endif  // SERVICES_BASE_FALLS_H_
