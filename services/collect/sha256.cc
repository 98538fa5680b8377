#include "services/collect/sha256.h"

#include <openssl/sha.h>

namespace syspulse {

std::array<std::uint8_t, 32> Sha256(std::string_view text) {
  std::array<std::uint8_t, 32> hash;
  SHA256(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), hash.data());
  return hash;
}

}  // namespace syspulse
