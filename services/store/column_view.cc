#include "services/store/column_view.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>

#include "services/store/bytes.h"
#include "services/store/integer_codec.h"
#include "services/store/zigzag.h"

namespace syspulse {
namespace {

std::int64_t Scale(std::int64_t number, std::int64_t step, std::int64_t base) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) *
                                       static_cast<std::uint64_t>(step) +
                                   static_cast<std::uint64_t>(base));
}

}  // namespace

std::optional<ColumnView> ColumnView::Parse(std::string_view bytes, std::size_t rows) {
  ColumnView view;
  view.rows_ = rows;
  if (bytes.empty()) return view;
  ByteReader reader(bytes);
  const auto tag = reader.Fixed<std::uint8_t>();
  view.kind_ = static_cast<ColumnKind>(tag & kColumnKindMask);
  if (tag & ~(kColumnKindMask | kColumnPatched | kColumnRelative)) return std::nullopt;
  if (tag & kColumnPatched) {
    auto patches = DecodePatches(rows, &reader);
    if (!patches) return std::nullopt;
    view.patches_ = *std::move(patches);
  }
  switch (view.kind_) {
    case ColumnKind::kConstant:
      view.constant_ = std::bit_cast<double>(reader.Fixed<std::uint64_t>());
      break;
    case ColumnKind::kWhole:
      view.constant_ = static_cast<double>(TakeSignedVarint(&reader));
      break;
    case ColumnKind::kAbsent:
      break;
    case ColumnKind::kDecimal:
      if (!view.ParseDecimal(tag, &reader)) return std::nullopt;
      break;
    case ColumnKind::kBits:
      view.base_ = reader.Fixed<std::int64_t>();
      view.min_ = std::bit_cast<double>(reader.Fixed<std::uint64_t>());
      view.max_ = std::bit_cast<double>(reader.Fixed<std::uint64_t>());
      break;
    default:
      return std::nullopt;
  }
  const bool has_numbers = view.kind_ == ColumnKind::kDecimal || view.kind_ == ColumnKind::kBits;
  if (!reader.ok() ||
      (!has_numbers && (!reader.rest().empty() || tag != (tag & kColumnKindMask)))) {
    return std::nullopt;
  }
  view.numbers_ = reader.rest();
  return view;
}

bool ColumnView::ParseDecimal(std::uint8_t tag, ByteReader* reader) {
  const auto form = reader->Fixed<std::uint8_t>();
  form_ = {.kind = static_cast<DecimalForm::Kind>(form >> 4), .digits = form & 15};
  if (form_.kind > DecimalForm::Kind::kThousandfoldTwice) return false;
  if (tag & kColumnRelative) {
    reference_distance_ = reader->Varint();
    if (reference_distance_ == 0 || reference_distance_ > kFarthestReference) return false;
  }
  base_ = TakeSignedVarint(reader);
  step_ = TakeSignedVarint(reader);
  min_ = form_.ToDouble(Scale(TakeSignedVarint(reader), step_, base_));
  max_ = form_.ToDouble(Scale(TakeSignedVarint(reader), step_, base_));
  return true;
}

ColumnStats ColumnView::Stats() const {
  switch (kind_) {
    case ColumnKind::kAbsent:
      return {};
    case ColumnKind::kConstant:
    case ColumnKind::kWhole:
      return {.min = constant_,
              .max = constant_,
              .present = rows_,
              .numbers = std::isfinite(constant_)};
    default:
      break;
  }
  ColumnStats stats{.min = min_, .max = max_, .present = rows_};
  std::size_t patched = 0;
  for (const RowPatch& patch : patches_) {
    patched += patch.length;
    if (patch.bits == kAbsentBits) stats.present -= patch.length;
  }
  if (patched == rows_) stats.min = stats.max = std::numeric_limits<double>::quiet_NaN();
  if (kind_ == ColumnKind::kBits) return stats;  // its bounds include what is patched
  stats.numbers = true;                          // decimals are
  for (const RowPatch& patch : patches_) {
    const double value = std::bit_cast<double>(patch.bits);
    stats.numbers = stats.numbers && std::isfinite(value);
    stats.min = std::fmin(stats.min, value);
    stats.max = std::fmax(stats.max, value);
  }
  return stats;
}

bool ColumnView::DecodeNumbers(std::span<std::int64_t> out) const {
  return (kind_ == ColumnKind::kDecimal || kind_ == ColumnKind::kBits) &&
         DecodeIntegers(numbers_, out);
}

void ColumnView::FillRuns(const std::vector<IntegerRun>& runs, std::span<double> out) const {
  std::size_t row = 0;
  for (const IntegerRun& run : runs) {
    std::ranges::fill(out.subspan(row, run.length),
                      form_.ToDouble(Scale(run.number, step_, base_)));
    row += run.length;
  }
}

bool ColumnView::Decode(const ColumnView* reference, std::span<double> out) const {
  if (kind_ != ColumnKind::kDecimal && kind_ != ColumnKind::kBits) {
    std::ranges::fill(
        out, kind_ == ColumnKind::kAbsent ? std::bit_cast<double>(kAbsentBits) : constant_);
    return true;
  }
  if (kind_ == ColumnKind::kDecimal && reference_distance_ == 0) {
    if (const auto runs = DecodeRuns(numbers_, rows_)) {
      FillRuns(*runs, out);
      ApplyPatches(patches_, out);
      return true;
    }
  }
  const auto memory = std::make_unique_for_overwrite<std::int64_t[]>(rows_);
  const std::span<std::int64_t> numbers(memory.get(), rows_);
  if (!DecodeNumbers(numbers)) return false;
  if (reference_distance_ > 0) {
    const auto other_memory = std::make_unique_for_overwrite<std::int64_t[]>(rows_);
    const std::span<std::int64_t> others(other_memory.get(), rows_);
    if (reference == nullptr || reference->reference_distance_ > 0 ||
        !reference->DecodeNumbers(others)) {
      return false;
    }
    for (std::size_t i = 0; i < rows_; ++i) numbers[i] = Scale(others[i], 1, numbers[i]);
  }
  if (kind_ == ColumnKind::kDecimal) {
    form_.ToDoubles(numbers, step_, base_, out);
  } else {
    for (std::size_t i = 0; i < rows_; ++i) out[i] = FromOrderedBits(Scale(numbers[i], 1, base_));
  }
  ApplyPatches(patches_, out);
  return true;
}

}  // namespace syspulse
