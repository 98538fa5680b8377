// Where passwords are in URLs, and in what programs take for the address of a database or a proxy:
// postgres://me:x@host, me:x@tcp(host:3306)/db, me:x@proxy:3128, jdbc:oracle:thin:me/x@host.
#ifndef SERVICES_COLLECT_WORKLOAD_SECRET_URLS_H_
#define SERVICES_COLLECT_WORKLOAD_SECRET_URLS_H_

#include <cstddef>
#include <string_view>

namespace syspulse {

// What ends a URL in a text.
inline constexpr std::string_view kUrlEnds = " \t\n\"'`<>";

// Whether tokens are made of this character.
bool IsTokenCharacter(char c);

// A part of a text; `size` is 0 if there is none.
struct SecretSpan {
  std::size_t begin = 0;
  std::size_t size = 0;
};

// Returns where the password is in the authority of a URL, which begins at `begin`; RFC 3986, 3.2.
SecretSpan PasswordOfUrl(std::string_view text, std::size_t begin);

// Returns where it is in a word that names a user, a password and a host but is no URL.
SecretSpan PasswordOfLogin(std::string_view word);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_SECRET_URLS_H_
