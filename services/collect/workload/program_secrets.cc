#include "services/collect/workload/program_secrets.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/text.h"

namespace syspulse {
namespace {

bool IsSeparator(std::string_view word) { return word == "|" || word == "||" || word == "&&"; }

// Returns the name of the program that the word may be: what is behind the last slash, and behind
// `=` in an option for commands such as ProxyCommand=sshpass.
std::string_view ProgramName(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals != word.npos && ToLower(word.substr(0, equals)).ends_with("command")) {
    word.remove_prefix(equals + 1);
  }
  return word.substr(word.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

// Returns whether the command ends with the word, and forgets it then.
bool ProgramSecrets::EndCommand(std::string_view word) {
  if (!word.ends_with(';') && !IsSeparator(word)) return false;
  other_command_ = true;
  command_ = nullptr;
  return true;
}

// Returns whether the word is where the name of a program is expected.
bool ProgramSecrets::BeginsCommand(std::string_view word, std::string_view name, bool ended) {
  const bool begins = std::exchange(at_command_, ended);
  if (begins && word.find('=') != word.npos) at_command_ = true;  // a variable for the command
  if (begins) runner_ = RunsCommands(name);
  return begins || runner_;
}

void ProgramSecrets::Notice(std::string_view word) {
  const std::string_view name = ProgramName(word);
  const bool first = std::exchange(is_first_, false);
  const bool ended = EndCommand(word);
  const bool begins = BeginsCommand(word, name, ended);
  if (const SecretCommand* const command = FindSecretCommand(program_, word);
      command != nullptr && !program_.empty()) {
    command_ = command;
    words_ = 0;
  }
  if (command_ != nullptr) return;  // its words are no programs
  if (name.empty() || name.find_first_of(".=:@") != name.npos) return;
  std::string_view known = IsKnownProgram(name, begins) ? name : std::string_view();
  if (HasLoginCommand(name)) {
    logs_in_ = true;
    if (program_ == kRegistryLogin) program_ = {};
  } else if (logs_in_ && word == "login" && (program_.empty() || HasLoginCommand(program_))) {
    known = kRegistryLogin;
  }
  if (name == "mysqladmin" || name == "mariadb-admin" || name == "nmcli") takes_names_ = true;
  if (known.empty()) return;
  program_ = known;
  program_is_first_ = first;
  other_command_ = false;
  command_ = FindSecretCommand(known, {});
  words_ = 0;
}

// Counts a word of the command; returns whether it is one of those that are secrets.
bool ProgramSecrets::HidesWord() {
  const int position = words_++;
  if (position < command_->shown) return false;
  return command_->hidden == 0 || position < command_->shown + command_->hidden;
}

std::optional<HiddenPart> ProgramSecrets::Find(std::string_view word) {
  if (program_.empty()) return std::nullopt;
  if (const auto option = FindSecretOption(program_, word, !other_command_, program_is_first_)) {
    return HiddenPart{.begin = option->shown, .end = word.size(), .next = option->next};
  }
  if (const DatabaseLogin login = FindDatabaseLogin(program_, word); login.size > 0) {
    return HiddenPart{.begin = login.begin, .end = login.begin + login.size};
  }
  if (command_ == nullptr || word.empty() || word[0] == '-' || IsSeparator(word)) {
    return std::nullopt;
  }
  if (!HidesWord()) return std::nullopt;
  const std::size_t equals = command_->values ? word.find('=') : word.npos;
  EndCommand(word);
  return HiddenPart{.begin = equals == word.npos ? 0 : equals + 1, .end = word.size()};
}

}  // namespace syspulse
