#include "services/promql/quote.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/promql/utf8.h"

namespace syspulse::promql {
namespace {

constexpr std::array<std::pair<char, char>, 8> kShortEscapes = {{{'\\', '\\'},
                                                                 {'\a', 'a'},
                                                                 {'\b', 'b'},
                                                                 {'\f', 'f'},
                                                                 {'\n', 'n'},
                                                                 {'\r', 'r'},
                                                                 {'\t', 't'},
                                                                 {'\v', 'v'}}};

constexpr std::string_view kReplacement = "\ufffd";

// Returns the bytes of the first character; one byte if it is no valid UTF-8.
std::string_view FirstCharacter(std::string_view text) {
  return text.substr(0, std::max<std::size_t>(Utf8Size(text), 1));
}

// Appends one character, given as its bytes.
void AppendQuoted(std::string_view bytes, char quote, std::string* quoted) {
  const char first = bytes.front();
  if (first == quote) {
    *quoted += '\\';
    *quoted += quote;
    return;
  }
  for (const auto& [character, letter] : kShortEscapes) {
    if (bytes.size() == 1 && first == character) {
      *quoted += '\\';
      *quoted += letter;
      return;
    }
  }
  const auto byte = static_cast<unsigned char>(first);
  if (bytes.size() == 1 && (byte < 0x20 || byte >= 0x7f)) {
    *quoted += absl::StrFormat("\\x%02x", byte);
  } else {
    quoted->append(bytes);
  }
}

}  // namespace

std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::string_view character = FirstCharacter(text);
    AppendQuoted(character, '"', &quoted);
    text.remove_prefix(character.size());
  }
  return quoted + '"';
}

std::string QuoteCharacter(std::string_view text) {
  std::string quoted = "'";
  AppendQuoted(Utf8Size(text) == 0 ? kReplacement : FirstCharacter(text), '\'', &quoted);
  return quoted + '\'';
}

std::string DescribeCharacter(std::string_view text) {
  return absl::StrFormat("U+%04X '%s'", CodePointOf(text), FirstCharacter(text));
}

}  // namespace syspulse::promql
