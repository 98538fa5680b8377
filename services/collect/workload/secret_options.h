// Options of one letter whose values are secrets: of `mysql -px` or `curl -u user:x`, only the
// program's name tells what the letter means.
//
// Letters without values may stand before such an option, as in `curl -sSu user:x`; a letter that
// takes a value ends the group, since what follows it is that value.
#ifndef SERVICES_COLLECT_WORKLOAD_SECRET_OPTIONS_H_
#define SERVICES_COLLECT_WORKLOAD_SECRET_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace syspulse {

// What the next word of a command line is.
enum class NextWord : std::uint8_t {
  kWord,
  kSecret,
  kUserAndPassword,  // user:password
  kCredentials,      // behind Authorization: the scheme may come first
  kToken,            // a secret if it is long: behind `bearer`, which is also a word
};

// An option with a secret value.
struct SecretOption {
  std::size_t shown = 0;            // characters of the word that are no secret
  NextWord next = NextWord::kWord;  // kWord if the value is in the word itself, behind `shown`
};

// Returns the program whose options are known by this name of a file, as in "mysql" for
// "mysqldump": a text that lives as long as the process. Empty if there is none.
std::string_view KnownProgram(std::string_view name);

// The program in "docker login", whose -p is not that of "docker run".
inline constexpr std::string_view kContainerLogin = "docker login";

// Returns whether `name` is a client of containers, which knows the command "login".
bool IsContainerClient(std::string_view name);

// Returns whether --password, without a value behind `=`, makes this known program ask for it.
bool AsksForPassword(std::string_view program);

// Returns what the option `word` of a known program hides, nullopt if nothing. Only with `grouped`
// may letters stand before the one that counts. A short number attached to an option is a secret
// only with `certain`: in `ssh mysql -p22` it is a port.
std::optional<SecretOption> FindSecretOption(std::string_view program, std::string_view word,
                                             bool grouped, bool certain);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_SECRET_OPTIONS_H_
