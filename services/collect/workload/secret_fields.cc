#include "services/collect/workload/secret_fields.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "services/base/text.h"
#include "services/collect/workload/redaction.h"

namespace syspulse {
namespace {

constexpr std::string_view kQuotes = "\"'";
constexpr std::size_t kLongestScheme = 20;  // with a backslash or two
constexpr std::array<std::string_view, 8> kSchemes = {
    "bearer", "basic", "digest", "token", "negotiate", "apikey", "aws4-hmac-sha256", "key"};

// Returns the name of a header without the option that curl lets stand right before it.
std::string_view HeaderName(std::string_view name) {
  if (name.starts_with("-H")) name.remove_prefix(2);
  return name;
}

// Whether what is behind a closed quote is still of the value, as in PASSWORD='a'"'"'b' of shells.
bool GoesOn(std::string_view rest, const FieldName& name) {
  if (rest.empty() || name.quoted) return false;
  const bool inside = kQuotes.find(name.before) != kQuotes.npos;
  return IsNameCharacter(rest.front()) || (QuoteAt(rest) > 0 && !inside);
}

}  // namespace

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || c == '.';
}

std::size_t QuoteAt(std::string_view text) {
  const std::size_t quote = std::min(text.find_first_not_of('\\'), text.size());
  return quote < text.size() && kQuotes.find(text[quote]) != kQuotes.npos ? quote + 1 : 0;
}

std::string_view WithoutQuotes(std::string_view text) {
  for (std::size_t size = QuoteAt(text); size > 0; size = QuoteAt(text)) text.remove_prefix(size);
  while (!text.empty() && kQuotes.find(text.back()) != kQuotes.npos) {
    text.remove_suffix(1);
    while (text.ends_with('\\')) text.remove_suffix(1);
  }
  return text;
}

FieldName NameAtEnd(std::string_view text) {
  const std::size_t last = text.find_last_not_of("\"'\\]}");
  const std::size_t end = last == text.npos ? 0 : last + 1;
  std::size_t begin = end;
  while (begin > 0 && IsNameCharacter(text[begin - 1])) --begin;
  return {.text = text.substr(begin, end - begin),
          .before = begin > 0 ? text[begin - 1] : '\0',
          .quoted = end < text.size()};
}

FieldValue ValueOfField(std::string_view word, std::size_t begin, const FieldName& name) {
  if (const std::size_t quote = QuoteAt(word.substr(begin)); quote > 0) {
    const std::size_t first = begin + quote;
    // As many backslashes as before the first quote, or fewer, stand before the last one.
    std::size_t backslashes = 0;
    for (std::size_t i = first; i < word.size(); ++i) {
      if (word[i] == word[first - 1] && backslashes < quote) {
        if (GoesOn(word.substr(i + 1), name)) return {.begin = begin, .end = word.size()};
        return {.begin = first, .end = i - backslashes};
      }
      backslashes = word[i] == '\\' ? backslashes + 1 : 0;
    }
    return {.begin = begin, .end = word.size()};
  }
  std::string_view ends;
  if (name.before == '?' || name.before == '&') ends = "&#";
  if (name.before == ';') ends = ";\"'";
  if (name.before == ',') ends = ",}\"'";
  if (name.before == '"') ends = name.quoted ? ",}\"" : "\"";
  if (name.before == '\'') ends = name.quoted ? ",}'" : "'";
  if (ends.empty()) return {.begin = begin, .end = word.size()};
  return {.begin = begin, .end = std::min(word.find_first_of(ends, begin), word.size())};
}

bool IsScheme(std::string_view word) {
  if (word.size() > kLongestScheme) return false;
  while (word.ends_with('\\')) word.remove_suffix(1);  // which keeps the blank behind it
  return std::ranges::find(kSchemes, ToLower(word)) != kSchemes.end();
}

bool IsCredentialsHeader(std::string_view name) {
  const std::string lower = ToLower(HeaderName(name));
  return lower.ends_with("authorization") || lower == "cookie" || lower == "set-cookie";
}

bool IsAuth(std::string_view name) { return ToLower(name).ends_with("auth"); }

bool IsSignature(const FieldName& name) {
  const std::string lower = ToLower(name.text);
  return (name.before == '?' || name.before == '&') &&
         (lower == "sig" || lower.ends_with("signature"));
}

bool IsSecretField(const FieldName& name, std::string_view before, std::string_view value) {
  const std::string_view header = HeaderName(name.text);
  if (!IsSecretName(header) || value.empty()) return false;
  if (name.quoted || ToLower(header).starts_with("x-")) return true;
  const bool begins = before.find_last_not_of("\"'\\{[,(") == before.npos ||
                      kQuotes.find(before.back()) != kQuotes.npos || before == "/";
  return begins && !IsAuth(name.text) && value.front() != '/' && value.front() != ':';
}

}  // namespace syspulse
