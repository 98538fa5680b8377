// Commands that take secrets as plain words: `rabbitmqctl add_user me x`, `vault login x`,
// `wpa_passphrase net x`, `sqlplus me/x@db`, and `echo x | docker login --password-stdin`.
#ifndef SERVICES_COLLECT_WORKLOAD_SECRET_COMMANDS_H_
#define SERVICES_COLLECT_WORKLOAD_SECRET_COMMANDS_H_

#include <cstddef>
#include <string_view>

namespace syspulse {

// Which words behind a command, options aside, are secrets.
struct SecretCommand {
  std::string_view program;
  std::string_view command;  // empty: the program itself
  int shown = 0;             // so many words are none
  int hidden = 0;            // so many words behind them are secrets; 0 = all
  bool values = false;       // of name=value, only the value is one
};

// Returns whether there is a command with secrets among the program's.
bool HasSecretCommand(std::string_view program);

// Returns the command that `word`, behind the name of `program`, is; or what the program itself is,
// given an empty word. Null if it is none; lives as long as the process.
const SecretCommand* FindSecretCommand(std::string_view program, std::string_view word);

// Where the password is in me/password@database; `size` is 0 if there is none.
struct DatabaseLogin {
  std::size_t begin = 0;
  std::size_t size = 0;
};

// Returns where it is in a word that `program` was given, if it is one of Oracle's.
DatabaseLogin FindDatabaseLogin(std::string_view program, std::string_view word);

// Returns the end of what `echo` writes, in the text of a shell, for a command that takes a secret
// from its input; 0 if there is no such pipe.
std::size_t EndOfPipedSecret(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_SECRET_COMMANDS_H_
