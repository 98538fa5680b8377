#include "services/store/bins.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "services/store/bit_stream.h"
#include "services/store/logarithm.h"

namespace syspulse {
namespace {

// Buckets of numbers from 0 on: one for each below 16, then eight for each power of two.
constexpr std::size_t kOwnBuckets = 16;
constexpr std::size_t kHalf = kOwnBuckets + 59 * 8;
constexpr std::size_t kBuckets = 2 * kHalf;
// How many neighbouring buckets may become one bin: enough for six powers of two. All of them may,
// too.
constexpr std::size_t kMostMerged = 48;
// So few numbers are sorted faster than a histogram of all buckets is gone through.
constexpr std::size_t kFewNumbers = 128;

// The numbers of one bucket that is not empty.
struct Bucket {
  std::size_t place = 0;  // of the bucket among all
  std::uint32_t count = 0;
  std::int64_t least = 0;
  std::int64_t greatest = 0;
};

// The best split of the buckets up to one of them.
struct Step {
  double cost = 0;        // bits
  std::size_t begin = 0;  // first bucket of the last bin
};

std::size_t MagnitudeBucket(std::uint64_t magnitude) {
  if (magnitude < kOwnBuckets) return magnitude;
  const int width = BitWidth(magnitude);  // from 5 to 63
  return kOwnBuckets + static_cast<std::size_t>(width - 5) * 8 + ((magnitude >> (width - 4)) & 7);
}

int OffsetBits(std::int64_t least, std::int64_t greatest) {
  return BitWidth(static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least));
}

// Returns what a bin costs in bits: its description, the names of its numbers, their offsets.
// `distance_bits` are those that say how far from the bin before it begins.
double BinCost(std::uint32_t count, int offset_bits, int distance_bits, double log_of_all) {
  constexpr double kWeight = 7;  // bits for the weight of a bin, about
  return kWeight + distance_bits + GammaBits(static_cast<std::uint64_t>(offset_bits + 1)) +
         count * (log_of_all - Log2(count) + offset_bits);
}

std::vector<Bucket> SortIntoBuckets(std::span<const std::int64_t> numbers) {
  std::array<std::int64_t, kFewNumbers> sorted;
  std::ranges::copy(numbers, sorted.begin());
  std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(numbers.size()));
  std::vector<Bucket> buckets;
  buckets.reserve(numbers.size());
  for (const std::int64_t number : std::span(sorted).first(numbers.size())) {
    const std::size_t place = BucketOf(number);
    if (buckets.empty() || buckets.back().place != place) {
      buckets.push_back({.place = place, .least = number});
    }
    ++buckets.back().count;
    buckets.back().greatest = number;
  }
  return buckets;
}

std::vector<Bucket> CountInBuckets(std::span<const std::int64_t> numbers) {
  std::array<Bucket, kBuckets> histogram{};
  for (const std::int64_t number : numbers) {
    Bucket& bucket = histogram[BucketOf(number)];
    if (bucket.count++ == 0) {
      bucket.least = bucket.greatest = number;
    } else {
      bucket.least = std::min(bucket.least, number);
      bucket.greatest = std::max(bucket.greatest, number);
    }
  }
  std::vector<Bucket> buckets;
  for (std::size_t place = 0; place < histogram.size(); ++place) {
    if (histogram[place].count == 0) continue;
    histogram[place].place = place;
    buckets.push_back(histogram[place]);
  }
  return buckets;
}

// Returns the buckets that are not empty, ascending.
std::vector<Bucket> BucketsOf(std::span<const std::int64_t> numbers) {
  return numbers.size() <= kFewNumbers ? SortIntoBuckets(numbers) : CountInBuckets(numbers);
}

// Returns about how many bits say where a bin begins that begins with that bucket.
int DistanceBits(const std::vector<Bucket>& buckets, std::size_t begin) {
  return 2 * OffsetBits(begin == 0 ? 0 : buckets[begin - 1].least, buckets[begin].least);
}

// Returns the cheapest last steps to each bucket, found from left to right.
std::vector<Step> CheapestSteps(const std::vector<Bucket>& buckets, std::size_t numbers,
                                double extra_per_bin) {
  const double log_of_all = Log2(static_cast<std::uint32_t>(numbers));
  std::vector<Step> steps(buckets.size());
  std::vector<int> distance_bits(buckets.size());
  for (std::size_t end = 0; end < buckets.size(); ++end) {
    distance_bits[end] = DistanceBits(buckets, end);
    double least = std::numeric_limits<double>::infinity();
    std::uint32_t count = 0;
    for (std::size_t begin = end + 1; begin-- > 0;) {
      count += buckets[begin].count;
      if (end - begin > kMostMerged && begin > 0) continue;  // but count on, for the one bin of all
      const int offset_bits = OffsetBits(buckets[begin].least, buckets[end].greatest);
      // Offsets alone cost more, and a wider bin would have longer ones yet.
      if (static_cast<double>(count) * offset_bits >= least) break;
      const double cost = (begin == 0 ? 0 : steps[begin - 1].cost) + extra_per_bin +
                          BinCost(count, offset_bits, distance_bits[begin], log_of_all);
      if (cost >= least) continue;
      least = cost;
      steps[end] = {.cost = cost, .begin = begin};
    }
  }
  return steps;
}

}  // namespace

std::size_t BucketOf(std::int64_t number) {
  return number >= 0 ? kHalf + MagnitudeBucket(static_cast<std::uint64_t>(number))
                     : kHalf - 1 - MagnitudeBucket(~static_cast<std::uint64_t>(number));
}

Binning SplitIntoBins(std::span<const std::int64_t> numbers) {
  const std::vector<Bucket> buckets = BucketsOf(numbers);
  Binning binning;
  double extra_per_bin = 0;
  do {
    const auto steps = CheapestSteps(buckets, numbers.size(), extra_per_bin);
    binning.bins.clear();
    binning.cost = steps.back().cost;
    binning.bin_of.assign(kBuckets, 0);
    for (std::size_t end = buckets.size(); end > 0; end = steps[end - 1].begin) {
      const std::size_t begin = steps[end - 1].begin;
      Bin bin{.lower = buckets[begin].least,
              .offset_bits = OffsetBits(buckets[begin].least, buckets[end - 1].greatest)};
      for (std::size_t i = begin; i < end; ++i) {
        bin.weight += buckets[i].count;
        binning.bin_of[buckets[i].place] = static_cast<std::uint8_t>(binning.bins.size());
      }
      binning.bins.push_back(bin);
    }
    extra_per_bin = 2 * extra_per_bin + 16;
  } while (binning.bins.size() > kMostBins);
  // Bins were found from the right.
  std::ranges::reverse(binning.bins);
  for (const Bucket& bucket : buckets) {
    std::uint8_t& bin = binning.bin_of[bucket.place];
    bin = static_cast<std::uint8_t>(binning.bins.size() - 1 - bin);
  }
  return binning;
}

}  // namespace syspulse
