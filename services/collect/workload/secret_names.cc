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
constexpr std::array<std::string_view, 38> kEnds = {
    "password",    "passwd",        "passphrase", "token",       "secret",        "apikey",
    "accesskey",   "secretkey",     "authkey",    "masterkey",   "accountkey",    "signingkey",
    "storepass",   "encryptionkey", "keypass",    "passin",      "passout",       "credential",
    "credentials", "oauth2bearer",  "userpass",   "requirepass", "secretkeybase", "privatekey",
    "sshkey",      "appkey",        "setcookie",  "dbpass",      "rootpass",      "adminpass",
    "dbpwd",       "rootpwd",       "dbpw",       "rootpw",      "userpw",        "adminpw",
    "proxyauth",   "licensekey"};
// Last parts of names: these are ends of other words (bypass, cwd, oauth).
constexpr std::array<std::string_view, 8> kParts = {"pass", "pwd", "pw",  "auth",
                                                    "jwt",  "psk", "pat", "cookie"};
// What stands before _KEY in the names of variables whose values are no secrets.
constexpr std::array<std::string_view, 22> kOpenKeys = {
    "PUBLIC",   "PUB",  "PRIMARY", "FOREIGN", "UNIQUE", "SORT",  "PARTITION", "SHARD",
    "ROUTING",  "HASH", "RANGE",   "GROUP",   "ORDER",  "INDEX", "CACHE",     "HOT",
    "REGISTRY", "SSL",  "TLS",     "HOST",    "MAP",    "LOOKUP"};
constexpr std::string_view kPathOfCredentials = "GOOGLE_APPLICATION_CREDENTIALS";
constexpr std::array<std::string_view, 2> kDirectories = {"PWD", "OLDPWD"};  // of the shell

template <typename List>
bool Contains(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

// Whether the name is that of a variable of the environment with a key, as in STRIPE_KEY.
bool IsKeyVariable(std::string_view name) {
  constexpr std::string_view kEnd = "_KEY";
  if (!name.ends_with(kEnd) || name.size() == kEnd.size()) return false;
  name.remove_suffix(kEnd.size());
  const bool upper = std::ranges::all_of(
      name, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
  return upper && !Contains(kOpenKeys, name.substr(name.rfind('_') + 1));  // npos + 1 is 0
}

// Returns `name` without what may stand right before a name: -Dpass of java, -ePASS of docker.
std::string_view WithoutLetterOption(std::string_view name) {
  constexpr std::string_view kLetters = "DeEP";
  const bool option = name.size() > 2 && name[0] == '-' && kLetters.find(name[1]) != name.npos;
  return option ? name.substr(2) : name;
}

}  // namespace

bool IsSecretName(std::string_view name) {
  if (name == kPathOfCredentials) return false;
  name = name.substr(0, name.find_last_not_of("0123456789") + 1);  // --password1
  if (IsKeyVariable(WithoutLetterOption(name))) return true;
  if (const auto rest = WithoutLetterOption(name); rest != name && rest.front() != '-') {
    if (Contains(kParts, ToLower(rest))) return true;
  }
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
  if (name.find("azure.account.key.") != name.npos) return true;  // the account is behind it
  letters = ToLower(letters);
  last_part = ToLower(last_part);
  if (Contains(kDirectories, name)) return false;
  return Contains(kParts, last_part) ||
         std::ranges::any_of(kEnds, [&](std::string_view end) { return letters.ends_with(end); });
}

}  // namespace syspulse
