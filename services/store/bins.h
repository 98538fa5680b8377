// Splits whole numbers into bins, so that a number is the name of its bin and an offset in it.
//
// What metrics change by from second to second is mostly nothing, often a little, seldom a lot, and
// hardly ever spread evenly. A bin covers 2^n neighbouring numbers: frequent numbers get a bin of
// their own, which costs no offset bits at all, and wide rare ranges share one. The names of bins
// are then entropy coded (ans_table.h), the offsets are stored as they are. Bins where there is
// nothing cost nothing, so a few distinct values far apart, a dictionary elsewhere, need no codec
// of their own; and a single bin is plain bit packing.
#ifndef SERVICES_STORE_BINS_H_
#define SERVICES_STORE_BINS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace syspulse {

struct Bin {
  std::int64_t lower = 0;    // the least number in it
  int offset_bits = 0;       // it covers 2^offset_bits numbers from `lower` on, 0 to 64
  std::uint32_t weight = 0;  // how many of the numbers that were split lie in it
};

// The most bins that numbers are split into.
inline constexpr std::size_t kMostBins = 256;

// How numbers are split: the bins, and which of them a number belongs to.
struct Binning {
  std::vector<Bin> bins;             // ascending by `lower`, none empty
  std::vector<std::uint8_t> bin_of;  // of each bucket, for the numbers that were split
  double cost = 0;                   // bits that bins and numbers will take, estimated
};

// Returns the bucket of a number: numbers that differ by less than an eighth of their size share
// one. Buckets ascend with numbers.
std::size_t BucketOf(std::int64_t number);

// Returns the split of `numbers`, at least one, that costs the least, or close to it.
Binning SplitIntoBins(std::span<const std::int64_t> numbers);

}  // namespace syspulse

#endif  // SERVICES_STORE_BINS_H_
