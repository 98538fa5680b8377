#include "clients/cli/completion.h"

#include <CLI/CLI.hpp>

#include "services/base/text.h"

namespace syspulse {
namespace {

// Returns the values that a validator lists in braces: `{table,json,csv}`.
std::vector<std::string> ValuesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const auto open = type.find('{');
  const auto close = type.find('}');
  if (open == type.npos || close == type.npos || close < open) return {};
  std::vector<std::string> values;
  for (const std::string_view value :
       Split(std::string_view(type).substr(open + 1, close - open - 1), ',')) {
    values.emplace_back(Trim(value));
  }
  return values;
}

constexpr std::string_view kFile = "FILE";  // how the parser calls what names a file

// Returns the hidden command that prints what an argument of this name can be.
std::string NamesCommand(const std::string& argument) {
  if (argument == "HOST") return "host-names";
  if (argument == "EXPR" || argument == "SELECTOR") return "metric-names";
  return argument == "NAME" ? "label-names" : "";
}

std::vector<CompletionFlag> FlagsOf(const CLI::App& app) {
  std::vector<CompletionFlag> flags;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) continue;
    CompletionFlag flag{.help = option->get_description(),
                        .takes_value = option->get_items_expected_max() > 0,
                        .takes_file = option->get_type_name() == kFile,
                        .values = ValuesOf(*option)};
    for (const std::string& name : option->get_snames()) flag.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) flag.names.push_back("--" + name);
    flags.push_back(std::move(flag));
  }
  return flags;
}

}  // namespace

CompletionModel MakeCompletionModel(const CLI::App& app) {
  CompletionModel model{.program = app.get_name(), .flags = FlagsOf(app)};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_group().empty()) continue;
    CompletionCommand added{.name = command->get_name(),
                            .help = command->get_description(),
                            .flags = FlagsOf(*command)};
    for (const CLI::Option* option : command->get_options()) {
      if (!option->get_positional()) continue;
      added.names_command = NamesCommand(option->get_name());
      added.arguments = ValuesOf(*option);
      added.takes_files = option->get_name() == kFile;
    }
    model.commands.push_back(std::move(added));
  }
  return model;
}

std::string CompletionScript(const CLI::App& app, std::string_view shell) {
  const CompletionModel model = MakeCompletionModel(app);
  if (shell == "zsh") return ZshCompletion(model);
  if (shell == "fish") return FishCompletion(model);
  return BashCompletion(model);
}

}  // namespace syspulse
