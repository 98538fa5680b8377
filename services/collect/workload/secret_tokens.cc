// Secrets that show by themselves, whatever name they have.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "services/collect/workload/redaction.h"

namespace syspulse {
namespace {

// How tokens of some makers begin, and how many characters follow at least.
struct TokenShape {
  std::string_view prefix;
  std::size_t least;
};
constexpr std::array<TokenShape, 19> kShapes = {{{"eyJ", 10},  // JSON: {" in base64
                                                 {"AKIA", 12},
                                                 {"ASIA", 12},
                                                 {"ghp_", 16},
                                                 {"gho_", 16},
                                                 {"ghs_", 16},
                                                 {"ghu_", 16},
                                                 {"github_pat_", 16},
                                                 {"glpat-", 16},
                                                 {"xoxb-", 10},
                                                 {"xoxp-", 10},
                                                 {"xoxa-", 10},
                                                 {"sk_live_", 10},
                                                 {"sk-ant-", 20},
                                                 {"sk-proj-", 20},
                                                 {"AIza", 30},
                                                 {"npm_", 30},
                                                 {"hvs.", 16},
                                                 {"dop_v1_", 30}}};

bool IsTokenCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || c == '.';
}

// Returns how long the token at the start of `text` is, 0 if there is none.
std::size_t TokenLength(std::string_view text) {
  for (const TokenShape& shape : kShapes) {
    if (!text.starts_with(shape.prefix)) continue;
    std::size_t end = shape.prefix.size();
    while (end < text.size() && IsTokenCharacter(text[end])) ++end;
    if (end - shape.prefix.size() >= shape.least) return end;
  }
  return 0;
}

// A part of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t size = 0;
};

bool IsPort(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Returns where the password is in the authority of a URL, which begins at `begin`; RFC 3986, 3.2.
Span PasswordOfUrl(std::string_view text, std::size_t begin) {
  const std::size_t end = std::min(text.find_first_of(" \t\n\"'`<>", begin), text.size());
  std::size_t authority_end = std::min(text.find_first_of("/?#", begin), end);
  const std::size_t colon = text.substr(0, authority_end).find(':', begin);
  if (colon == text.npos) return {};
  std::size_t at = text.substr(0, authority_end).rfind('@');
  if (at == text.npos || at < colon) {
    // Passwords should have their slashes escaped, but not all have.
    if (IsPort(text.substr(colon + 1, authority_end - colon - 1))) return {};
    at = text.substr(0, end).rfind('@');
    if (at == text.npos || at < colon) return {};
  }
  return {.begin = colon + 1, .size = at - colon - 1};
}

// Returns where the password is in user:password@tcp(…), as Go's MySQL driver wants it.
Span PasswordOfDsn(std::string_view word) {
  const std::size_t at = std::min(word.rfind("@tcp("), word.rfind("@unix("));
  const std::size_t colon = word.find(':');
  if (at == word.npos || colon == word.npos || colon > at) return {};
  return {.begin = colon + 1, .size = at - colon - 1};
}

}  // namespace

std::string RedactTokens(std::string_view word) {
  std::string out;
  const Span dsn = PasswordOfDsn(word);
  bool boundary = true;
  for (std::size_t i = 0; i < word.size();) {
    if (dsn.size > 0 && i == dsn.begin) {
      out += kRedacted;
      i += dsn.size;
      continue;
    }
    if (const std::size_t length = boundary ? TokenLength(word.substr(i)) : 0; length > 0) {
      out += kRedacted;
      i += length;
      continue;
    }
    if (word.substr(i).starts_with("://")) {
      const Span password = PasswordOfUrl(word, i + 3);
      if (password.size > 0) {
        out += word.substr(i, password.begin - i);
        out += kRedacted;
        i = password.begin + password.size;
        continue;
      }
    }
    boundary = !IsTokenCharacter(word[i]);
    out += word[i++];
  }
  return out;
}

}  // namespace syspulse
