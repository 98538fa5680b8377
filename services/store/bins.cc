#include "services/store/bins.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "services/store/bit_stream.h"

namespace syspulse {
namespace {

// Buckets of numbers from 0 on: one for each below 16, then eight for each power of two.
constexpr std::size_t kOwnBuckets = 16;
constexpr std::size_t kHalf = kOwnBuckets + 59 * 8;
// How many neighbouring buckets may become one bin: enough for six powers of two. All of them may,
// too.
constexpr std::size_t kMostMerged = 48;

// The numbers of one bucket that is not empty.
struct Bucket {
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
double BinCost(double count, int offset_bits, int distance_bits, double all) {
  constexpr double kWeight = 7;  // bits for the weight of a bin, about
  return kWeight + distance_bits + GammaBits(static_cast<std::uint64_t>(offset_bits + 1)) +
         count * (std::log2(all / count) + offset_bits);
}

using Histogram = std::array<Bucket, 2 * kHalf>;

void Count(std::span<const std::int64_t> numbers, Histogram* histogram) {
  for (const std::int64_t number : numbers) {
    Bucket& bucket = (*histogram)[BucketOf(number)];
    if (bucket.count++ == 0) {
      bucket.least = bucket.greatest = number;
    } else {
      bucket.least = std::min(bucket.least, number);
      bucket.greatest = std::max(bucket.greatest, number);
    }
  }
}

// Returns about how many bits say where a bin begins that begins with that bucket.
int DistanceBits(const std::vector<Bucket>& buckets, std::size_t begin) {
  return 2 * OffsetBits(begin == 0 ? 0 : buckets[begin - 1].least, buckets[begin].least);
}

// Returns the cheapest last steps to each bucket, found from left to right.
std::vector<Step> CheapestSteps(const std::vector<Bucket>& buckets, double all,
                                double extra_per_bin) {
  std::vector<Step> steps(buckets.size());
  for (std::size_t end = 0; end < buckets.size(); ++end) {
    steps[end].cost = std::numeric_limits<double>::infinity();
    double count = 0;
    for (std::size_t begin = end + 1; begin-- > 0;) {
      count += buckets[begin].count;
      if (end - begin > kMostMerged && begin > 0) continue;  // but count on, for the one bin of all
      const double cost = (begin == 0 ? 0 : steps[begin - 1].cost) + extra_per_bin +
                          BinCost(count, OffsetBits(buckets[begin].least, buckets[end].greatest),
                                  DistanceBits(buckets, begin), all);
      if (cost < steps[end].cost) steps[end] = {.cost = cost, .begin = begin};
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
  Histogram histogram{};
  Count(numbers, &histogram);
  std::vector<Bucket> buckets;
  std::vector<std::size_t> places;  // of the buckets in the histogram
  for (std::size_t place = 0; place < histogram.size(); ++place) {
    if (histogram[place].count == 0) continue;
    buckets.push_back(histogram[place]);
    places.push_back(place);
  }
  Binning binning;
  double extra_per_bin = 0;
  do {
    const auto steps = CheapestSteps(buckets, static_cast<double>(numbers.size()), extra_per_bin);
    binning.bins.clear();
    binning.cost = steps.back().cost;
    binning.bin_of.assign(histogram.size(), 0);
    for (std::size_t end = buckets.size(); end > 0; end = steps[end - 1].begin) {
      const std::size_t begin = steps[end - 1].begin;
      Bin bin{.lower = buckets[begin].least,
              .offset_bits = OffsetBits(buckets[begin].least, buckets[end - 1].greatest)};
      for (std::size_t i = begin; i < end; ++i) {
        bin.weight += buckets[i].count;
        binning.bin_of[places[i]] = static_cast<std::uint8_t>(binning.bins.size());
      }
      binning.bins.push_back(bin);
    }
    extra_per_bin = 2 * extra_per_bin + 16;
  } while (binning.bins.size() > kMostBins);
  // Bins were found from the right.
  std::ranges::reverse(binning.bins);
  for (const std::size_t place : places) {
    binning.bin_of[place] =
        static_cast<std::uint8_t>(binning.bins.size() - 1 - binning.bin_of[place]);
  }
  return binning;
}

}  // namespace syspulse
