#include "clients/cli/output/safe_text.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Combining marks and other characters without a column of their own (Unicode 15, categories Mn, Me
// and Cf), the blocks that occur in practice. Sorted.
constexpr std::array kZeroWidth = std::to_array<Range>({
    {0x0300, 0x036F},   {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0670, 0x0670},   {0x06D6, 0x06DC}, {0x0730, 0x074A}, {0x07A6, 0x07B0}, {0x0816, 0x0823},
    {0x08E3, 0x0902},   {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A},   {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},
    {0x20D0, 0x20FF},   {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xE0100, 0xE01EF},
});

// Characters that take two columns (Unicode 15, East Asian Width W and F). Sorted.
constexpr std::array kWide = std::to_array<Range>({
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26A1, 0x26A1},
    {0x26BD, 0x26BE},   {0x26D4, 0x26D4},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x2753, 0x2757},   {0x2795, 0x2797},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3E0, 0x1F3F0}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F567},
    {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5},
    {0x1F6D0, 0x1F6D7}, {0x1F6EB, 0x1F6FC}, {0x1F7E0, 0x1F7EB}, {0x1F90C, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
});

template <std::size_t kSize>
bool Contains(const std::array<Range, kSize>& ranges, char32_t code_point) {
  const auto range = std::ranges::lower_bound(ranges, code_point, {}, &Range::last);
  return range != ranges.end() && code_point >= range->first;
}

// Characters that reorder or hide what stands around them.
bool IsTreacherous(char32_t code_point) {
  return (code_point >= 0x200E && code_point <= 0x200F) ||
         (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2060 && code_point <= 0x206F) || code_point == 0x061C ||
         code_point == 0xFEFF || (code_point >= 0xE0000 && code_point <= 0xE007F);
}

std::string Escaped(char32_t code_point) {
  switch (code_point) {
    case '\t':
      return "\\t";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    default:
      break;
  }
  const auto number = static_cast<unsigned>(code_point);
  return number <= 0xFF ? absl::StrFormat("\\x%02x", number) : absl::StrFormat("\\u%04x", number);
}

}  // namespace

char32_t TakeCodePoint(std::string_view* text) {
  const auto first = static_cast<unsigned char>(text->front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t code_point = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length && i < text->size(); ++i) {
    code_point = (code_point << 6) | (static_cast<unsigned char>((*text)[i]) & 0x3FU);
  }
  text->remove_prefix(std::min(length, text->size()));
  return code_point;
}

int CodePointWidth(char32_t code_point) {
  if (code_point < 0x300) return 1;
  if (Contains(kZeroWidth, code_point)) return 0;
  return Contains(kWide, code_point) ? 2 : 1;
}

std::string SafeText(std::string_view text) {
  const std::string valid = ToUtf8(text);
  std::string safe;
  safe.reserve(valid.size());
  for (std::string_view rest = valid; !rest.empty();) {
    const std::string_view before = rest;
    const char32_t code_point = TakeCodePoint(&rest);
    const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
    if (control || IsTreacherous(code_point)) {
      safe += Escaped(code_point);
    } else {
      safe += before.substr(0, before.size() - rest.size());
    }
  }
  return safe;
}

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) width += CodePointWidth(TakeCodePoint(&text));
  return width;
}

std::string CutToWidth(std::string_view text, int width, bool ascii) {
  if (width <= 0) return "";
  if (DisplayWidth(text) <= width) return std::string(text);
  std::string_view rest = text;
  std::size_t kept = 0;
  for (int used = 0; !rest.empty();) {
    used += CodePointWidth(TakeCodePoint(&rest));
    if (used > width - 1) break;
    kept = text.size() - rest.size();
  }
  return std::string(text.substr(0, kept)) + (ascii ? "~" : "…");
}

std::string PadToWidth(std::string_view text, int width, bool right_aligned) {
  const int missing = width - DisplayWidth(text);
  if (missing <= 0) return std::string(text);
  const std::string blanks(static_cast<std::size_t>(missing), ' ');
  return right_aligned ? blanks + std::string(text) : std::string(text) + blanks;
}

}  // namespace syspulse
