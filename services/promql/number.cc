#include "services/promql/number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "services/base/text.h"

namespace syspulse::promql {
namespace {

// From which power of ten on numbers are written with an exponent.
constexpr int kLeastPlainExponent = -4;
constexpr int kLeastLargeExponent = 6;

std::optional<std::int64_t> ParseWhole(std::string_view text, int base) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> ParseDecimal(std::string_view text) {
  if (text.front() != '.' && (text.front() < '0' || text.front() > '9')) return std::nullopt;
  double number = 0;
  const char* const text_end = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), text_end, number);
  if (end != text_end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc()) return number;
  // Too large, or so small that it is nothing: only the one is an error.
  number = std::strtod(std::string(text).c_str(), nullptr);
  if (std::isinf(number)) return std::nullopt;
  return number;
}

}  // namespace

std::optional<double> ParseNumberLiteral(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.front() == '+') return std::nullopt;
  const std::string lower = ToLower(text);
  if (lower == "inf") return std::numeric_limits<double>::infinity();
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (lower.starts_with("0x")) {
    if (lower.size() == 2 || lower[2] == '-') return std::nullopt;
    const auto number = ParseWhole(std::string_view(lower).substr(2), 16);
    if (!number.has_value()) return std::nullopt;
    return static_cast<double>(*number);
  }
  if (lower.size() > 1 && lower.front() == '0') {
    if (const auto number = ParseWhole(lower, 8)) return static_cast<double>(*number);
  }
  return ParseDecimal(lower);
}

std::string FormatNumber(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> buffer{};
  const auto scientific = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                        std::chars_format::scientific);
  const std::string_view text(buffer.data(),
                              static_cast<std::size_t>(scientific.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(),
                  exponent);
  if (exponent < kLeastPlainExponent || exponent >= kLeastLargeExponent) return std::string(text);
  std::array<char, 64> plain{};
  const auto fixed =
      std::to_chars(plain.data(), plain.data() + plain.size(), number, std::chars_format::fixed);
  return {plain.data(), fixed.ptr};
}

}  // namespace syspulse::promql
