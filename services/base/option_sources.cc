#include "services/base/option_sources.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::string_view kPrefix = "SYSPULSE_";
constexpr const char* kFileFlag = "--env-file";

std::string Upper(std::string_view name) {
  std::string upper;
  for (const char c : name) {
    upper += c == '-' || c == '.' ? '_' : static_cast<char>(std::toupper(c));
  }
  return upper;
}

// The names that say it, not those that say the opposite.
std::vector<std::string> NamesOf(const CLI::Option& option) {
  std::vector<std::string> names;
  if (!option.get_configurable()) return names;
  for (const std::string& name : option.get_lnames()) {
    if (!option.check_fname(name)) names.push_back(name);
  }
  // `--no-x` alone, which says the opposite of something that is not there.
  if (names.empty() && !option.get_lnames().empty()) names.push_back(option.get_lnames().front());
  return names;
}

// "SYSPULSE_", or "SYSPULSE_QUERY_" for a command.
std::string PrefixOf(const CLI::App& app) {
  if (app.get_parent() == nullptr) return std::string(kPrefix);
  return std::string(kPrefix) + Upper(app.get_name()) + "_";
}

bool IsList(const CLI::Option& option) {
  return option.get_type_size() != 0 && option.get_expected_max() > 1;
}

std::optional<std::string> InEnvironment(const std::string& variable) {
  const char* const value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

// Whether `sentence` names this flag, and no longer one.
bool Names(std::string_view sentence, std::string_view flag) {
  const std::size_t at = sentence.find(flag);
  if (at == std::string_view::npos) return false;
  const std::size_t end = at + flag.size();
  return end == sentence.size() || (std::isalnum(static_cast<unsigned char>(sentence[end])) == 0 &&
                                    sentence[end] != '-' && sentence[end] != '.');
}

std::string Listed(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ",") + value;
  return list;
}

}  // namespace

std::string VariableOf(const CLI::App& app, const CLI::Option& option) {
  const std::vector<std::string> names = NamesOf(option);
  return names.empty() ? "" : PrefixOf(app) + Upper(names.front());
}

bool IsSecret(std::string_view flag) {
  const auto has = [&](std::string_view word) { return flag.find(word) != std::string_view::npos; };
  return (has("token") || has("password") || has("secret")) && !flag.ends_with("-file");
}

std::string FileOf(const std::vector<Setting>& settings) {
  std::string file;
  for (const Setting& setting : settings) {
    const bool secret = IsSecret(setting.flag) && !setting.value.empty();
    const bool is_default = setting.origin.empty();
    file += absl::StrFormat("# %s, %s\n%s%s=%s\n", setting.flag,
                            is_default ? "by default" : "from " + setting.origin,
                            secret || is_default ? "#" : "", setting.variable,
                            secret ? "***" : QuotedForEnvFile(setting.value));
  }
  return file;
}

OptionSources::OptionSources(CLI::App* app, std::vector<std::string> arguments)
    : app_(app), arguments_(std::move(arguments)) {
  FindGiven();
}

// As the parser will: an option takes what stands behind its = or else, if it wants a value, the
// next argument, whatever that looks like.
void OptionSources::FindGiven() {
  CLI::App* scope = app_;
  const auto find = [&](const std::string& name) {
    const CLI::Option* option = scope->get_option_no_throw(name);
    return option != nullptr || scope == app_ ? option : app_->get_option_no_throw(name);
  };
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    const std::string& argument = arguments_[i];
    if (argument == "--") return;
    if (!argument.starts_with('-') || argument == "-") {
      const auto commands = app_->get_subcommands(
          [&](const CLI::App* candidate) { return candidate->get_name() == argument; });
      if (scope != app_ || commands.empty()) continue;
      command_ = scope = commands.front();
      command_end_ = i + 1;
      continue;
    }
    const bool is_long = argument.starts_with("--");
    const std::size_t end = is_long ? std::min(argument.find('='), argument.size()) : 2;
    const CLI::Option* const option = find(argument.substr(0, end));
    if (option == nullptr) continue;
    std::string value = argument.substr(std::min(end + (is_long ? 1 : 0), argument.size()));
    if (end == argument.size() && option->get_items_expected_min() > 0 &&
        i + 1 < arguments_.size()) {
      value = arguments_[++i];
    }
    given_[option] = std::move(value);
  }
}

