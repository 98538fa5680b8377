#include "services/store/decimal_form.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>
#include <vector>

namespace syspulse {
namespace {

using Kind = DecimalForm::Kind;

const double kInfinity = std::numeric_limits<double>::infinity();
const double kNaN = std::numeric_limits<double>::quiet_NaN();

template <typename Value>
std::vector<double> Make(const Value& value) {
  std::mt19937_64 random(7);
  std::vector<double> values(500);
  for (double& one : values) one = value(static_cast<double>(random() % 1'000'000'000));
  return values;
}

TEST(DecimalForm, IsFoundForEachWayToDivide) {
  const auto find = [](const auto& value) { return FindDecimalForm(Make(value)); };
  EXPECT_EQ(find([](double n) { return n; }), (DecimalForm{Kind::kDivided, 0}));
  EXPECT_EQ(find([](double n) { return -n / 100; }), (DecimalForm{Kind::kDivided, 2}));
  EXPECT_EQ(find([](double n) { return n / 1e9; }), (DecimalForm{Kind::kDivided, 9}));
  EXPECT_EQ(find([](double n) { return n * 0.001; }), (DecimalForm{Kind::kMultiplied, 3}));
  EXPECT_EQ(find([](double n) { return n / 1000 / 1000; }),
            (DecimalForm{Kind::kThousandfoldTwice, 6}));
  EXPECT_EQ(find([](double n) { return n / 7; }), std::nullopt);
}

TEST(DecimalForm, IsFoundDespiteAFewOddValues) {
  auto values = Make([](double n) { return n / 100; });
  values[3] = 1.0 / 3;
  values[250] = kInfinity;
  for (std::size_t i = 300; i < 400; ++i) values[i] = kNaN;
  EXPECT_EQ(FindDecimalForm(values), (DecimalForm{Kind::kDivided, 2}));
}

TEST(DecimalForm, GivesBackTheBitsOrNothing) {
  const std::vector<double> odd = {0.0,
                                   -0.0,
                                   1.5,
                                   -1.5,
                                   0.1 + 0.2,
                                   9007199254740991,
                                   9007199254740992,
                                   -9007199254740994,
                                   1e18,
                                   1e300,
                                   kInfinity,
                                   -kInfinity,
                                   kNaN,
                                   std::numeric_limits<double>::denorm_min()};
  for (const Kind kind : {Kind::kDivided, Kind::kMultiplied, Kind::kThousandfoldTwice}) {
    for (int digits = 0; digits <= DecimalForm::kMostDigits; ++digits) {
      const DecimalForm form{kind, digits};
      for (const double value : odd) {
        const auto number = form.ToInteger(value);
        if (!number) continue;
        EXPECT_EQ(std::bit_cast<std::uint64_t>(form.ToDouble(*number)),
                  std::bit_cast<std::uint64_t>(value));
      }
    }
  }
  EXPECT_EQ(DecimalForm{}.ToInteger(-0.0), std::nullopt);
  EXPECT_EQ(DecimalForm{}.ToInteger(9007199254740991), 9007199254740991);
  EXPECT_EQ((DecimalForm{Kind::kDivided, 1}.ToInteger(0.3)), 3);
  EXPECT_EQ((DecimalForm{Kind::kDivided, 1}.ToInteger(0.1 + 0.2)), std::nullopt);
}

TEST(DecimalForm, ManyNumbersAtOnceAreThoseOneByOne) {
  const std::vector<std::int64_t> numbers = {0, 1, -1, 77, 1'000'000'007};
  for (const DecimalForm form :
       {DecimalForm{}, DecimalForm{Kind::kDivided, 3}, DecimalForm{Kind::kMultiplied, 3},
        DecimalForm{Kind::kThousandfoldTwice, 6}}) {
    std::vector<double> values(numbers.size());
    form.ToDoubles(numbers, 3, 10, values);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      EXPECT_EQ(values[i], form.ToDouble(numbers[i] * 3 + 10));
    }
  }
}

}  // namespace
}  // namespace syspulse
