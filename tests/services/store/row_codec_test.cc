#include "services/store/row_codec.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace syspulse {
namespace {

std::vector<std::uint64_t> Bits(const std::vector<double>& values) {
  std::vector<std::uint64_t> bits;
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

void ExpectComesBack(const std::vector<double>& values, const std::vector<double>& reference) {
  std::string bytes;
  AppendRow(values, reference, &bytes);
  std::vector<double> decoded(values.size());
  ASSERT_TRUE(DecodeRow(bytes, reference, decoded));
  EXPECT_EQ(Bits(decoded), Bits(values));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(DecodeRow(bytes.substr(0, size), reference, decoded)) << size;
  }
  EXPECT_FALSE(DecodeRow(bytes + "x", reference, decoded));
}

TEST(RowCodec, EveryDoubleComesBackBitByBit) {
  const double stale = std::bit_cast<double>(std::uint64_t{0x7ff0'0000'0000'0002});
  const std::vector<double> odd = {0.0,
                                   -0.0,
                                   1.0,
                                   std::numeric_limits<double>::infinity(),
                                   -std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::quiet_NaN(),
                                   stale,
                                   std::numeric_limits<double>::denorm_min(),
                                   std::numeric_limits<double>::max(),
                                   std::bit_cast<double>(std::uint64_t{0x0000'ff00'0000'00ff})};
  ExpectComesBack(odd, {});
  ExpectComesBack(odd, std::vector<double>(odd.rbegin(), odd.rend()));
}

TEST(RowCodec, RowsOfAnyLengthComeBack) {
  std::mt19937_64 random(1);
  for (const std::size_t size : {0u, 1u, 63u, 64u, 65u, 128u, 300u}) {
    std::vector<double> values;
    std::vector<double> reference;
    for (std::size_t i = 0; i < size; ++i) {
      reference.push_back(std::bit_cast<double>(random()));
      values.push_back(random() % 2 == 0 ? reference.back() : std::bit_cast<double>(random()));
    }
    ExpectComesBack(values, reference);
  }
}

TEST(RowCodec, WhatDidNotChangeTakesABit) {
  const std::vector<double> row(640, 12345.678);
  std::string bytes;
  AppendRow(row, row, &bytes);
  EXPECT_EQ(bytes.size(), 640u / 8);
}

TEST(RowCodec, HostileBytesAreNoRow) {
  std::mt19937_64 random(2);
  std::vector<double> values(100);
  for (int i = 0; i < 10'000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 4 == 0 ? random() : 0);
    static_cast<void>(DecodeRow(bytes, {}, values));  // no sanitizer complains
  }
  EXPECT_FALSE(DecodeRow(std::string(15, '\xff'), {}, values));
  EXPECT_FALSE(DecodeRow(std::string(16, '\xff'), {}, std::span(values).first(3)));
}

}  // namespace
}  // namespace syspulse
