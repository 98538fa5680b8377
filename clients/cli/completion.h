// Scripts that complete `syspulse` in a shell, made from its own command line parser: they know
// what the parser knows, and never anything else.
//
// Hosts, metrics and labels are asked for when they are needed, by hidden commands such as
// `host-names`. Their names come from the network, so no script lets a shell evaluate them.
#ifndef CLIENTS_CLI_COMPLETION_H_
#define CLIENTS_CLI_COMPLETION_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/base/cli_fwd.h"

namespace syspulse {

// One flag as completion sees it.
struct CompletionFlag {
  std::vector<std::string> names;  // "-o", "--output"
  std::string help;
  bool takes_value = false;
  bool takes_file = false;          // and the value names one
  std::vector<std::string> values;  // those there are, if they are known
};

struct CompletionCommand {
  std::string name;
  std::string help;
  std::vector<CompletionFlag> flags;
  std::string names_command;           // prints what its argument can be; empty if there is none
  std::vector<std::string> arguments;  // values of its argument, if they are known
  bool takes_files = false;            // as its arguments
};

struct CompletionModel {
  std::string program;
  std::vector<CompletionFlag> flags;  // of every command
  std::vector<CompletionCommand> commands;
};

// Returns what there is to complete. Hidden commands are left out.
CompletionModel MakeCompletionModel(const CLI::App& app);

std::string BashCompletion(const CompletionModel& model);
std::string ZshCompletion(const CompletionModel& model);
std::string FishCompletion(const CompletionModel& model);

// Returns the script for `shell`: bash, zsh or fish.
std::string CompletionScript(const CLI::App& app, std::string_view shell);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMPLETION_H_
