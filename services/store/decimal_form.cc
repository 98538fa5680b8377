#include "services/store/decimal_form.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace syspulse {
namespace {

using Kind = DecimalForm::Kind;

constexpr std::array<double, DecimalForm::kMostDigits + 1> kPowers = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr std::array<double, DecimalForm::kMostDigits + 1> kFractions = {
    1e0,  1e-1, 1e-2,  1e-3,  1e-4,  1e-5,  1e-6,  1e-7,
    1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15};
// Adding and taking away 1.5 * 2^52 rounds a double below 2^51 to a whole one, without a call.
constexpr double kMostRounded = 2251799813685248;
constexpr double kRounding = 6755399441055744;
// The form is looked for in a few of the values, and then must hold for most of all of them.
constexpr std::size_t kProbes = 24;
constexpr std::size_t kExceptionsEvery = 64;

bool SameBits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// Returns the number that the form makes `value` of, if any does: it is still to be checked. The
// loops over many values are the same for all of a kind, so that they can be made fast.
template <Kind kKind>
double Make(double number, double power, double fraction) {
  if constexpr (kKind == Kind::kDivided) return number / power;
  if constexpr (kKind == Kind::kMultiplied) return number * fraction;
  return number / 1000.0 / 1000.0;
}

double MakeAny(const DecimalForm& form, double number) {
  const auto digits = static_cast<std::size_t>(form.digits);
  switch (form.kind) {
    case Kind::kDivided:
      return Make<Kind::kDivided>(number, kPowers[digits], kFractions[digits]);
    case Kind::kMultiplied:
      return Make<Kind::kMultiplied>(number, kPowers[digits], kFractions[digits]);
    case Kind::kThousandfoldTwice:
      return Make<Kind::kThousandfoldTwice>(number, kPowers[digits], kFractions[digits]);
  }
  return number;
}

template <Kind kKind>
void Fill(std::span<const std::int64_t> numbers, std::int64_t step, std::int64_t base, int digits,
          std::span<double> out) {
  const double power = kPowers[static_cast<std::size_t>(digits)];
  const double fraction = kFractions[static_cast<std::size_t>(digits)];
  const auto unsigned_step = static_cast<std::uint64_t>(step);
  const auto unsigned_base = static_cast<std::uint64_t>(base);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::uint64_t number =
        static_cast<std::uint64_t>(numbers[i]) * unsigned_step + unsigned_base;
    out[i] = Make<kKind>(static_cast<double>(static_cast<std::int64_t>(number)), power, fraction);
  }
}

// Returns whether at most one of kExceptionsEvery of the finite values is not whole in the form.
bool HoldsFor(const DecimalForm& form, std::span<const double> values) {
  std::size_t left = values.size() / kExceptionsEvery;
  for (const double value : values) {
    if (!std::isfinite(value) || form.ToInteger(value)) continue;
    if (left-- == 0) return false;
  }
  return true;
}

}  // namespace

double DecimalForm::ToDouble(std::int64_t number) const {
  if (digits == 0) return static_cast<double>(number);
  return MakeAny(*this, static_cast<double>(number));
}

std::optional<std::int64_t> DecimalForm::ToScaled(double value) const {
  const double scaled = value * kPowers[static_cast<std::size_t>(digits)];
  if (!(std::abs(scaled) < kMostRounded)) return std::nullopt;
  const double number = (scaled + kRounding) - kRounding;
  const auto integer = static_cast<std::int64_t>(number);
  if (!SameBits(MakeAny(*this, static_cast<double>(integer)), value)) return std::nullopt;
  return integer;
}

void DecimalForm::ToDoubles(std::span<const std::int64_t> numbers, std::int64_t step,
                            std::int64_t base, std::span<double> out) const {
  if (digits == 0) return Fill<Kind::kMultiplied>(numbers, step, base, digits, out);
  switch (kind) {
    case Kind::kDivided:
      return Fill<Kind::kDivided>(numbers, step, base, digits, out);
    case Kind::kMultiplied:
      return Fill<Kind::kMultiplied>(numbers, step, base, digits, out);
    case Kind::kThousandfoldTwice:
      return Fill<Kind::kThousandfoldTwice>(numbers, step, base, digits, out);
  }
}

std::optional<DecimalForm> FindDecimalForm(std::span<const double> values) {
  std::array<double, kProbes> probes{};
  std::size_t count = 0;
  const std::size_t stride = values.size() / kProbes + 1;
  for (std::size_t i = 0; i < values.size() && count < kProbes; i += stride) {
    if (std::isfinite(values[i])) probes[count++] = values[i];
  }
  const std::span<const double> probed(probes.data(), count);
  for (int digits = 0; digits <= DecimalForm::kMostDigits; ++digits) {
    for (const Kind kind : {Kind::kDivided, Kind::kMultiplied, Kind::kThousandfoldTwice}) {
      if (kind == Kind::kMultiplied && digits == 0) continue;
      if (kind == Kind::kThousandfoldTwice && digits != 6) continue;
      const DecimalForm form{.kind = kind, .digits = digits};
      std::size_t misses = 0;
      for (const double value : probed) misses += form.ToInteger(value) ? 0 : 1;
      if (misses <= count / 8 && HoldsFor(form, values)) return form;
    }
  }
  return std::nullopt;
}

}  // namespace syspulse
