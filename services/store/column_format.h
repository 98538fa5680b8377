// What encoding and decoding a column agree on: the first byte of its bytes, and doubles as
// integers of the same order.
#ifndef SERVICES_STORE_COLUMN_FORMAT_H_
#define SERVICES_STORE_COLUMN_FORMAT_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace syspulse {

// How a column is encoded: the lowest bits of its first byte. No bytes at all are zeros in all
// rows.
enum class ColumnKind : std::uint8_t {
  kConstant = 0,  // the same double in all rows
  kWhole = 1,     // the same whole number in all rows
  kAbsent = 2,    // not measured in any row
  kDecimal = 3,   // whole numbers times a step plus a base, in a decimal form
  kBits = 4,      // the bits of the doubles, as whole numbers
};
inline constexpr std::uint8_t kColumnKindMask = 0x07;
inline constexpr std::uint8_t kColumnPatched = 0x08;  // patches follow (row_patches.h)
inline constexpr std::uint8_t kColumnRelative =
    0x10;  // numbers are differences to another column's

// How far before a column the one may be that it is relative to.
inline constexpr std::size_t kFarthestReference = 4096;

// Maps the bits of doubles to integers that ascend as the doubles do, and back: it is its own
// inverse.
constexpr std::int64_t OrderedBits(std::int64_t bits) {
  return bits < 0 ? bits ^ std::numeric_limits<std::int64_t>::max() : bits;
}
inline std::int64_t ToOrderedBits(double value) {
  return OrderedBits(std::bit_cast<std::int64_t>(value));
}
inline double FromOrderedBits(std::int64_t number) {
  return std::bit_cast<double>(OrderedBits(number));
}

}  // namespace syspulse

#endif  // SERVICES_STORE_COLUMN_FORMAT_H_
