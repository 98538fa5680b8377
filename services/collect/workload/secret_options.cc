#include "services/collect/workload/secret_options.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace syspulse {
namespace {

// How an option's value is given.
enum class Place : std::uint8_t { kAttached, kSeparate, kEither };

// An option of the programs whose names begin with `program`.
struct ShortOption {
  std::string_view program;
  char letter;
  NextWord value;
  Place place;
  // Letters that take values, and so end a group; "*" where options are not grouped.
  std::string_view valued;
};
constexpr std::string_view kCurlValued = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";
constexpr std::array<ShortOption, 15> kShortOptions = {
    {{"mysql", 'p', NextWord::kSecret, Place::kAttached, "DehPSu"},
     {"mariadb", 'p', NextWord::kSecret, Place::kAttached, "DehPSu"},
     {"sshpass", 'p', NextWord::kSecret, Place::kEither, "dfP"},
     {"redis-cli", 'a', NextWord::kSecret, Place::kSeparate, "*"},
     {"curl", 'u', NextWord::kUserAndPassword, Place::kEither, kCurlValued},
     {"curl", 'U', NextWord::kUserAndPassword, Place::kEither, kCurlValued},
     {"mongo", 'p', NextWord::kSecret, Place::kEither, "*"},
     {"ldap", 'w', NextWord::kSecret, Place::kEither, "abdDeEfFhHlopPsSTyYzURXIO"},
     {"7z", 'p', NextWord::kSecret, Place::kAttached, "*"},
     {"zip", 'P', NextWord::kSecret, Place::kEither, "binOstx"},
     {"unzip", 'P', NextWord::kSecret, Place::kEither, "dx"},
     {"sqlcmd", 'P', NextWord::kSecret, Place::kEither, "*"},
     {"openssl", 'k', NextWord::kSecret, Place::kSeparate, "*"},
     {"openssl", 'K', NextWord::kSecret, Place::kSeparate, "*"},
     {kContainerLogin, 'p', NextWord::kSecret, Place::kEither, "*"}}};

constexpr std::array<std::string_view, 5> kAskingPrograms = {"mysql", "mariadb", "psql", "pg_",
                                                             "createdb"};
constexpr std::array<std::string_view, 4> kContainerClients = {"docker", "podman", "nerdctl",
                                                               "buildah"};

bool IsShortNumber(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool IsFlag(char c) {  // curl -4, zip -9
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Returns where the option's letter is in `word`, npos if it is not there.
std::size_t PositionOfLetter(const ShortOption& option, std::string_view word, bool grouped) {
  if (word[1] == option.letter) return 1;
  if (!grouped || option.valued == "*") return word.npos;
  for (std::size_t i = 1; i < word.size() && IsFlag(word[i]); ++i) {
    if (word[i] == option.letter) return i;
    if (option.valued.find(word[i]) != option.valued.npos) return word.npos;
  }
  return word.npos;
}

}  // namespace

std::string_view KnownProgram(std::string_view name) {
  std::string_view known;
  for (const ShortOption& option : kShortOptions) {
    if (name.starts_with(option.program)) known = option.program;
  }
  for (const std::string_view program : kAskingPrograms) {
    if (name.starts_with(program)) known = program;
  }
  return known;
}

bool IsContainerClient(std::string_view name) {
  return std::ranges::find(kContainerClients, name) != kContainerClients.end();
}

bool AsksForPassword(std::string_view program) {
  return std::ranges::find(kAskingPrograms, program) != kAskingPrograms.end();
}

std::optional<SecretOption> FindSecretOption(std::string_view program, std::string_view word,
                                             bool grouped, bool certain) {
  if (word.size() < 2 || word[0] != '-' || word[1] == '-') return std::nullopt;
  for (const ShortOption& option : kShortOptions) {
    if (option.program != program) continue;
    const std::size_t letter = PositionOfLetter(option, word, grouped);
    if (letter == word.npos) continue;
    std::size_t shown = letter + 1;
    if (option.place != (shown == word.size() ? Place::kAttached : Place::kSeparate)) {
      if (shown == word.size()) return SecretOption{.shown = shown, .next = option.value};
      if (!certain && IsShortNumber(word.substr(shown))) return std::nullopt;
      if (option.value == NextWord::kUserAndPassword) shown = word.find(':', shown) + 1;
      if (shown == 0) return std::nullopt;
      return SecretOption{.shown = shown};
    }
  }
  return std::nullopt;
}

}  // namespace syspulse
