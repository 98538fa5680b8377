#include "services/collect/workload/secret_urls.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "services/base/text.h"

namespace syspulse {
namespace {

// Whether the user in a URL is rather a token: long, with letters and digits.
bool IsTokenOfUrl(std::string_view user) {
  constexpr std::size_t kLeast = 16;
  return user.size() >= kLeast && std::ranges::all_of(user, IsTokenCharacter) &&
         user.find_first_of("0123456789") != user.npos &&
         user.find_first_not_of("0123456789.-") != user.npos;
}

bool IsPort(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Of user:password@tcp(…), as Go's MySQL driver wants it.
SecretSpan PasswordOfDsn(std::string_view word) {
  const std::size_t at = std::min(word.rfind("@tcp("), word.rfind("@unix("));
  const std::size_t colon = word.find(':');
  if (at == word.npos || colon == word.npos || colon > at) return {};
  return {.begin = colon + 1, .size = at - colon - 1};
}

// Of jdbc:oracle:thin:user/password@…
SecretSpan PasswordOfOracle(std::string_view word) {
  constexpr std::string_view kOracle = "jdbc:oracle:";
  const std::size_t oracle = word.find(kOracle);
  if (oracle == word.npos) return {};
  const std::size_t user = word.find(':', oracle + kOracle.size());  // behind `thin` or `oci`
  const std::size_t slash = word.find('/', std::min(user, word.size()));
  const std::size_t at = word.find('@', std::min(user, word.size()));
  if (slash == word.npos || at == word.npos || slash > at) return {};
  return {.begin = slash + 1, .size = at - slash - 1};
}

// What stands before a colon where no password stands behind it, though an `@` follows.
constexpr std::array<std::string_view, 12> kOtherSchemes = {"mailto", "sip",       "sips", "tel",
                                                            "xmpp",   "acct",      "npm",  "pkg",
                                                            "rbd",    "workspace", "jdbc", "file"};

bool IsOfUser(char c) {
  return IsTokenCharacter(c) || c == '/' || c == '\\' || c == '+' || c == '%';
}

// Of user:password@host and domain/user:password@host.
SecretSpan PasswordBeforeHost(std::string_view word) {
  const std::size_t at = word.rfind('@');
  if (at == word.npos || at + 1 == word.size() || word.find("://") != word.npos) return {};
  const std::string_view host = word.substr(at + 1);
  if (!IsTokenCharacter(host[0]) || host.starts_with("sha256:") || host.starts_with("sha512:")) {
    return {};
  }
  const std::size_t start = word.substr(0, at).rfind('=') + 1;  // npos + 1 is 0
  const std::size_t colon = word.find(':', start);
  if (colon == word.npos || colon + 1 >= at) return {};
  const std::string_view user = word.substr(start, colon - start);
  const char first = user.empty() ? '-' : user[0];
  if (first == '-' || first == '/' || first == '.' || !std::ranges::all_of(user, IsOfUser))
    return {};
  if (std::ranges::find(kOtherSchemes, ToLower(user)) != kOtherSchemes.end()) return {};
  const std::string_view password = word.substr(colon + 1, at - colon - 1);
  if (password[0] == '/' || password[0] == ':') return {};  // a path of another host
  return {.begin = colon + 1, .size = password.size()};
}

}  // namespace

bool IsTokenCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || c == '.';
}

SecretSpan PasswordOfUrl(std::string_view text, std::size_t begin) {
  const std::size_t end = std::min(text.find_first_of(kUrlEnds, begin), text.size());
  std::size_t authority_end = std::min(text.find_first_of("/?#", begin), end);
  const std::size_t colon = text.substr(0, authority_end).find(':', begin);
  std::size_t at = text.substr(0, authority_end).rfind('@');
  const bool web =
      text.substr(0, begin).ends_with("http://") || text.substr(0, begin).ends_with("https://");
  if (web && at != text.npos && at >= begin) {
    const std::string_view user = text.substr(begin, std::min(colon, at) - begin);
    const std::string_view password = colon < at ? text.substr(colon + 1, at - colon - 1) : "";
    const bool only_user = password.empty() || password == "x-oauth-basic";
    // A token in the place of the user: some want no password, some a word that is none.
    if (only_user && (IsTokenOfUrl(user) || colon < at)) {
      return {.begin = begin, .size = user.size()};
    }
  }
  if (colon == text.npos) return {};
  if (at == text.npos || at < colon) {
    // Passwords should have their slashes escaped, but not all have.
    if (IsPort(text.substr(colon + 1, authority_end - colon - 1))) return {};
    at = text.substr(0, end).rfind('@');
    if (at == text.npos || at < colon) return {};
  }
  return {.begin = colon + 1, .size = at - colon - 1};
}

SecretSpan PasswordOfLogin(std::string_view word) {
  for (const SecretSpan found : {PasswordOfDsn(word), PasswordOfOracle(word)}) {
    if (found.size > 0) return found;
  }
  return PasswordBeforeHost(word);
}

}  // namespace syspulse
