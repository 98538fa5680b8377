#include "services/store/row_patches.h"

#include <algorithm>

#include "services/store/integer_codec.h"

namespace syspulse {
namespace {

void PutNumbers(std::span<const std::int64_t> numbers, std::string* out) {
  std::string bytes;
  EncodeIntegers(numbers, &bytes);
  PutString(bytes, out);
}

bool TakeNumbers(std::span<std::int64_t> numbers, ByteReader* in) {
  const std::string_view bytes = in->String();
  return in->ok() && DecodeIntegers(bytes, numbers);
}

}  // namespace

void AddRow(std::size_t row, std::uint64_t bits, std::vector<RowPatch>* patches) {
  if (!patches->empty()) {
    RowPatch& last = patches->back();
    if (last.bits == bits && last.begin + last.length == row) {
      ++last.length;
      return;
    }
  }
  patches->push_back({.begin = row, .length = 1, .bits = bits});
}

void EncodePatches(const std::vector<RowPatch>& patches, std::string* out) {
  std::vector<std::int64_t> gaps;     // rows before the patch, since the one before
  std::vector<std::int64_t> lengths;  // rows behind the first
  std::vector<std::int64_t> values;   // whether there is one
  std::size_t next = 0;
  for (const RowPatch& patch : patches) {
    gaps.push_back(static_cast<std::int64_t>(patch.begin - next));
    lengths.push_back(static_cast<std::int64_t>(patch.length - 1));
    values.push_back(patch.bits == kAbsentBits ? 0 : 1);
    next = patch.begin + patch.length;
  }
  PutVarint(patches.size(), out);
  PutNumbers(gaps, out);
  PutNumbers(lengths, out);
  PutNumbers(values, out);
  for (const RowPatch& patch : patches) {
    if (patch.bits != kAbsentBits) PutFixed(patch.bits, out);
  }
}

std::optional<std::vector<RowPatch>> DecodePatches(std::size_t rows, ByteReader* in) {
  const std::uint64_t count = in->Varint();
  if (!in->ok() || count == 0 || count > rows) return std::nullopt;
  std::vector<std::int64_t> gaps(count);
  std::vector<std::int64_t> lengths(count);
  std::vector<std::int64_t> values(count);
  if (!TakeNumbers(gaps, in) || !TakeNumbers(lengths, in) || !TakeNumbers(values, in)) {
    return std::nullopt;
  }
  std::vector<RowPatch> patches;
  std::size_t left = rows;
  for (std::size_t i = 0; i < count; ++i) {
    const auto gap = static_cast<std::uint64_t>(gaps[i]);
    const auto length = static_cast<std::uint64_t>(lengths[i]) + 1;
    if (gap >= left || length == 0 || length > left - gap || values[i] < 0 || values[i] > 1) {
      return std::nullopt;
    }
    const std::uint64_t bits = values[i] == 0 ? kAbsentBits : in->Fixed<std::uint64_t>();
    patches.push_back({.begin = rows - left + gap, .length = length, .bits = bits});
    left -= gap + length;
  }
  if (!in->ok()) return std::nullopt;
  return patches;
}

void ApplyPatches(const std::vector<RowPatch>& patches, std::span<double> values) {
  for (const RowPatch& patch : patches) {
    std::ranges::fill(values.subspan(patch.begin, patch.length), std::bit_cast<double>(patch.bits));
  }
}

}  // namespace syspulse
