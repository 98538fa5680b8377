// SHA-256 (FIPS 180-4), from the libcrypto that gRPC brings.
#ifndef SERVICES_COLLECT_SHA256_H_
#define SERVICES_COLLECT_SHA256_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace syspulse {

// Returns the hash of `text`.
std::array<std::uint8_t, 32> Sha256(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_SHA256_H_
