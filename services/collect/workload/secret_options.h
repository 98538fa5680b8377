// Options whose values are secrets though their names do not say so: of `mysql -px`, `curl -u
// user:x` or `swaks -ap x`, only the program's name tells what the letters mean.
//
// Letters without values may stand before an option of one letter, as in `curl -sSu user:x`; a
// letter that takes a value ends the group, since what follows it is that value.
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
  kUserAndPassword,  // user:password, user%password or user,password
  kNameAndValue,     // name=secret; a file if there is no `=`
  kCredentials,      // behind Authorization: the scheme may come first
  kToken,            // a secret if it is long: behind `bearer`, which is also a word
};

// An option with a secret value.
struct SecretOption {
  std::size_t shown = 0;            // characters of the word that are no secret
  NextWord next = NextWord::kWord;  // kWord if the value is in the word itself, behind `shown`
};

// Returns whether options or commands of the program with this file's name hide secrets. Names that
// are also words, such as `http`, are those of programs only if the word is a `command`.
bool IsKnownProgram(std::string_view name, bool command);

// Returns whether the name is of the family that `pattern` names: itself, or all that begins with
// it if it ends with an asterisk.
bool MatchesProgram(std::string_view pattern, std::string_view name);

// The program in "docker login", whose -p is not that of "docker run".
inline constexpr std::string_view kRegistryLogin = "docker login";

// Returns whether the program knows the command "login", with the option -p.
bool HasLoginCommand(std::string_view name);

// Returns whether --password, without a value behind `=`, makes this program ask for it.
bool AsksForPassword(std::string_view program);

// Returns whether the program runs what its arguments say, as sudo and sh do.
bool RunsCommands(std::string_view program);

// Returns what the option `word` of a known program hides, nullopt if nothing. Only with `grouped`
// may letters stand before the one that counts. A short number attached to an option is a secret
// only with `certain`: in `ssh mysql -p22` it is a port.
std::optional<SecretOption> FindSecretOption(std::string_view program, std::string_view word,
                                             bool grouped, bool certain);

// Returns where the secret begins in a value that is announced as `kind`; npos if it has none.
std::size_t SecretOfPair(NextWord kind, std::string_view value);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_SECRET_OPTIONS_H_
