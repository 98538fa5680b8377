// Logarithms of how often something occurs, as estimates of sizes need them by the thousand.
#ifndef SERVICES_STORE_LOGARITHM_H_
#define SERVICES_STORE_LOGARITHM_H_

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace syspulse {

// Returns the binary logarithm of a number from 1 on. Those of small ones, which most are, are
// looked up.
inline double Log2(std::uint32_t number) {
  static constexpr std::size_t kSmall = 2048;
  static const std::array<double, kSmall> small = [] {
    std::array<double, kSmall> table{};
    for (std::size_t i = 1; i < kSmall; ++i) table[i] = std::log2(static_cast<double>(i));
    return table;
  }();
  return number < kSmall ? small[number] : std::log2(static_cast<double>(number));
}

}  // namespace syspulse

#endif  // SERVICES_STORE_LOGARITHM_H_
