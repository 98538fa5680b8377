#include "services/promql/utf8.h"

namespace syspulse::promql {
namespace {

constexpr std::uint32_t kLastCodePoint = 0x10ffff;
constexpr std::uint32_t kReplacement = 0xfffd;

bool IsSurrogate(std::uint32_t code_point) { return code_point >= 0xd800 && code_point <= 0xdfff; }

// How a sequence of one size begins, and the least code point that needs so many bytes.
struct Form {
  unsigned char mask;
  unsigned char mark;
  std::uint32_t least;
};
constexpr Form kForms[] = {
    {0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

// The bits of a sequence, of which only the form is known to be right.
std::uint32_t Decode(std::string_view sequence) {
  std::uint32_t code_point = static_cast<unsigned char>(sequence.front()) &
                             static_cast<unsigned char>(~kForms[sequence.size() - 1].mask);
  for (const char byte : sequence.substr(1)) {
    code_point = code_point << 6 | (static_cast<unsigned char>(byte) & 0x3fU);
  }
  return code_point;
}

}  // namespace

std::size_t Utf8Size(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text.front());
  std::size_t size = 1;
  while (size <= 4 && (first & kForms[size - 1].mask) != kForms[size - 1].mark) ++size;
  if (size > 4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  const std::uint32_t code_point = Decode(text.substr(0, size));
  const bool valid = code_point >= kForms[size - 1].least && code_point <= kLastCodePoint;
  return valid && !IsSurrogate(code_point) ? size : 0;
}

std::uint32_t CodePointOf(std::string_view text) {
  const std::size_t size = Utf8Size(text);
  return size == 0 ? kReplacement : Decode(text.substr(0, size));
}

bool AppendUtf8(std::uint32_t code_point, std::string* text) {
  if (code_point > kLastCodePoint || IsSurrogate(code_point)) return false;
  std::size_t size = 4;
  while (size > 1 && code_point < kForms[size - 1].least) --size;
  const unsigned shift = static_cast<unsigned>(size - 1) * 6;
  *text += static_cast<char>(kForms[size - 1].mark | code_point >> shift);
  for (unsigned left = shift; left > 0; left -= 6) {
    *text += static_cast<char>(0x80 | (code_point >> (left - 6) & 0x3f));
  }
  return true;
}

}  // namespace syspulse::promql
