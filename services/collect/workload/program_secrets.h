// Follows the words of a command line to tell which program is in sight, and what of the next word
// it takes for a secret.
//
// Commands run commands: in `sudo -u me sh -c 'mysql -px db | zip -Py'` the last program that is
// known counts.
#ifndef SERVICES_COLLECT_WORKLOAD_PROGRAM_SECRETS_H_
#define SERVICES_COLLECT_WORKLOAD_PROGRAM_SECRETS_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "services/collect/workload/secret_commands.h"
#include "services/collect/workload/secret_options.h"

namespace syspulse {

// A secret in a word.
struct HiddenPart {
  std::size_t begin = 0;
  std::size_t end = 0;
  NextWord next = NextWord::kWord;  // if it is not kWord, the secret is there instead
};

// The words must outlive this.
class ProgramSecrets {
 public:
  // Returns what is secret in `word` because of the words before it; nullopt if nothing. Words of
  // which something is are not passed to Notice.
  std::optional<HiddenPart> Find(std::string_view word);

  // Takes the word for what it says about those behind it.
  void Notice(std::string_view word);

  // Whether a name of secrets, without `=` behind it, makes the program ask for the secret.
  bool Asks() const { return AsksForPassword(program_); }
  // Whether a secret follows such a name even if the name is no option.
  bool TakesNames() const { return takes_names_; }

  // Whether another command came after the program's; what it was can be set back.
  bool other_command() const { return other_command_; }
  void set_other_command(bool other) { other_command_ = other; }

 private:
  bool EndCommand(std::string_view word);
  bool BeginsCommand(std::string_view word, std::string_view name, bool ended);
  bool HidesWord();

  std::string_view program_;       // the last one in sight that is known
  bool program_is_first_ = false;  // of all words
  bool is_first_ = true;           // no word was seen yet
  bool at_command_ = true;         // a command begins with the next word
  bool runner_ = false;            // the command runs what its arguments say
  bool other_command_ = false;     // `;` or `|` came after program_
  bool logs_in_ = false;           // the word `login` may follow
  bool takes_names_ = false;
  const SecretCommand* command_ = nullptr;  // of program_; null if none is in sight
  int words_ = 0;                           // of it, so far
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_PROGRAM_SECRETS_H_
