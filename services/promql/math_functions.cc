#include "services/promql/math_functions.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/promql/calendar.h"
#include "services/promql/column.h"

namespace syspulse::promql {
namespace {

double Abs(double x) { return std::fabs(x); }
double Acos(double x) { return std::acos(x); }
double Acosh(double x) { return std::acosh(x); }
double Asin(double x) { return std::asin(x); }
double Asinh(double x) { return std::asinh(x); }
double Atan(double x) { return std::atan(x); }
double Atanh(double x) { return std::atanh(x); }
double Ceil(double x) { return std::ceil(x); }
double Cos(double x) { return std::cos(x); }
double Cosh(double x) { return std::cosh(x); }
double Deg(double x) { return x * 180 / std::numbers::pi; }
double Exp(double x) { return std::exp(x); }
double Floor(double x) { return std::floor(x); }
double Ln(double x) { return std::log(x); }
double Log10(double x) { return std::log10(x); }
double Log2(double x) { return std::log2(x); }
double Rad(double x) { return x * std::numbers::pi / 180; }
double Sgn(double x) { return x < 0 ? -1 : x > 0 ? 1 : x; }
double Sin(double x) { return std::sin(x); }
double Sinh(double x) { return std::sinh(x); }
double Sqrt(double x) { return std::sqrt(x); }
double Tan(double x) { return std::tan(x); }
double Tanh(double x) { return std::tanh(x); }

template <double (*kFunction)(double)>
void Apply(std::span<double> values) {
  for (double& value : values) {
    if (!IsAbsent(value)) value = kFunction(value);
  }
}

constexpr std::pair<std::string_view, MathFunction> kMathFunctions[] = {
    {"abs", Apply<Abs>},
    {"acos", Apply<Acos>},
    {"acosh", Apply<Acosh>},
    {"asin", Apply<Asin>},
    {"asinh", Apply<Asinh>},
    {"atan", Apply<Atan>},
    {"atanh", Apply<Atanh>},
    {"ceil", Apply<Ceil>},
    {"cos", Apply<Cos>},
    {"cosh", Apply<Cosh>},
    {"day_of_month", Apply<DayOfMonth>},
    {"day_of_week", Apply<DayOfWeek>},
    {"day_of_year", Apply<DayOfYear>},
    {"days_in_month", Apply<DaysInMonth>},
    {"deg", Apply<Deg>},
    {"exp", Apply<Exp>},
    {"floor", Apply<Floor>},
    {"hour", Apply<Hour>},
    {"ln", Apply<Ln>},
    {"log10", Apply<Log10>},
    {"log2", Apply<Log2>},
    {"minute", Apply<Minute>},
    {"month", Apply<Month>},
    {"rad", Apply<Rad>},
    {"sgn", Apply<Sgn>},
    {"sin", Apply<Sin>},
    {"sinh", Apply<Sinh>},
    {"sqrt", Apply<Sqrt>},
    {"tan", Apply<Tan>},
    {"tanh", Apply<Tanh>},
    {"year", Apply<Year>},
};

// Go's math.Max and math.Min: NaN wins over all but the infinity looked for.
double Greater(double a, double b) {
  if (std::isinf(a) && a > 0) return a;
  if (std::isinf(b) && b > 0) return b;
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  return a > b ? a : b;
}

double Lesser(double a, double b) { return -Greater(-a, -b); }

void Clamp(std::span<double> values, std::span<const std::vector<double>> parameters) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (IsAbsent(values[i])) continue;
    const double least = parameters[0][i];
    const double most = parameters[1][i];
    values[i] = most < least ? kAbsent : Greater(least, Lesser(most, values[i]));
  }
}

void ClampMax(std::span<double> values, std::span<const std::vector<double>> parameters) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!IsAbsent(values[i])) values[i] = Lesser(parameters[0][i], values[i]);
  }
}

void ClampMin(std::span<double> values, std::span<const std::vector<double>> parameters) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!IsAbsent(values[i])) values[i] = Greater(parameters[0][i], values[i]);
  }
}

