#include "services/collect/workload/secret_options.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "services/collect/workload/secret_commands.h"

namespace syspulse {
namespace {

// How an option's value is given.
enum class Place : std::uint8_t { kAttached, kSeparate, kEither };

// An option of the programs that `program` names; see MatchesProgram.
struct ProgramOption {
  std::string_view program;
  std::string_view option;  // one of a letter may be in a group, one of two dashes takes `=`
  NextWord value = NextWord::kSecret;
  Place place = Place::kEither;
  // Letters that take values, and so end a group; "*" where options are not grouped.
  std::string_view valued = "*";
};
constexpr std::string_view kCurlValued = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";
constexpr std::string_view kLdapValued = "abdDeEfFhHlopPsSTyYzURXIO";
constexpr auto kPair = NextWord::kUserAndPassword;
constexpr auto kNamed = NextWord::kNameAndValue;
constexpr std::array kOptions = std::to_array<ProgramOption>({
    // Databases and queues.
    {"mysql*", "-p", NextWord::kSecret, Place::kAttached, "DehPSu"},
    {"mariadb*", "-p", NextWord::kSecret, Place::kAttached, "DehPSu"},
    {"mycli", "-p"},
    {"dolt", "-p"},
    {"redis-*", "-a", NextWord::kSecret, Place::kSeparate},
    {"valkey-*", "-a", NextWord::kSecret, Place::kSeparate},
    {"keydb-*", "-a", NextWord::kSecret, Place::kSeparate},
    {"mongo*", "-p"},
    {"cqlsh*", "-p"},
    {"sqlcmd*", "-P"},
    {"bcp", "-P"},
    {"tsql", "-P"},
    {"isql-fb", "-p"},
    {"influx", "-t"},
    {"cypher-shell", "-p"},
    {"couchbase-cli", "-p"},
    {"cbq", "-p"},
    {"elasticsearch-users", "-p"},
    {"rabbitmqadmin", "-p"},
    {"mosquitto_*", "-P"},
    {"etcdctl", "--user", kPair},
    // The web.
    {"curl", "-u", kPair, Place::kEither, kCurlValued},
    {"curl", "-U", kPair, Place::kEither, kCurlValued},
    {"curl", "-E", kPair, Place::kEither, kCurlValued},
    {"curl", "-b", kNamed, Place::kEither, kCurlValued},
    {"curl", "--user", kPair},
    {"curl", "--proxy-user", kPair},
    {"curl", "--cert", kPair},
    {"curl", "--proxy-cert", kPair},
    {"http", "-a"},
    {"https", "-a"},
    {"xh", "-a"},
    {"xhs", "-a"},
    {"lftp", "-u", kPair},
    {"ncftp*", "-p"},
    {"youtube-dl", "-p"},
    {"yt-dlp", "-p"},
    {"transmission-remote", "-n", kPair},
    {"check_http", "-a", kPair},
    // Containers and clouds.
    {kRegistryLogin, "-p"},
    {"skopeo", "--creds", kPair},
    {"skopeo", "--src-creds", kPair},
    {"skopeo", "--dest-creds", kPair},
    {"podman", "--creds", kPair},
    {"buildah", "--creds", kPair},
    {"crictl", "--creds", kPair},
    {"ctr", "-u", kPair},
    {"ctr", "--user", kPair},
    {"kubectl", "--from-literal", kNamed},
    {"oc", "--from-literal", kNamed},
    {"twine", "-p"},
    {"gitlab-runner", "-r"},
    // Networks, remote machines and directories.
    {"sshpass", "-p", NextWord::kSecret, Place::kEither, "dfP"},
    {"ldap*", "-w", NextWord::kSecret, Place::kEither, kLdapValued},
    {"ldappasswd", "-s"},
    {"ldappasswd", "-a"},
    {"kadmin*", "-w"},
    {"smbc*", "-U", kPair},
    {"smbget", "-U", kPair},
    {"smbtree", "-U", kPair},
    {"rpcclient", "-U", kPair},
    {"net", "-U", kPair},
    {"wmic", "-U", kPair},
    {"winexe", "-U", kPair},
    {"evil-winrm", "-p"},
    {"crackmapexec", "-p"},
    {"netexec", "-p"},
    {"nxc", "-p"},
    {"hydra", "-p"},
    {"rdesktop", "-p"},
    {"xfreerdp*", "/p:", NextWord::kSecret, Place::kAttached},
    {"wlfreerdp*", "/p:", NextWord::kSecret, Place::kAttached},
    {"ipmitool", "-P"},
    {"ipmi-*", "-p"},
    {"ipmipower", "-p"},
    {"bmc-*", "-p"},
    {"ss-*", "-k"},
    {"sslocal", "-k"},
    {"ssserver", "-k"},
    {"snmpb*", "-c"},
    {"snmpb*", "-A"},
    {"snmpb*", "-X"},
    {"snmpg*", "-c"},
    {"snmpg*", "-A"},
    {"snmpg*", "-X"},
    {"snmpw*", "-c"},
    {"snmpw*", "-A"},
    {"snmpw*", "-X"},
    {"snmpset", "-c"},
    {"snmpset", "-A"},
    {"snmpset", "-X"},
    {"snmptrap", "-c"},
    {"check_snmp", "-C"},
    {"check_snmp", "-A"},
    {"check_snmp", "-X"},
    {"check_mysql*", "-p"},
    {"check_pgsql", "-p"},
    {"swaks", "-ap"},
    {"sendemail", "-xp"},
    // Files and accounts.
    {"7z*", "-p", NextWord::kSecret, Place::kAttached},
    {"rar", "-p", NextWord::kSecret, Place::kAttached},
    {"rar", "-hp", NextWord::kSecret, Place::kAttached},
    {"unrar", "-p", NextWord::kSecret, Place::kAttached},
    {"zip*", "-P", NextWord::kSecret, Place::kEither, "binOstx"},
    {"unzip*", "-P", NextWord::kSecret, Place::kEither, "dx"},
    {"pdfto*", "-upw"},
    {"pdfto*", "-opw"},
    {"openssl", "-k", NextWord::kSecret, Place::kSeparate},
    {"openssl", "-K", NextWord::kSecret, Place::kSeparate},
    {"useradd", "-p"},
    {"usermod", "-p"},
});

// Of those, and of the programs with commands, names that are also words.
constexpr std::array<std::string_view, 16> kWords = {
    "http",   "https", "net", "exp", "imp",  "ctr",    "oc",  "mc",
    "influx", "hydra", "rar", "bw",  "dolt", "expect", "bcp", "xh"};
constexpr std::array<std::string_view, 5> kAskingPrograms = {"mysql*", "mariadb*", "psql", "pg_*",
                                                             "createdb"};
constexpr std::array<std::string_view, 12> kLoginPrograms = {
    "docker", "podman", "nerdctl", "buildah", "helm", "skopeo",
    "crane",  "oras",   "regctl",  "az",      "cf",   "oc"};
constexpr std::array<std::string_view, 24> kRunners = {
    "sh",     "bash",  "dash", "ash",    "zsh",    "ksh",    "sudo",    "doas",
    "su",     "nohup", "env",  "exec",   "xargs",  "time",   "timeout", "nice",
    "ionice", "watch", "ssh",  "setsid", "stdbuf", "docker", "busybox", "proxychains"};

template <typename List>
bool MatchesAny(const List& patterns, std::string_view name) {
  return std::ranges::any_of(
      patterns, [name](std::string_view pattern) { return MatchesProgram(pattern, name); });
}

bool IsShortNumber(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool IsFlag(char c) {  // curl -4, zip -9
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Returns where what follows the option in `word` begins, npos if it is not there.
std::size_t EndOfOption(const ProgramOption& option, std::string_view word, bool grouped) {
  const std::string_view text = option.option;
  if (word.starts_with(text)) {
    const bool takes_equals = text.starts_with("--") && word.size() > text.size();
    if (!takes_equals) return text.size();
    return word[text.size()] == '=' ? text.size() + 1 : word.npos;
  }
  if (!grouped || option.valued == "*" || text.size() != 2 || word.starts_with("--")) {
    return word.npos;
  }
  for (std::size_t i = 1; i < word.size() && IsFlag(word[i]); ++i) {
    if (word[i] == text[1]) return i + 1;
    if (option.valued.find(word[i]) != option.valued.npos) return word.npos;
  }
  return word.npos;
}

}  // namespace

bool MatchesProgram(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool IsKnownProgram(std::string_view name, bool command) {
  if (!command && std::ranges::find(kWords, name) != kWords.end()) return false;
  return MatchesAny(kAskingPrograms, name) || HasSecretCommand(name) ||
         std::ranges::any_of(kOptions, [name](const ProgramOption& option) {
           return MatchesProgram(option.program, name);
         });
}

bool HasLoginCommand(std::string_view name) { return MatchesAny(kLoginPrograms, name); }

bool AsksForPassword(std::string_view program) { return MatchesAny(kAskingPrograms, program); }

bool RunsCommands(std::string_view program) { return MatchesAny(kRunners, program); }

std::size_t SecretOfPair(NextWord kind, std::string_view value) {
  const std::size_t separator =
      kind == NextWord::kNameAndValue ? value.find('=') : value.find_first_of(":%,");
  return separator == value.npos ? value.npos : separator + 1;
}

std::optional<SecretOption> FindSecretOption(std::string_view program, std::string_view word,
                                             bool grouped, bool certain) {
  if (word.size() < 2 || (word[0] != '-' && word[0] != '/')) return std::nullopt;
  for (const ProgramOption& option : kOptions) {
    if (!MatchesProgram(option.program, program)) continue;
    const std::size_t end = EndOfOption(option, word, grouped);
    if (end == word.npos) continue;
    const bool separate = end == word.size() && word[end - 1] != '=';
    if (option.place == (separate ? Place::kAttached : Place::kSeparate)) continue;
    if (separate) return SecretOption{.shown = end, .next = option.value};
    const std::string_view value = word.substr(end);
    if (!certain && IsShortNumber(value)) return std::nullopt;
    if (option.value == NextWord::kSecret) return SecretOption{.shown = end};
    const std::size_t secret = SecretOfPair(option.value, value);
    if (secret == value.npos) return std::nullopt;
    return SecretOption{.shown = end + secret};
  }
  return std::nullopt;
}

}  // namespace syspulse
