#include "services/store/column_encoder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "services/store/bytes.h"
#include "services/store/column_format.h"
#include "services/store/integer_codec.h"
#include "services/store/zigzag.h"

namespace syspulse {
namespace {

// How many columns are kept for others to be relative to: what belongs together stands together.
constexpr std::size_t kMostCandidates = 160;
// Of fewer rows each column stands alone: there is little to win, and they are soon merged with
// others.
constexpr std::size_t kFewRows = 1024;
// Likeness is measured on this many stretches of rows of this length.
constexpr std::size_t kStretches = 8;
constexpr std::size_t kStretchRows = 32;
// A column is only relative to another one if that makes it so much smaller.
constexpr double kWorthwhile = 0.85;

std::uint64_t Bits(double value) { return std::bit_cast<std::uint64_t>(value); }

std::string EncodeConstant(double value) {
  const std::uint64_t bits = Bits(value);
  std::string bytes;
  if (bits == 0) return bytes;
  if (bits == kAbsentBits) {
    bytes.push_back(static_cast<char>(ColumnKind::kAbsent));
  } else if (const auto whole = DecimalForm{}.ToInteger(value)) {
    bytes.push_back(static_cast<char>(ColumnKind::kWhole));
    PutSignedVarint(*whole, &bytes);
  } else {
    bytes.push_back(static_cast<char>(ColumnKind::kConstant));
    PutFixed(bits, &bytes);
  }
  return bytes;
}

bool IsConstant(std::span<const double> values) {
  const std::uint64_t first = Bits(values.front());
  return std::ranges::all_of(values, [first](double value) { return Bits(value) == first; });
}

// Divides numbers by the greatest common divisor of all, which is returned; 0 if all are zero.
std::int64_t DivideByCommon(std::span<std::int64_t> numbers) {
  std::uint64_t any = 0;
  for (const std::int64_t number : numbers) any |= static_cast<std::uint64_t>(std::abs(number));
  if (any == 0) return 0;
  const int twos = std::countr_zero(any);
  std::int64_t odd = 0;
  for (std::size_t i = 0; i < numbers.size() && odd != 1; ++i) {
    const std::int64_t rest = std::abs(numbers[i]) >> twos;
    if (odd == 0 || rest % odd != 0) odd = std::gcd(odd, rest);
  }
  for (std::int64_t& number : numbers) number >>= twos;
  if (odd > 1) {
    for (std::int64_t& number : numbers) number /= odd;
  }
  return odd << twos;
}

// Returns how the numbers change, in some places.
std::vector<std::int64_t> SampleChanges(std::span<const std::int64_t> numbers) {
  std::vector<std::int64_t> sample;
  if (numbers.size() < 2 * kStretches * kStretchRows) {
    for (std::size_t i = 1; i < numbers.size(); ++i) sample.push_back(numbers[i] - numbers[i - 1]);
    return sample;
  }
  for (std::size_t stretch = 0; stretch < kStretches; ++stretch) {
    const std::size_t begin = 1 + stretch * (numbers.size() - 1 - kStretchRows) / (kStretches - 1);
    for (std::size_t i = begin; i < begin + kStretchRows; ++i) {
      sample.push_back(numbers[i] - numbers[i - 1]);
    }
  }
  return sample;
}

std::size_t Width(std::int64_t number) {
  return static_cast<std::size_t>(std::bit_width(ZigZag(number)));
}

}  // namespace

std::string ColumnEncoder::Encode(std::span<const double> values) {
  ++columns_;
  if (IsConstant(values)) return EncodeConstant(values.front());
  if (const auto form = FindDecimalForm(values)) return EncodeDecimal(*form, values);
  return EncodeBits(values);
}

ColumnEncoder::Numbers ColumnEncoder::ToNumbers(const DecimalForm& form,
                                                std::span<const double> values) {
  Numbers numbers{.form = form, .values = std::vector<std::int64_t>(values.size())};
  std::optional<std::int64_t> last;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (const auto number = form.ToInteger(values[row])) {
      if (!last) numbers.base = *number;
      last = *number;
      numbers.values[row] = *number - numbers.base;
    } else {
      AddRow(row, Bits(values[row]), &numbers.patches);
      if (last) numbers.values[row] = *last - numbers.base;
    }
  }
  numbers.step = DivideByCommon(numbers.values);
  const auto [min, max] = std::ranges::minmax_element(numbers.values);
  numbers.min = *min;
  numbers.max = *max;
  return numbers;
}

