// Signed whole numbers as unsigned ones, small ones as small ones: 0, -1, 1, -2, 2 become 0, 1, 2,
// 3, 4. In files they then are varints.
#ifndef SERVICES_STORE_ZIGZAG_H_
#define SERVICES_STORE_ZIGZAG_H_

#include <cstdint>
#include <string>

#include "services/store/bytes.h"

namespace syspulse {

constexpr std::uint64_t ZigZag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
constexpr std::int64_t UnZigZag(std::uint64_t number) {
  return static_cast<std::int64_t>((number >> 1) ^ (0 - (number & 1)));
}

inline void PutSignedVarint(std::int64_t number, std::string* out) {
  PutVarint(ZigZag(number), out);
}
inline std::int64_t TakeSignedVarint(ByteReader* reader) { return UnZigZag(reader->Varint()); }

}  // namespace syspulse

#endif  // SERVICES_STORE_ZIGZAG_H_
