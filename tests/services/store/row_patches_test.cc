#include "services/store/row_patches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

constexpr std::uint64_t kTwo = std::bit_cast<std::uint64_t>(2.0);

TEST(RowPatches, JoinRowsOfTheSameValue) {
  std::vector<RowPatch> patches;
  AddRow(1, kAbsentBits, &patches);
  AddRow(2, kAbsentBits, &patches);
  AddRow(3, kTwo, &patches);
  AddRow(5, kTwo, &patches);
  EXPECT_THAT(patches,
              ElementsAre(RowPatch{1, 2, kAbsentBits}, RowPatch{3, 1, kTwo}, RowPatch{5, 1, kTwo}));
  std::vector<double> values(6, 7.0);
  ApplyPatches(patches, values);
  EXPECT_THAT(values, ElementsAre(7, ::testing::IsNan(), ::testing::IsNan(), 2, 7, 2));
}

TEST(RowPatches, ComeBack) {
  std::vector<RowPatch> patches;
  for (std::size_t row = 0; row < 1000; row += row % 7 + 1) {
    AddRow(row, row % 50 == 0 ? kTwo : kAbsentBits, &patches);
  }
  std::string bytes;
  EncodePatches(patches, &bytes);
  bytes += "rest";
  ByteReader reader(bytes);
  EXPECT_THAT(DecodePatches(1000, &reader), Optional(patches));
  EXPECT_EQ(reader.rest(), "rest");
}

TEST(RowPatches, ThatReachBeyondTheRowsAreRefused) {
  std::string bytes;
  EncodePatches({{.begin = 3, .length = 7, .bits = kAbsentBits}}, &bytes);
  for (std::size_t rows = 0; rows < 12; ++rows) {
    ByteReader reader(bytes);
    EXPECT_EQ(DecodePatches(rows, &reader).has_value(), rows >= 10) << rows;
  }
}

}  // namespace
}  // namespace syspulse
