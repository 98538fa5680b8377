#include "services/store/bit_stream.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace syspulse {
namespace {

constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();

TEST(BitStream, GivesBackNumbersOfEveryWidth) {
  std::mt19937_64 random(1);
  std::vector<std::pair<std::uint64_t, int>> numbers;
  std::string bytes;
  BitWriter writer(&bytes);
  for (int round = 0; round < 5000; ++round) {
    const int width = static_cast<int>(random() % 65);
    const std::uint64_t number = width == 0 ? 0 : random() >> (64 - width);
    numbers.emplace_back(number, width);
    writer.Put(number, width);
  }
  writer.Finish();
  BitReader reader(bytes);
  for (const auto& [number, width] : numbers) EXPECT_EQ(reader.Get(width), number);
  EXPECT_TRUE(reader.AtEnd());
}

TEST(BitStream, GammaCodesTakeTwiceTheBitsOfTheNumber) {
  std::string bytes;
  BitWriter writer(&bytes);
  int bits = 0;
  for (const std::uint64_t number :
       {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1000}, kMost}) {
    writer.PutGamma(number);
    bits += GammaBits(number);
  }
  writer.Finish();
  EXPECT_EQ(bits, 1 + 3 + 19 + 127);
  EXPECT_EQ(bytes.size(), static_cast<std::size_t>(bits + 7) / 8);
  BitReader reader(bytes);
  EXPECT_EQ(reader.GetGamma(), 1U);
  EXPECT_EQ(reader.GetGamma(), 2U);
  EXPECT_EQ(reader.GetGamma(), 1000U);
  EXPECT_EQ(reader.GetGamma(), kMost);
}

TEST(BitStream, BehindTheEndAreZeros) {
  const std::string bytes = "\xff";
  BitReader reader(bytes);
  EXPECT_FALSE(reader.AtEnd());
  EXPECT_EQ(reader.Get(12), 0xffU);
  EXPECT_FALSE(reader.AtEnd());
  EXPECT_EQ(reader.Get(64), 0U);
  EXPECT_EQ(reader.GetGamma(), 0U);
}

}  // namespace
}  // namespace syspulse
