// Which names are those of secrets.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "services/base/text.h"
#include "services/collect/workload/redaction.h"

namespace syspulse {
namespace {

// Ends of names, without separators. The long ones are no ends of other words.
constexpr std::array<std::string_view, 21> kEnds = {
    "password",      "passwd",    "passphrase", "token",     "secret",     "apikey",
    "accesskey",     "secretkey", "authkey",    "masterkey", "accountkey", "signingkey",
    "encryptionkey", "storepass", "keypass",    "passin",    "passout",    "credential",
    "oauth2bearer",  "userpass",  "requirepass"};
// Last parts of names: these are ends of other words (bypass, cwd).
constexpr std::array<std::string_view, 3> kParts = {"pass", "pwd", "pw"};
constexpr std::array<std::string_view, 2> kDirectories = {"PWD", "OLDPWD"};  // of the shell

template <typename List>
bool Contains(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

}  // namespace

bool IsSecretName(std::string_view name) {
  std::string letters;
  std::string last_part;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == '.') {
      last_part.clear();
      continue;
    }
    letters += c;
    last_part += c;
  }
  letters = ToLower(letters);
  last_part = ToLower(last_part);
  if (Contains(kDirectories, name)) return false;
  return Contains(kParts, last_part) ||
         std::ranges::any_of(kEnds, [&](std::string_view end) { return letters.ends_with(end); });
}

}  // namespace syspulse
