// Doubles that are whole numbers in disguise: what their source counted, divided by a constant.
//
// The kernel counts; what is monitored are counts in decimal fractions of a unit: 12 ms as 0.012 s.
// Whole numbers compress several times better than the bits of 0.012. But there are several ways to
// get from the one to the other, and they differ in the last bit: 12 / 1000 is the double next to
// 0.012, 12 * 0.001 sometimes is not, and 12345 / 1000 / 1000 is yet another. A form is the way
// that was taken; a value is whole in it only if the form gives back each of its bits.
#ifndef SERVICES_STORE_DECIMAL_FORM_H_
#define SERVICES_STORE_DECIMAL_FORM_H_

#include <bit>
#include <cstdint>
#include <optional>
#include <span>

namespace syspulse {

struct DecimalForm {
  enum class Kind : std::uint8_t {
    kDivided = 0,            // n / 10^digits
    kMultiplied = 1,         // n * 10^-digits
    kThousandfoldTwice = 2,  // n / 1000 / 1000; digits is 6
  };

  static constexpr int kMostDigits = 15;

  Kind kind = Kind::kDivided;
  int digits = 0;  // 0 to kMostDigits

  bool operator==(const DecimalForm&) const = default;

  // Returns the double of a whole number.
  double ToDouble(std::int64_t number) const;
  // Returns the number whose double is `value`, bit by bit, if there is one of at most 53 bits.
  std::optional<std::int64_t> ToInteger(double value) const {
    return digits == 0 ? ToWhole(value) : ToScaled(value);
  }

  // Fills `out` with the doubles of as many numbers, each times `step` plus `base`.
  void ToDoubles(std::span<const std::int64_t> numbers, std::int64_t step, std::int64_t base,
                 std::span<double> out) const;

 private:
  static constexpr double kMostInteger = 9007199254740992;  // 2^53: doubles hold all up to there

  // As most values are; without a call.
  static std::optional<std::int64_t> ToWhole(double value) {
    if (!(value > -kMostInteger && value < kMostInteger)) return std::nullopt;
    const auto integer = static_cast<std::int64_t>(value);
    const auto made = static_cast<double>(integer);
    if (std::bit_cast<std::uint64_t>(made) != std::bit_cast<std::uint64_t>(value)) {
      return std::nullopt;
    }
    return integer;
  }
  std::optional<std::int64_t> ToScaled(double value) const;
};

// Returns the form with the fewest digits in which all but a few of `values` are whole. Nothing if
// there is none: these are no decimals.
std::optional<DecimalForm> FindDecimalForm(std::span<const double> values);

}  // namespace syspulse

#endif  // SERVICES_STORE_DECIMAL_FORM_H_
