#include "services/promql/string_literal.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/status_macros.h"
#include "services/promql/quote.h"
#include "services/promql/utf8.h"

namespace syspulse::promql {
namespace {

constexpr std::string_view kReplacement = "\ufffd";

absl::Status Bad(const std::string& what) { return absl::InvalidArgumentError(what); }

std::optional<char> ShortEscape(char letter) {
  switch (letter) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
      return '\\';
    default:
      return std::nullopt;
  }
}

// How a character is written as a number.
struct Digits {
  std::size_t count;
  std::uint32_t base;
  bool is_byte;  // a byte rather than a code point
};

std::optional<Digits> DigitsAfter(char letter) {
  if (letter >= '0' && letter <= '7') return Digits{.count = 3, .base = 8, .is_byte = true};
  if (letter == 'x') return Digits{.count = 2, .base = 16, .is_byte = true};
  if (letter == 'u') return Digits{.count = 4, .base = 16, .is_byte = false};
  if (letter == 'U') return Digits{.count = 8, .base = 16, .is_byte = false};
  return std::nullopt;
}

std::uint32_t DigitValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return 16;
}

// Takes the digits off `*rest` and appends what they mean.
absl::Status TakeDigits(Digits digits, std::string_view* rest, std::string* value) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < digits.count; ++i) {
    if (rest->empty()) return Bad("escape sequence not terminated");
    const std::uint32_t digit = DigitValue(rest->front());
    if (digit >= digits.base) {
      return Bad("illegal character " + DescribeCharacter(*rest) + " in escape sequence");
    }
    number = number * digits.base + digit;
    rest->remove_prefix(1);
  }
  if (digits.is_byte && number <= 0xff) {
    *value += static_cast<char>(number);
  } else if (digits.is_byte || !AppendUtf8(number, value)) {
    return Bad("escape sequence is an invalid Unicode code point");
  }
  return absl::OkStatus();
}

// Takes an escape, of which the backslash is gone, off `*rest` and appends what it means.
absl::Status TakeEscape(char quote, std::string_view* rest, std::string* value) {
  if (rest->empty()) return Bad("escape sequence not terminated");
  const char letter = rest->front();
  const std::optional<char> character = letter == quote ? quote : ShortEscape(letter);
  if (character.has_value()) {
    *value += *character;
    rest->remove_prefix(1);
    return absl::OkStatus();
  }
  const std::optional<Digits> digits = DigitsAfter(letter);
  if (!digits.has_value()) return Bad("unknown escape sequence " + DescribeCharacter(*rest));
  if (digits->base == 16) rest->remove_prefix(1);
  return TakeDigits(*digits, rest, value);
}

}  // namespace

absl::StatusOr<ScannedString> ScanString(std::string_view text) {
  const char quote = text.front();
  const bool raw = quote == '`';
  ScannedString scanned;
  std::string_view rest = text.substr(1);
  while (true) {
    if (rest.empty() || (!raw && rest.front() == '\n')) {
      return Bad(raw ? "unterminated raw string" : "unterminated quoted string");
    }
    if (rest.front() == quote) break;
    if (!raw && rest.front() == '\\') {
      rest.remove_prefix(1);
      RETURN_IF_ERROR(TakeEscape(quote, &rest, &scanned.value));
      continue;
    }
    const std::size_t size = Utf8Size(rest);
    // What was not valid before it came here stands as U+FFFD; Go, too, takes that for such a byte.
    if (size == 0 || rest.substr(0, size) == kReplacement) return Bad("invalid UTF-8 rune");
    scanned.value.append(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  scanned.size = text.size() - rest.size() + 1;
  return scanned;
}

}  // namespace syspulse::promql
