#include "services/base/falls.h"

#include <bit>

namespace syspulse {
namespace {

constexpr std::size_t kBlock = 64;  // values that are looked at together

// Returns whether one of the `count` values behind the first falls, or cannot be compared.
inline bool MayFall(const double* values, std::size_t count) {
  std::uint64_t signs = 0;  // of the differences
  for (std::size_t i = 0; i < count; ++i) {
    signs |= std::bit_cast<std::uint64_t>(values[i + 1] - values[i]);
  }
  return signs >> 63 != 0;
}

// The same for the places from `begin` on, as many as a block at most. A count that is known when
// this is compiled lets the loop take several at once.
bool BlockMayFall(std::span<const double> values, std::size_t begin, std::size_t count) {
  const double* const before = &values[begin - 1];
  return count == kBlock ? MayFall(before, kBlock) : MayFall(before, count);
}

bool Falls(std::span<const double> values, std::size_t place) {
  return values[place] < values[place - 1];
}

}  // namespace

FallRange FallRangeOf(std::span<const double> values) {
  std::size_t end = values.size();
  std::size_t begin = std::min<std::size_t>(1, end);
  while (end - begin >= kBlock && !BlockMayFall(values, begin, kBlock)) begin += kBlock;
  while (begin < end && !Falls(values, begin)) ++begin;
  while (end - begin > kBlock && !BlockMayFall(values, end - kBlock, kBlock)) end -= kBlock;
  while (end > begin && !Falls(values, end - 1)) --end;
  return {.begin = begin, .end = end};
}

std::vector<std::uint32_t> FallsOf(std::span<const double> values, FallRange range) {
  std::vector<std::uint32_t> falls;
  const std::size_t end = std::min(range.end, values.size());
  for (std::size_t begin = std::max<std::size_t>(1, range.begin); begin < end; begin += kBlock) {
    const std::size_t count = std::min(kBlock, end - begin);
    if (!BlockMayFall(values, begin, count)) continue;
    for (std::size_t i = begin; i < begin + count; ++i) {
      if (Falls(values, i)) falls.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return falls;
}

}  // namespace syspulse
