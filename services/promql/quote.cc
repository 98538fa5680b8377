#include "services/promql/quote.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/promql/utf8.h"

namespace syspulse::promql {
namespace {

constexpr std::array<std::pair<char, char>, 9> kShortEscapes = {{{'"', '"'},
                                                                 {'\\', '\\'},
                                                                 {'\a', 'a'},
                                                                 {'\b', 'b'},
                                                                 {'\f', 'f'},
                                                                 {'\n', 'n'},
                                                                 {'\r', 'r'},
                                                                 {'\t', 't'},
                                                                 {'\v', 'v'}}};

// Appends one character, given as its bytes.
void AppendQuoted(std::string_view bytes, std::string* quoted) {
  const char first = bytes.front();
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
    const std::size_t size = std::max<std::size_t>(Utf8Size(text), 1);
    AppendQuoted(text.substr(0, size), &quoted);
    text.remove_prefix(size);
  }
  return quoted + '"';
}

}  // namespace syspulse::promql
