#include "services/base/option_mistake.h"

#include <CLI/CLI.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

// CLI11 says only that a subcommand is required, of a word that is none too.
std::string CommandMistake(const CLI::App& app) {
  std::string commands;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_group().empty()) continue;
    commands += (commands.empty() ? "" : ", ") + command->get_name();
  }
  const std::vector<std::string> rest = app.remaining();
  if (rest.empty()) return absl::StrFormat("name a command: %s", commands);
  return absl::StrFormat("there is no command '%s'; there are %s", ToUtf8(rest.front()), commands);
}

// CLI11 knows neither the file's name nor that it is one of flags.
std::string ConfigMistake(const CLI::App& app, std::string_view what) {
  constexpr std::string_view kExtra = "INI was not able to parse ";
  constexpr std::string_view kSection = ".++";
  const auto file = app["--config"]->as<std::string>();
  if (!what.starts_with(kExtra)) return absl::StrFormat("%s: %s", file, what);
  std::string_view name = what.substr(kExtra.size());
  if (name.ends_with(kSection)) name.remove_suffix(kSection.size());
  return absl::StrFormat("%s: '%s' is no flag of %s; lines are flag=value", file, ToUtf8(name),
                         app.get_name());
}

// The names in `{a,b}`, as people list them.
std::string Listed(std::string_view names) {
  std::string listed;
  while (!names.empty()) {
    listed += (listed.empty() ? "" : ", ") + std::string(TakeUntil(&names, ','));
  }
  return listed;
}

// `--sort: 1 required TEXT:{a,b} missing`, behind the name.
std::optional<std::string> ValueIsMissing(std::string_view name, std::string_view what) {
  constexpr std::string_view kBegin = "1 required ";
  constexpr std::string_view kEnd = " missing";
  if (!what.starts_with(kBegin) || !what.ends_with(kEnd)) return std::nullopt;
  std::string_view kind = what.substr(kBegin.size());
  kind.remove_suffix(kEnd.size());
  const std::size_t brace = kind.find('{');
  if (brace == kind.npos || !kind.ends_with('}')) {
    return absl::StrFormat("%s takes a value: %s", name, kind);
  }
  return absl::StrFormat("%s takes a value: one of %s", name,
                         Listed(kind.substr(brace + 1, kind.size() - brace - 2)));
}

// `--log-level: loud not in {debug,info}`, behind the name.
std::optional<std::string> NotOneOf(std::string_view name, std::string_view what) {
  constexpr std::string_view kMiddle = " not in {";
  const std::size_t middle = what.rfind(kMiddle);
  if (middle == what.npos || !what.ends_with('}')) return std::nullopt;
  std::string_view names = what.substr(middle + kMiddle.size());
  names.remove_suffix(1);
  return absl::StrFormat("%s: '%s' is none of %s", name, ToUtf8(what.substr(0, middle)),
                         Listed(names));
}

// `--process-top: Value x not in range 0 to 9`, behind the name.
std::optional<std::string> NotInRange(std::string_view name, std::string_view what) {
  constexpr std::string_view kBegin = "Value ";
  constexpr std::string_view kMiddle = " not in range ";
  const std::size_t middle = what.rfind(kMiddle);
  if (middle == what.npos || !what.starts_with(kBegin)) return std::nullopt;
  return absl::StrFormat("%s: '%s' is not a number from %s", name,
                         ToUtf8(what.substr(kBegin.size(), middle - kBegin.size())),
                         what.substr(middle + kMiddle.size()));
}

// `--insecure = maybe`, of a flag that takes no value but true and false.
std::string NotConverted(std::string_view what) {
  constexpr std::string_view kMiddle = " = ";
  const std::size_t middle = what.find(kMiddle);
  const std::string_view name = what.substr(0, middle);
  const std::string_view value = middle == what.npos ? "" : what.substr(middle + kMiddle.size());
  return absl::StrFormat("%s: '%s' is not a value that it takes; a switch takes true or false",
                         name, ToUtf8(value));
}

std::string NotExpected(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
  const std::string first = rest.empty() ? "" : ToUtf8(rest.front());
  const std::string flag = first.starts_with('-') ? first.substr(0, first.find('=')) : "";
  const std::vector<CLI::App*> commands = app.get_subcommands();
  if (commands.empty()) {
    return flag.empty() ? absl::StrFormat("'%s' is not expected here; flags begin with --", first)
                        : absl::StrFormat("there is no flag %s", flag);
  }
  const std::string command = commands.front()->get_name();
  return flag.empty() ? absl::StrFormat("'%s' is more than %s takes", first, command)
                      : absl::StrFormat("%s has no flag %s", command, flag);
}

}  // namespace

std::string MistakeOf(const CLI::App& app, const CLI::Error& error) {
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ConfigError*>(&error) != nullptr) return ConfigMistake(app, text);
  const bool command_is_missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
                                  app.get_require_subcommand_min() > 0 &&
                                  app.get_subcommands().empty();
  if (command_is_missing) return CommandMistake(app);
  if (text.starts_with("The following argument")) return NotExpected(app);
  std::string_view what = text;
  const std::string_view name = TakeUntil(&what, ':');
  what = Trim(what);
  if (name == "Could not convert") return NotConverted(what);
  for (const auto& sentence :
       {ValueIsMissing(name, what), NotOneOf(name, what), NotInRange(name, what)}) {
    if (sentence) return *sentence;
  }
  return text;
}

}  // namespace syspulse
