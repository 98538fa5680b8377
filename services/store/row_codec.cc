#include "services/store/row_codec.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "services/store/row_patches.h"

namespace syspulse {
namespace {

constexpr std::size_t kBatch = 64;  // values whose bits make one word

// The most that a batch takes: its word, then a byte of shape and eight of value for each, and what
// a store of eight bytes may write behind the last.
constexpr std::size_t kMostBatchBytes = sizeof(std::uint64_t) + kBatch * 9 + 8;

std::uint64_t BitsOf(double value) { return std::bit_cast<std::uint64_t>(value); }

// Writes the bytes of `difference`, which is not zero, behind one byte that says which they are.
char* PutDifference(std::uint64_t difference, char* out) {
  const int skipped = std::countr_zero(difference) / 8;
  const std::uint64_t rest = difference >> (8 * skipped);
  const int length = 8 - std::countl_zero(rest) / 8;
  *out = static_cast<char>(skipped << 4 | length);
  std::memcpy(out + 1, &rest, sizeof(rest));
  return out + 1 + length;
}

// Takes a difference off `*bytes`. Returns 0, which is none, if there is not a whole one.
std::uint64_t TakeDifference(std::string_view* bytes) {
  if (bytes->empty()) return 0;
  const auto shape = static_cast<unsigned char>(bytes->front());
  const std::size_t skipped = shape >> 4;
  const std::size_t length = shape & 0xf;
  if (length == 0 || skipped + length > 8 || bytes->size() < 1 + length) return 0;
  std::uint64_t rest = 0;
  std::memcpy(&rest, bytes->data() + 1, length);
  bytes->remove_prefix(1 + length);
  return rest << (8 * skipped);
}

// The same for a value of a part, which may be zero: nothing if there is not a whole one.
std::optional<std::uint64_t> TakeValue(std::string_view* bytes) {
  if (!bytes->empty() && bytes->front() == 0) {
    bytes->remove_prefix(1);
    return 0;
  }
  const std::uint64_t bits = TakeDifference(bytes);
  if (bits == 0) return std::nullopt;
  return bits;
}

}  // namespace

void AppendRow(std::span<const double> values, std::span<const double> reference,
               std::string* out) {
  char batch[kMostBatchBytes];
  for (std::size_t begin = 0; begin < values.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, values.size() - begin);
    std::uint64_t changed = 0;
    char* end = batch + sizeof(changed);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t before = reference.empty() ? 0 : BitsOf(reference[begin + i]);
      const std::uint64_t difference = BitsOf(values[begin + i]) ^ before;
      if (difference == 0) continue;
      changed |= std::uint64_t{1} << i;
      end = PutDifference(difference, end);
    }
    std::memcpy(batch, &changed, sizeof(changed));
    out->append(batch, static_cast<std::size_t>(end - batch));
  }
}

bool DecodeRow(std::string_view bytes, std::span<const double> reference,
               std::span<double> values) {
  for (std::size_t begin = 0; begin < values.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, values.size() - begin);
    std::uint64_t changed = 0;
    if (bytes.size() < sizeof(changed)) return false;
    std::memcpy(&changed, bytes.data(), sizeof(changed));
    bytes.remove_prefix(sizeof(changed));
    if (count < kBatch && changed >> count != 0) return false;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t bits = reference.empty() ? 0 : BitsOf(reference[begin + i]);
      if ((changed >> i & 1) != 0) {
        const std::uint64_t difference = TakeDifference(&bytes);
        if (difference == 0) return false;
        bits ^= difference;
      }
      values[begin + i] = std::bit_cast<double>(bits);
    }
  }
  return bytes.empty();
}

void AppendPart(std::span<const double> values, std::string* out) {
  char batch[kMostBatchBytes];
  for (std::size_t begin = 0; begin < values.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, values.size() - begin);
    std::uint64_t there = 0;
    char* end = batch + sizeof(there);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t bits = BitsOf(values[begin + i]);
      if (bits == kAbsentBits) continue;
      there |= std::uint64_t{1} << i;
      if (bits == 0) {
        *end++ = 0;
      } else {
        end = PutDifference(bits, end);
      }
    }
    std::memcpy(batch, &there, sizeof(there));
    out->append(batch, static_cast<std::size_t>(end - batch));
  }
}

bool DecodePart(std::string_view bytes, std::span<double> values) {
  for (std::size_t begin = 0; begin < values.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, values.size() - begin);
    std::uint64_t there = 0;
    if (bytes.size() < sizeof(there)) return false;
    std::memcpy(&there, bytes.data(), sizeof(there));
    bytes.remove_prefix(sizeof(there));
    if (count < kBatch && there >> count != 0) return false;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t bits = kAbsentBits;
      if ((there >> i & 1) != 0) {
        const std::optional<std::uint64_t> value = TakeValue(&bytes);
        if (!value) return false;
        bits = *value;
      }
      values[begin + i] = std::bit_cast<double>(bits);
    }
  }
  return bytes.empty();
}

}  // namespace syspulse