absl::Status OptionSources::ReadFile(const std::string& standard) {
  const CLI::Option* const flag = app_->get_option_no_throw(kFileFlag);
  if (flag == nullptr) return absl::OkStatus();
  std::error_code error;
  if (const auto named = given_.find(flag); named != given_.end()) {
    file_path_ = named->second;
  } else if (const auto variable =
                 FindIn({Upper(app_->get_name()) + "_ENV_FILE", std::string(kPrefix) + "ENV_FILE"},
                        /*in_file=*/false)) {
    file_path_ = variable->value;
  } else if (std::filesystem::exists(standard, error) || error) {
    file_path_ = standard;  // if nobody may look whether it exists, that is said
  }
  if (file_path_.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(file_, ReadEnvFile(file_path_));
  return absl::OkStatus();
}

std::vector<std::string> OptionSources::VariablesOf(const CLI::App& app,
                                                    const CLI::Option& option) const {
  std::vector<std::string> variables;
  const std::vector<std::string> names = NamesOf(option);
  if (&app == app_) {
    for (const std::string& name : names) {
      variables.push_back(Upper(app_->get_name()) + "_" + Upper(name));
    }
  }
  for (const std::string& name : names) variables.push_back(PrefixOf(app) + Upper(name));
  return variables;
}

std::optional<OptionSources::Found> OptionSources::FindIn(const std::vector<std::string>& variables,
                                                          bool in_file) const {
  for (const std::string& variable : variables) {
    if (!in_file) {
      if (auto value = InEnvironment(variable)) return Found{variable, *value, "the environment"};
      continue;
    }
    const auto line =
        std::find_if(file_.variables.rbegin(), file_.variables.rend(),
                     [&](const auto& candidate) { return candidate.name == variable; });
    if (line == file_.variables.rend()) continue;
    return Found{variable, line->value, absl::StrFormat("%s:%d", file_path_, line->line)};
  }
  return std::nullopt;
}

std::optional<OptionSources::Found> OptionSources::Find(const CLI::App& app,
                                                        const CLI::Option& option) const {
  const std::vector<std::string> variables = VariablesOf(app, option);
  auto found = FindIn(variables, /*in_file=*/false);
  return found ? found : FindIn(variables, /*in_file=*/true);
}

void OptionSources::AddFound(const CLI::App& app, std::vector<std::string>* added) {
  std::set<std::string> taken;  // an alias that is an option of its own leaves it to the first
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = VariableOf(app, *option);
    if (name.empty() || !taken.insert(name).second || given_.contains(option)) continue;
    const auto found = Find(app, *option);
    if (!found) continue;
    found_[option] = *found;
    const std::string flag = "--" + NamesOf(*option).front();
    const auto values =
        IsList(*option) ? Split(found->value, ',') : std::vector<std::string_view>{found->value};
    for (const std::string_view value : values) {
      added->push_back(absl::StrFormat("%s=%s", flag, IsList(*option) ? Trim(value) : value));
    }
  }
}

std::vector<std::string> OptionSources::Complete() {
  std::vector<std::string> complete;
  AddFound(*app_, &complete);
  const auto behind = arguments_.begin() + static_cast<std::ptrdiff_t>(command_end_);
  complete.insert(complete.end(), arguments_.begin(), behind);
  if (command_ != nullptr) AddFound(*command_, &complete);
  complete.insert(complete.end(), behind, arguments_.end());
  return complete;
}

std::string OptionSources::PlaceOf(std::string_view sentence) const {
  for (const auto& [option, found] : found_) {
    for (const std::string& name : option->get_lnames()) {
      if (!Names(sentence, "--" + name)) continue;
      if (found.origin == "the environment") return found.variable;
      return absl::StrFormat("%s: %s", found.origin, found.variable);
    }
  }
  return "";
}

std::vector<Setting> OptionSources::Settings() const {
  std::vector<Setting> settings;
  std::set<std::string> taken;
  for (const CLI::Option* option : app_->get_options()) {
    const std::string variable = VariableOf(*app_, *option);
    const bool is_default = option->count() == 0;
    if (variable.empty() || !taken.insert(variable).second) continue;
    Setting setting{.flag = "--" + NamesOf(*option).front(), .variable = variable};
    if (is_default) {
      setting.value = option->get_default_str();
    } else {
      setting.value = IsList(*option) ? Listed(option->results()) : option->results().back();
      const auto found = found_.find(option);
      setting.origin = given_.contains(option) ? "the command line"
                       : found != found_.end() ? found->second.origin
                                               : "the file of --config";
    }
    settings.push_back(std::move(setting));
  }
  return settings;
}

std::vector<std::string> OptionSources::Warnings() const {
  std::set<std::string> known = {Upper(app_->get_name()) + "_ENV_FILE", "SYSPULSE_ENV_FILE"};
  for (const CLI::Option* option : app_->get_options()) {
    for (std::string& variable : VariablesOf(*app_, *option)) known.insert(std::move(variable));
  }
  std::vector<std::string> warnings;
  if (file_.others_may_write) {
    warnings.push_back(absl::StrFormat(
        "others may write %s, and so say what this program does; run chmod o-w on it", file_path_));
  }
  for (const EnvVariable& variable : file_.variables) {
    if (!known.insert(variable.name).second) continue;
    warnings.push_back(absl::StrFormat("%s:%d: %s is no variable of %s; its --help lists them",
                                       file_path_, variable.line, variable.name, app_->get_name()));
  }
  // One that names this program is for nobody else; others may be for those beside it.
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    std::string_view rest = *variable;
    const std::string name(TakeUntil(&rest, '='));
    if (!name.starts_with(Upper(app_->get_name()) + "_") || !known.insert(name).second) continue;
    warnings.push_back(
        absl::StrFormat("%s, in the environment, is no variable of %s", name, app_->get_name()));
  }
  return warnings;
}

}  // namespace syspulse