// To the nearest multiple, halves up. By the inverse, as Prometheus: 0.1 has none that is exact.
void Round(std::span<double> values, std::span<const std::vector<double>> parameters) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (IsAbsent(values[i])) continue;
    const double inverse = 1.0 / (parameters.empty() ? 1.0 : parameters[0][i]);
    values[i] = std::floor(values[i] * inverse + 0.5) / inverse;
  }
}

// Go names what is no number in its own way.
std::string NotANumber(double value) {
  if (std::isnan(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

// The fewest digits that mean a number, and where its point is: 0.d1d2d3… times 10 to `exponent`.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

Decimal DecimalOf(double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::fabs(value),
                                 std::chars_format::scientific)
                       .ptr;
  std::string_view rest(text.data(), static_cast<std::size_t>(end - text.data()));
  Decimal decimal{.negative = std::signbit(value)};
  for (const char c : TakeUntil(&rest, 'e')) {
    if (c != '.') decimal.digits += c;
  }
  if (rest.starts_with('+')) rest.remove_prefix(1);
  decimal.exponent = ParseNumber<int>(rest).value_or(0) + 1;
  return decimal;
}

}  // namespace

MathFunction FindMathFunction(std::string_view name) {
  for (const auto& [function, call] : kMathFunctions) {
    if (function == name) return call;
  }
  return nullptr;
}

ParameterFunction FindParameterFunction(std::string_view name) {
  if (name == "clamp") return Clamp;
  if (name == "clamp_max") return ClampMax;
  if (name == "clamp_min") return ClampMin;
  if (name == "round") return Round;
  return nullptr;
}

double Compute(BinaryOp op, double left, double right) {
  switch (op) {
    case BinaryOp::kAdd:
      return left + right;
    case BinaryOp::kSub:
      return left - right;
    case BinaryOp::kMul:
      return left * right;
    case BinaryOp::kDiv:
      return left / right;
    case BinaryOp::kMod:
      return std::fmod(left, right);
    case BinaryOp::kPow:
      return std::pow(left, right);
    case BinaryOp::kAtan2:
      return std::atan2(left, right);
    default:
      return Compare(op, left, right) ? 1 : 0;
  }
}

bool Compare(BinaryOp op, double left, double right) {
  switch (op) {
    case BinaryOp::kEqual:
      return left == right;
    case BinaryOp::kNotEqual:
      return left != right;
    case BinaryOp::kGreater:
      return left > right;
    case BinaryOp::kLess:
      return left < right;
    case BinaryOp::kGreaterOrEqual:
      return left >= right;
    case BinaryOp::kLessOrEqual:
      return left <= right;
    default:
      return false;
  }
}

std::string FormatFloat(double value) {
  const double size = std::fabs(value);
  const bool has_exponent = size != 0 && (size < 1e-4 || size >= 1e21);
  if (!has_exponent || !std::isfinite(value)) return FormatFixed(value);
  const Decimal decimal = DecimalOf(value);
  std::string text = decimal.negative ? "-" : "";
  text += decimal.digits[0];
  if (decimal.digits.size() > 1) text += "." + decimal.digits.substr(1);
  return text + absl::StrFormat("e%+03d", decimal.exponent - 1);
}

std::string FormatFixed(double value) {
  if (!std::isfinite(value)) return NotANumber(value);
  const Decimal decimal = DecimalOf(value);
  const auto size = static_cast<int>(decimal.digits.size());
  std::string text = decimal.negative ? "-" : "";
  if (decimal.exponent <= 0) {
    const auto zeros = static_cast<std::size_t>(-decimal.exponent);
    return text + "0." + std::string(zeros, '0') + decimal.digits;
  }
  if (size <= decimal.exponent) {
    return text + decimal.digits +
           std::string(static_cast<std::size_t>(decimal.exponent - size), '0');
  }
  const auto point = static_cast<std::size_t>(decimal.exponent);
  return text + decimal.digits.substr(0, point) + "." + decimal.digits.substr(point);
}

}  // namespace syspulse::promql
