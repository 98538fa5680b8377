// Rows of a column that its codec does not hold: what was not measured, and the odd value out.
//
// A codec stands on what the values have in common. Rows that have nothing in common with the
// others are left to patches: runs of rows with a value each, put over what the codec gives.
#ifndef SERVICES_STORE_ROW_PATCHES_H_
#define SERVICES_STORE_ROW_PATCHES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/store/bytes.h"

namespace syspulse {

// The bits of the NaN that says "not measured"; any other NaN is a value.
inline constexpr std::uint64_t kAbsentBits =
    std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN());

// Rows one after the other with the same value.
struct RowPatch {
  std::size_t begin = 0;   // the first row
  std::size_t length = 0;  // how many, at least one
  std::uint64_t bits = 0;  // of the value

  bool operator==(const RowPatch&) const = default;
};

// Appends a patch for one row behind those of all patches, to the last patch if that goes on.
void AddRow(std::size_t row, std::uint64_t bits, std::vector<RowPatch>* patches);

void EncodePatches(const std::vector<RowPatch>& patches, std::string* out);

// Takes the patches of a column of `rows` rows off `*in`. Nothing if there are none that make
// sense.
std::optional<std::vector<RowPatch>> DecodePatches(std::size_t rows, ByteReader* in);

// Puts the patches, which lie within `values`, over them.
void ApplyPatches(const std::vector<RowPatch>& patches, std::span<double> values);

}  // namespace syspulse

#endif  // SERVICES_STORE_ROW_PATCHES_H_