std::string ColumnEncoder::EncodeDecimal(const DecimalForm& form, std::span<const double> values) {
  const Numbers numbers = ToNumbers(form, values);
  std::string encoded;
  EncodeIntegers(numbers.values, &encoded);
  const std::size_t distance =
      values.size() < kFewRows ? 0 : TryReferences(numbers.values, &encoded);
  std::string bytes;
  bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(ColumnKind::kDecimal) |
                                    (numbers.patches.empty() ? 0 : kColumnPatched) |
                                    (distance == 0 ? 0 : kColumnRelative)));
  if (!numbers.patches.empty()) EncodePatches(numbers.patches, &bytes);
  bytes.push_back(static_cast<char>(static_cast<int>(form.kind) << 4 | form.digits));
  if (distance > 0) PutVarint(distance, &bytes);
  PutSignedVarint(numbers.base, &bytes);
  PutSignedVarint(numbers.step, &bytes);
  PutSignedVarint(numbers.min, &bytes);
  PutSignedVarint(numbers.max, &bytes);
  bytes += encoded;
  return bytes;
}

std::size_t ColumnEncoder::TryReferences(std::span<const std::int64_t> numbers,
                                         std::string* encoded) {
  std::vector<std::int64_t> sample = SampleChanges(numbers);
  const Candidate* const reference = FindReference(sample);
  std::vector<std::int64_t> differences(reference == nullptr ? 0 : numbers.size());
  if (reference != nullptr && DecodeIntegers(reference->encoded, differences)) {
    std::ranges::transform(numbers, differences, differences.begin(), std::minus<>());
    std::string relative;
    EncodeIntegers(differences, &relative);
    if (static_cast<double>(relative.size()) < kWorthwhile * static_cast<double>(encoded->size())) {
      *encoded = std::move(relative);
      return columns_ - reference->column;
    }
  }
  candidates_.push_back({.column = columns_, .encoded = *encoded, .sample = std::move(sample)});
  if (candidates_.size() > kMostCandidates) candidates_.pop_front();
  return 0;
}

const ColumnEncoder::Candidate* ColumnEncoder::FindReference(
    std::span<const std::int64_t> sample) const {
  std::size_t own = 0;
  for (const std::int64_t change : sample) own += Width(change);
  if (own < sample.size() / 8) return nullptr;  // there is not much to win
  auto least = static_cast<std::size_t>(static_cast<double>(own) * kWorthwhile);
  const Candidate* best = nullptr;
  for (const Candidate& candidate : candidates_) {
    if (columns_ - candidate.column > kFarthestReference) continue;
    std::size_t width = 0;
    for (std::size_t i = 0; i < sample.size() && width < least; ++i) {
      width += Width(sample[i] - candidate.sample[i]);
    }
    if (width >= least) continue;
    least = width;
    best = &candidate;
  }
  return best;
}

std::string ColumnEncoder::EncodeBits(std::span<const double> values) {
  std::vector<RowPatch> patches;
  std::vector<std::int64_t> numbers(values.size());
  std::optional<std::int64_t> base;
  std::int64_t last = 0;
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = min;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (Bits(values[row]) == kAbsentBits) {
      AddRow(row, kAbsentBits, &patches);
    } else {
      const std::int64_t ordered = ToOrderedBits(values[row]);
      if (!base) base = ordered;
      last = static_cast<std::int64_t>(static_cast<std::uint64_t>(ordered) -
                                       static_cast<std::uint64_t>(*base));
      min = std::fmin(min, values[row]);
      max = std::fmax(max, values[row]);
    }
    numbers[row] = last;
  }
  std::string bytes;
  bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(ColumnKind::kBits) |
                                    (patches.empty() ? 0 : kColumnPatched)));
  if (!patches.empty()) EncodePatches(patches, &bytes);
  PutFixed(base.value_or(0), &bytes);
  PutFixed(Bits(min), &bytes);
  PutFixed(Bits(max), &bytes);
  EncodeIntegers(numbers, &bytes);
  return bytes;
}

}  // namespace syspulse
