#include "services/store/bins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "services/store/ans_table.h"
#include "services/store/binned_integers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;

constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

std::vector<std::int64_t> Random(std::size_t count, std::uint64_t range) {
  std::mt19937_64 random(count);
  std::vector<std::int64_t> numbers(count);
  for (auto& number : numbers) number = static_cast<std::int64_t>(random() % range);
  return numbers;
}

// Encodes and decodes; returns the bytes it took.
std::size_t ExpectRoundTrip(const std::vector<std::int64_t>& numbers) {
  std::string bytes;
  EncodeBinned(numbers, SplitIntoBins(numbers), &bytes);
  std::vector<std::int64_t> decoded(numbers.size());
  EXPECT_TRUE(DecodeBinned(bytes, decoded));
  EXPECT_EQ(decoded, numbers);
  return bytes.size();
}

TEST(Bins, BucketsAscendWithNumbers) {
  std::vector<std::int64_t> numbers = {kLeast, kLeast + 1, kMost - 1, kMost};
  for (std::int64_t number = -70'000; number < 70'000; ++number) numbers.push_back(number);
  for (int bit = 17; bit < 63; ++bit) {
    for (const std::int64_t near : {-1, 0, 1}) {
      numbers.push_back((std::int64_t{1} << bit) + near);
      numbers.push_back(-(std::int64_t{1} << bit) + near);
    }
  }
  std::ranges::sort(numbers);
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    EXPECT_LE(BucketOf(numbers[i - 1]), BucketOf(numbers[i])) << numbers[i];
  }
}

TEST(Bins, HoldAllNumbersOnce) {
  const auto numbers = Random(3000, 100'000);
  const Binning binning = SplitIntoBins(numbers);
  std::uint32_t sum = 0;
  for (const Bin& bin : binning.bins) sum += bin.weight;
  EXPECT_EQ(sum, numbers.size());
  for (const std::int64_t number : numbers) {
    const Bin& bin = binning.bins[binning.bin_of[BucketOf(number)]];
    EXPECT_GE(number, bin.lower);
    EXPECT_LT(number, bin.lower + (std::int64_t{1} << bin.offset_bits));
  }
}

TEST(Bins, OfOneNumberTakeNoBits) {
  const Binning binning = SplitIntoBins(std::vector<std::int64_t>(1000, -7));
  ASSERT_EQ(binning.bins.size(), 1U);
  EXPECT_EQ(binning.bins[0].lower, -7);
  EXPECT_EQ(binning.bins[0].offset_bits, 0);
  EXPECT_LT(ExpectRoundTrip(std::vector<std::int64_t>(1000, -7)), 4U);
}

TEST(Bins, OfEvenlySpreadNumbersAreBitPacking) {
  EXPECT_LT(ExpectRoundTrip(Random(1000, 1024)), 1000U * 10 / 8 + 20);
}

TEST(Bins, OfAFewDistantNumbersAreADictionary) {
  auto numbers = Random(4000, 4);
  for (auto& number : numbers) number = 1'000'000'007 * number * number;
  EXPECT_LT(ExpectRoundTrip(numbers), 4000U * 2 / 8 + 50);
}

TEST(Bins, TakeAFractionOfABitForWhatIsFrequent) {
  auto numbers = Random(4000, 40);
  for (auto& number : numbers) number = number == 0 ? 1 : 0;
  // The entropy is 0.17 bits each.
  EXPECT_LT(ExpectRoundTrip(numbers), 4000U * 18 / 100 / 8 + 20);
}

TEST(Bins, TakeWhateverThereIs) {
  ExpectRoundTrip({0});
  ExpectRoundTrip({kLeast});
  ExpectRoundTrip({kMost, kLeast});
  std::vector<std::int64_t> all;
  std::mt19937_64 random(9);
  for (int i = 0; i < 60'000; ++i) {
    all.push_back(static_cast<std::int64_t>(random()) >> (random() % 64));
  }
  ExpectRoundTrip(all);
  for (const std::size_t count : {2U, 3U, 4U, 5U, 7U, 8U, 9U, 511U, 512U, 513U, 515U, 516U}) {
    ExpectRoundTrip(std::vector<std::int64_t>(all.begin(), all.begin() + static_cast<int>(count)));
  }
}

TEST(Bins, AreNotDecodedOfLessThanThereWas) {
  std::string bytes;
  const auto numbers = Random(2000, 5000);
  EncodeBinned(numbers, SplitIntoBins(numbers), &bytes);
  std::vector<std::int64_t> decoded(numbers.size());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeBinned(std::string_view(bytes).substr(0, size), decoded)) << size;
  }
}

TEST(AnsTable, WeightsAreInProportionAndNeverZero) {
  EXPECT_THAT(NormaliseWeights(std::vector<std::uint32_t>{1, 1}, 5), ElementsAre(16, 16));
  EXPECT_THAT(NormaliseWeights(std::vector<std::uint32_t>{1, 1'000'000}, 5), ElementsAre(1, 31));
  const std::vector<std::uint32_t> counts = {1, 1, 1, 1, 1, 1, 1, 90'000, 1, 30'000, 1, 1};
  const auto weights = NormaliseWeights(counts, 5);
  EXPECT_EQ(std::accumulate(weights.begin(), weights.end(), 0U), 32U);
  EXPECT_GE(*std::ranges::min_element(weights), 1U);
}

TEST(AnsTable, DecodesWhatItEncodesBackwards) {
  const std::vector<std::uint32_t> weights = {1, 40, 2, 20, 1};
  std::mt19937_64 random(5);
  std::vector<std::uint8_t> symbols(1000);
  for (auto& symbol : symbols) symbol = static_cast<std::uint8_t>(random() % weights.size());
  const AnsEncodeTable table(weights, 6);
  std::vector<AnsEncodeTable::Output> outputs;
  std::uint32_t state = table.FirstState(symbols[0]);
  for (std::size_t i = 1; i < symbols.size(); ++i) {
    outputs.push_back(table.Encode(symbols[i], &state));
  }
  struct Step {
    std::uint8_t symbol = 0;
    int bits = 0;
    std::uint32_t next = 0;
  };
  std::vector<Step> steps(64);
  BuildDecodeTable(weights, 6,
                   [&](std::size_t at, std::uint8_t symbol, int bits, std::uint32_t next) {
                     steps[at] = {.symbol = symbol, .bits = bits, .next = next};
                   });
  for (std::size_t i = symbols.size(); i-- > 0;) {
    EXPECT_EQ(steps[state].symbol, symbols[i]);
    if (i == 0) break;
    EXPECT_EQ(steps[state].bits, outputs[i - 1].bits);
    state = steps[state].next + outputs[i - 1].value;
  }
}

}  // namespace
}  // namespace syspulse
