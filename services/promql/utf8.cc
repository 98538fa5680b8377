#include "services/promql/utf8.h"

namespace syspulse::promql {
namespace {

constexpr std::uint32_t kLastCodePoint = 0x10ffff;

bool IsSurrogate(std::uint32_t code_point) { return code_point >= 0xd800 && code_point <= 0xdfff; }

// How a sequence of one size begins, and the least code point that needs so many bytes.
struct Form {
  unsigned char mask;
  unsigned char mark;
  std::uint32_t least;
};
constexpr Form kForms[] = {
    {0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

}  // namespace

std::size_t Utf8Size(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text.front());
  std::size_t size = 1;
  for (const Form& form : kForms) {
    if ((first & form.mask) == form.mark) {
      if (text.size() < size) return 0;
      std::uint32_t code_point = first & static_cast<unsigned char>(~form.mask);
      for (std::size_t i = 1; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) != 0x80) return 0;
        code_point = code_point << 6 | (byte & 0x3fU);
      }
      const bool valid = code_point >= form.least && code_point <= kLastCodePoint;
      return valid && !IsSurrogate(code_point) ? size : 0;
    }
    ++size;
  }
  return 0;
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
