#include "services/base/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/help_formatter.h"
#include "services/base/log.h"
#include "services/base/option_mistake.h"
#include "services/base/option_sources.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/base/version.h"

namespace syspulse {

namespace {

constexpr std::uintmax_t kLargestConfig = 1 << 20;  // a file with every flag has a few kilobytes

// Returns what is wrong with a file that flags are to be read from, nothing if it will do.
std::string CheckConfigFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return absl::StrFormat("%s is not a file", path);
  }
  if (std::filesystem::file_size(path, error) > kLargestConfig) {
    return absl::StrFormat("%s is larger than %d KiB", path, kLargestConfig >> 10);
  }
  return "";
}

// Where nothing else is said: beside those of other programs.
std::string StandardFile(const CLI::App& app) {
  std::string name = app.get_name();
  if (name.starts_with("syspulse-")) name.erase(0, std::string_view("syspulse-").size());
  return "/etc/syspulse/" + name + ".env";
}

}  // namespace

void AddCommonOptions(CLI::App* app, CommonOptions* options) {
  app->set_version_flag("--version", std::string(app->get_name()) + " " + kVersion);
  app->set_config("--config", "", "Read flags from this file, lines of flag=value")
      ->type_name("FILE")
      ->check(CheckConfigFile);
  // Dots are part of names such as collector.cpu; no name has a line feed.
  app->get_config_formatter_base()->parentSeparator('\n');
  app->allow_config_extras(CLI::config_extras_mode::error);
  app->add_option("--env-file",
                  "Read flags from this file too, lines of VARIABLE=value as systemd "
                  "takes them; empty for none [SYSPULSE_ENV_FILE]")
      ->type_name("FILE")
      ->default_str(StandardFile(*app))
      ->configurable(false);
  app->add_flag("--print-config", options->print_config,
                "Print each flag's value and where it comes from, and end")
      ->configurable(false);
  app->add_option("--log-level", options->log_level, "The least that is logged")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app->add_option("--log-format", options->log_format, "How a line of the log is written")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

absl::Status BeginLog(const CommonOptions& options) {
  RETURN_IF_ERROR(ConfigureLog(options.log_level, options.log_format));
  for (const std::string& warning : options.warnings) LogWarning("%s", warning);
  return absl::OkStatus();
}

std::vector<Setting> ChangedSettings(const CommonOptions& before, const CommonOptions& now) {
  std::vector<Setting> changed;
  for (const Setting& setting : now.settings) {
    const auto old = std::ranges::find(before.settings, setting.flag, &Setting::flag);
    if (old == before.settings.end() || old->value != setting.value) changed.push_back(setting);
  }
  return changed;
}

void ReloadLog(const CommonOptions& now, CommonOptions* options) {
  for (const Setting& setting : ChangedSettings(*options, now)) {
    const auto held = std::ranges::find(options->settings, setting.flag, &Setting::flag);
    if (setting.flag.starts_with("--log")) {
      *held = setting;
    } else {
      LogWarning("%s", NeedsRestart(setting, held->value));
    }
  }
  options->log_level = now.log_level;
  options->log_format = now.log_format;
  options->warnings = now.warnings;
  if (const absl::Status status = BeginLog(*options); !status.ok()) {
    LogError("%s", std::string(status.message()));
  }
  LogInfo("reloaded: log level %s", options->log_level);
}

std::string NeedsRestart(const Setting& setting, std::string_view held) {
  const bool secret = IsSecret(setting.flag);
  return absl::StrFormat("%s is '%s' now, and stays '%s' until a restart", setting.flag,
                         secret ? "***" : setting.value, secret ? "***" : held);
}

CLI::Option* AddDuration(CLI::App* app, const std::string& flag, absl::Duration* value,
                         const std::string& help) {
  return app
      ->add_option_function<std::string>(
          flag,
          [flag, value](const std::string& text) {
            const auto duration = ParseDuration(text);
            if (!duration.ok()) {
              throw CLI::ValidationError(flag, std::string(duration.status().message()));
            }
            *value = *duration;
          },
          help)
      ->type_name("DURATION")
      ->default_str(absl::FormatDuration(*value));
}

void AddEnvironment(CLI::App* app) {
  app->formatter(std::make_shared<HelpFormatter>());
  for (CLI::App* command : app->get_subcommands(nullptr)) AddEnvironment(command);
}

CLI::Option* AddNumber(CLI::App* app, const std::string& flag, std::int64_t* value,
                       std::int64_t least, std::int64_t most, const std::string& help) {
  return app
      ->add_option_function<std::string>(
          flag,
          [=](const std::string& text) {
            const auto number = ParseNumber<std::int64_t>(text);
            if (!number || *number < least || *number > most) {
              throw CLI::ValidationError(
                  flag,
                  absl::StrFormat("'%s' is not a whole number from %d to %d", text, least, most));
            }
            *value = *number;
          },
          help)
      ->type_name("NUMBER");
}

namespace {

// Of an option that takes one value the last one given counts, so that an alias can be overruled.
void LetTheLastWin(CLI::App* app) {
  for (CLI::Option* option : app->get_options()) {
    if (option->get_expected_max() == 1) {
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
  for (CLI::App* command : app->get_subcommands(nullptr)) LetTheLastWin(command);
}

// Last first, as CLI11 wants them. To CLI11 `--flag=` has no value and takes the next argument.
std::vector<std::string> ForParser(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed;
  for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) {
    if (argument->starts_with("--") && argument->find('=') == argument->size() - 1) {
      reversed.emplace_back();
      reversed.push_back(argument->substr(0, argument->size() - 1));
    } else {
      reversed.push_back(*argument);
    }
  }
  return reversed;
}

int Complain(const CLI::App& app, const CommonOptions* common, const std::string& sentence) {
  if (common != nullptr && common->complain) {
    common->complain(sentence);
  } else {
    std::cerr << app.get_name() << ": " << sentence << "\nTry '" << app.get_name() << " --help'.\n";
  }
  return kExitUsage;
}

}  // namespace

std::optional<int> ParseCommandLine(CLI::App* app, int argc, const char* const* argv,
                                    CommonOptions* common) {
  LetTheLastWin(app);
  OptionSources sources(app, std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  const absl::Status file = sources.ReadFile(StandardFile(*app));
  try {
    app->parse(ForParser(sources.Complete()));
  } catch (const CLI::Success& success) {  // --help, --version
    return app->exit(success);
  } catch (const CLI::Error& error) {
    const std::string sentence = MistakeOf(*app, error);
    const std::string place = sources.PlaceOf(sentence);
    return Complain(*app, common, place.empty() ? sentence : place + ": " + sentence);
  }
  if (!file.ok()) {
    return Complain(*app, common, absl::StrFormat("%s (--env-file)", std::string(file.message())));
  }
  if (common == nullptr) return std::nullopt;
  common->settings = sources.Settings();
  common->warnings = sources.Warnings();
  if (!common->print_config) return std::nullopt;
  for (const std::string& warning : common->warnings) std::cerr << warning << "\n";
  std::cout << FileOf(common->settings) << std::flush;
  return kExitOk;
}

namespace {

// As Prometheus has them; a year has 365 days.
constexpr std::array<std::pair<std::string_view, absl::Duration>, 9> kTimeUnits = {
    {{"y", absl::Hours(365 * 24)},
     {"w", absl::Hours(7 * 24)},
     {"d", absl::Hours(24)},
     {"h", absl::Hours(1)},
     {"m", absl::Minutes(1)},
     {"s", absl::Seconds(1)},
     {"ms", absl::Milliseconds(1)},
     {"us", absl::Microseconds(1)},
     {"ns", absl::Nanoseconds(1)}}};

// What 64 bits of nanoseconds hold.
constexpr absl::Duration kLongestDuration = absl::Hours(292 * 365 * 24);

// Takes a number and its unit off `*rest`, `1.5h`.
std::optional<absl::Duration> TakeDuration(std::string_view* rest) {
  const std::size_t digits = std::min(rest->find_first_not_of("0123456789."), rest->size());
  const auto number = ParseNumber<double>(rest->substr(0, digits));
  rest->remove_prefix(digits);
  const std::size_t letters = std::min(rest->find_first_of("0123456789."), rest->size());
  const std::string_view name = rest->substr(0, letters);
  rest->remove_prefix(letters);
  const auto* const unit =
      std::ranges::find(kTimeUnits, name, &std::pair<std::string_view, absl::Duration>::first);
  if (!number || unit == kTimeUnits.end()) return std::nullopt;
  return *number * unit->second;
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDuration(std::string_view text) {
  const auto error = [&] {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is not a duration; write 500ms, 1s, 20m, 1h30m, 30d, 2w or 1y", text));
  };
  if (text == "0") return absl::ZeroDuration();
  absl::Duration sum;
  std::string_view rest = text;
  do {
    const auto part = TakeDuration(&rest);
    if (!part) return error();
    sum += *part;
  } while (!rest.empty());
  if (sum > kLongestDuration) return error();
  return sum;
}

absl::StatusOr<std::int64_t> ParseBytes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int>, 5> kUnits = {
      {{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}, {"B", 0}}};
  std::string_view digits = text;
  int shift = 0;
  for (const auto& [unit, bits] : kUnits) {
    if (text.ends_with(unit)) {
      digits.remove_suffix(unit.size());
      shift = bits;
      break;
    }
  }
  const auto number = ParseNumber<std::int64_t>(digits);
  if (!number || *number < 0 || *number > (INT64_MAX >> shift)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a size; write 512, 64KiB, 100MiB or 10GiB", text));
  }
  return *number << shift;
}

}  // namespace syspulse
