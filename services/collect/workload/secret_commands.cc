#include "services/collect/workload/secret_commands.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace syspulse {
namespace {

constexpr std::array kCommands = std::to_array<SecretCommand>({
    {"vault", "login", 0, 0, true},
    {"vault", "unseal", 0, 1},
    {"vault", "put", 1, 0, true},
    {"vault", "patch", 1, 0, true},
    {"vault", "write", 1, 0, true},
    {"rclone", "obscure", 0, 1},
    {"rabbitmqctl", "add_user", 1, 1},
    {"rabbitmqctl", "change_password", 1, 1},
    {"rabbitmqctl", "authenticate_user", 1, 1},
    {"wpa_passphrase", "", 1, 1},
    {"ngrok", "authtoken", 0, 1},
    {"ngrok", "add-authtoken", 0, 1},
    {"neo4j-admin", "set-initial-password", 0, 1},
    {"mc", "set", 2, 0},
    {"bw", "unlock", 0, 1},
    {"bw", "login", 1, 0},
    {"openssl", "passwd", 0, 0},
    {"mkpasswd", "", 0, 0},
    {"htpasswd", "", 1, 0},
    {"pdftk", "input_pw", 0, 1},
    {"pdftk", "owner_pw", 0, 1},
    {"pdftk", "user_pw", 0, 1},
    {"qpdf", "--encrypt", 0, 2},
    {"isql", "", 2, 1},
    {"smbclient", "", 1, 1},
    {"expect", "send", 0, 0},
});

constexpr std::array<std::string_view, 8> kOraclePrograms = {"sqlplus", "sqlldr", "exp",  "imp",
                                                             "expdp",   "impdp",  "rman", "sqlcl"};

// Parts of commands that read a secret from their input.
constexpr std::array<std::string_view, 9> kReaders = {"-stdin",          "sudo -S", "--with-token",
                                                      "chpasswd",        "passwd",  "cryptsetup",
                                                      "--passphrase-fd", "kinit",   "smbpasswd"};

}  // namespace

bool HasSecretCommand(std::string_view program) {
  return std::ranges::find(kCommands, program, &SecretCommand::program) != kCommands.end() ||
         std::ranges::find(kOraclePrograms, program) != kOraclePrograms.end();
}

const SecretCommand* FindSecretCommand(std::string_view program, std::string_view word) {
  const auto* const found =
      std::ranges::find_if(kCommands, [program, word](const SecretCommand& command) {
        return command.program == program && command.command == word;
      });
  return found == kCommands.end() ? nullptr : found;
}

DatabaseLogin FindDatabaseLogin(std::string_view program, std::string_view word) {
  if (std::ranges::find(kOraclePrograms, program) == kOraclePrograms.end()) return {};
  constexpr std::string_view kUser = "userid=";
  const std::size_t start = word.starts_with(kUser) ? kUser.size() : 0;
  const std::size_t slash = word.find_first_of("/@=", start);
  if (slash == word.npos || slash == start || word[slash] != '/') return {};
  const std::size_t end = std::min(word.rfind('@'), word.size());
  return {.begin = slash + 1, .size = end > slash ? end - slash - 1 : word.size() - slash - 1};
}

std::size_t EndOfPipedSecret(std::string_view text) {
  for (const std::string_view reader : kReaders) {
    const std::size_t at = text.find(reader);
    if (at == text.npos) continue;
    const std::size_t pipe = text.substr(0, at).rfind('|');
    if (pipe != text.npos) return pipe;
  }
  return 0;
}

}  // namespace syspulse
