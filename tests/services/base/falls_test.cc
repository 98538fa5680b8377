#include "services/base/falls.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// 0, 1, 2, … which starts again at each of those places.
std::vector<double> Counter(std::size_t size, const std::vector<std::size_t>& starts) {
  std::vector<double> values(size);
  std::iota(values.begin(), values.end(), 0);
  for (const std::size_t start : starts) {
    std::iota(values.begin() + static_cast<std::ptrdiff_t>(start), values.end(), 0);
  }
  return values;
}

TEST(Falls, AreFoundWhereACounterStartsAgain) {
  const std::vector<double> values = Counter(1000, {1, 64, 65, 500, 999});
  EXPECT_THAT(FallsOf(values, {}), ElementsAre(64, 500, 999)) << "at 1 and 65 it stays 0";
}

TEST(Falls, OfEqualValuesAreNone) {
  EXPECT_THAT(FallsOf(std::vector<double>(200, 7), {}), IsEmpty());
  const std::vector<double> zeros = {0.0, -0.0, 0.0};
  EXPECT_THAT(FallsOf(zeros, {}), IsEmpty());
  EXPECT_EQ(FallRangeOf(zeros), (FallRange{.begin = 3, .end = 3}));
}

TEST(Falls, OfFewValues) {
  EXPECT_THAT(FallsOf({}, {}), IsEmpty());
  EXPECT_EQ(FallRangeOf({}), (FallRange{.begin = 0, .end = 0}));
  const std::vector<double> one = {1};
  EXPECT_THAT(FallsOf(one, {}), IsEmpty());
  EXPECT_EQ(FallRangeOf(one), (FallRange{.begin = 1, .end = 1}));
}

TEST(Falls, PassNothingThatCannotBeCompared) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_THAT(FallsOf(std::vector<double>{5, nan, 3, inf, 2, -inf, -nan, 1}, {}),
              ElementsAre(4, 5));
}

// Against the plain rule, with ranges as they are found.
TEST(Falls, OfManyColumns) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::size_t> starts(random() % 4);
    const std::size_t size = 1 + random() % 300;
    for (std::size_t& start : starts) start = random() % size;
    std::ranges::sort(starts);
    const std::vector<double> values = Counter(size, starts);
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 1; i < size; ++i) {
      if (values[i] < values[i - 1]) expected.push_back(i);
    }
    const FallRange range = FallRangeOf(values);
    ASSERT_EQ(range.end - range.begin,
              expected.empty() ? 0 : expected.back() + 1 - expected.front());
    ASSERT_EQ(FallsOf(values, {}), expected);
    ASSERT_EQ(FallsOf(values, range), expected);

    const std::size_t first = random() % size;
    const std::span<const double> rest =
        std::span(values).subspan(first, random() % (size - first + 1));
    ASSERT_EQ(FallsOf(rest, range.From(first)), FallsOf(rest, {}));
  }
}

TEST(FallRange, OfWhatNobodyLookedAtStaysSo) { EXPECT_EQ(FallRange().From(10), FallRange()); }

}  // namespace
}  // namespace syspulse
