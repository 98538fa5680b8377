#include "services/store/integer_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace syspulse {
namespace {

constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

// What runs stand for; nothing if the numbers are not stored as runs.
std::vector<std::int64_t> FromRuns(std::string_view bytes, std::size_t count) {
  std::vector<std::int64_t> numbers;
  const auto runs = DecodeRuns(bytes, count);
  if (!runs) return numbers;
  for (const IntegerRun& run : *runs) numbers.insert(numbers.end(), run.length, run.number);
  return numbers;
}

// Encodes and decodes; returns the bytes it took.
std::size_t ExpectRoundTrip(const std::vector<std::int64_t>& numbers) {
  std::string bytes;
  EncodeIntegers(numbers, &bytes);
  std::vector<std::int64_t> decoded(numbers.size(), -1);
  EXPECT_TRUE(DecodeIntegers(bytes, decoded));
  EXPECT_EQ(decoded, numbers);
  const auto from_runs = FromRuns(bytes, numbers.size());
  EXPECT_TRUE(from_runs.empty() || from_runs == numbers);
  return bytes.size();
}

template <typename Value>
std::vector<std::int64_t> Make(std::size_t count, const Value& value) {
  std::vector<std::int64_t> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = value(static_cast<std::int64_t>(i));
  return numbers;
}

TEST(IntegerCodec, WhatNeverOrSteadilyChangesTakesAFewBytes) {
  EXPECT_LE(ExpectRoundTrip(Make(5000, [](std::int64_t) { return 0; })), 2U);
  EXPECT_LE(ExpectRoundTrip(Make(5000, [](std::int64_t) { return 123'456; })), 6U);
  EXPECT_LE(ExpectRoundTrip(Make(5000, [](std::int64_t i) { return 1000 * i; })), 8U);
  EXPECT_LE(ExpectRoundTrip(Make(5000, [](std::int64_t i) { return i / 1000 * 77; })), 20U);
}

TEST(IntegerCodec, NoiseTakesNoMoreThanItsBits) {
  std::mt19937_64 random(1);
  const auto noise = [&](std::int64_t) { return static_cast<std::int64_t>(random() % 4096); };
  const std::size_t plain = ExpectRoundTrip(Make(5000, noise));
  EXPECT_LT(plain, 5000U * 12 / 8 + 30);
  std::int64_t sum = 0;
  const auto walk = [&](std::int64_t i) { return sum += noise(i); };
  EXPECT_LT(ExpectRoundTrip(Make(5000, walk)), plain + 60);
  std::int64_t rate = 0;
  const auto accelerate = [&](std::int64_t i) { return rate += walk(i); };
  EXPECT_LT(ExpectRoundTrip(Make(5000, accelerate)), plain + 60);
}

TEST(IntegerCodec, StoresWhatSeldomChangesAsRuns) {
  for (const auto& numbers :
       {Make(5000, [](std::int64_t i) { return i / 1000 * (i / 1000) * 7777; }),
        Make(5000, [](std::int64_t i) { return i % 2000 == 3 ? i * i * i : 0; }),
        Make(5000, [](std::int64_t i) { return i == 4999 ? -1 : 0; })}) {
    std::string bytes;
    EncodeIntegers(numbers, &bytes);
    EXPECT_EQ(FromRuns(bytes, numbers.size()), numbers);
    EXPECT_FALSE(DecodeRuns(bytes + "x", numbers.size()).has_value());
  }
}

TEST(IntegerCodec, WrapsAroundAndComesBack) {
  ExpectRoundTrip({kLeast, kMost, kLeast, 0, kMost, kMost, kLeast});
  ExpectRoundTrip(Make(100, [](std::int64_t i) { return i % 2 == 0 ? kLeast : kMost; }));
  ExpectRoundTrip({kLeast});
}

TEST(IntegerCodec, RefusesWhatIsCutOffOrTooLong) {
  for (const auto& numbers : {Make(300, [](std::int64_t i) { return i / 100; }),
                              Make(300, [](std::int64_t i) { return i * i % 71; })}) {
    std::string bytes;
    EncodeIntegers(numbers, &bytes);
    std::vector<std::int64_t> decoded(numbers.size());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(DecodeIntegers(std::string_view(bytes).substr(0, size), decoded)) << size;
    }
    EXPECT_FALSE(DecodeIntegers(bytes + std::string(9, 'x'), decoded));
  }
}

TEST(IntegerCodec, RefusesTagsThatMeanNothing) {
  std::string bytes;
  EncodeIntegers(std::vector<std::int64_t>(5), &bytes);
  std::vector<std::int64_t> decoded(5);
  for (int tag = 8; tag < 256; ++tag) {
    bytes[0] = static_cast<char>(tag);
    EXPECT_FALSE(DecodeIntegers(bytes, decoded)) << tag;
  }
}

}  // namespace
}  // namespace syspulse
