// What all our programs share on their command line.
//
// A flag comes from the command line, else from the environment as SYSPULSE_<FLAG>, else from the
// file of `--env-file`, where it is called the same, else from that of `--config` (lines
// `flag=value`), else from its default; option_sources.h has the whole of it. Flags are declared in
// options.cc, and in files that end so, only.
#ifndef SERVICES_BASE_OPTIONS_H_
#define SERVICES_BASE_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/cli_fwd.h"
#include "services/base/option_sources.h"

namespace syspulse {

// Exit codes of every program.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// Settings of every long-running program.
struct CommonOptions {
  std::string log_level = "info";
  std::string log_format = "text";
  bool print_config = false;

  // What the parse leaves here.
  std::vector<Setting> settings;      // all flags, with where they come from
  std::vector<std::string> warnings;  // sentences for the log

  // Who is told what is wrong, if not standard error: for a program that goes on as it was.
  std::function<void(const std::string&)> complain;
};

// Adds --version, --config, --env-file, --print-config, --log-level and --log-format to `app`.
// `options` must outlive the parse.
void AddCommonOptions(CLI::App* app, CommonOptions* options);

// Sets up the log as the options say, and writes what the parse warned of. InvalidArgument as
// ConfigureLog.
absl::Status BeginLog(const CommonOptions& options);

// Returns what is not the same in two parses of the same program, as of `now`.
std::vector<Setting> ChangedSettings(const CommonOptions& before, const CommonOptions& now);

// Adds a duration such as `1s`, `250ms`, `20m`, `2w` with a default in `*value`. `value` must
// outlive the parse.
CLI::Option* AddDuration(CLI::App* app, const std::string& flag, absl::Duration* value,
                         const std::string& help);

// Adds a whole number from `least` to `most`. `value` must outlive the parse. Without a default in
// the help unless default_str() is called on what it returns.
CLI::Option* AddNumber(CLI::App* app, const std::string& flag, std::int64_t* value,
                       std::int64_t least, std::int64_t most, const std::string& help);

// Returns a sentence on a setting that was read again and has no effect: `held` is what it was.
std::string NeedsRestart(const Setting& setting, std::string_view held);

// Goes on with the log settings of `now`, and logs which of the others changed and need a restart.
void ReloadLog(const CommonOptions& now, CommonOptions* options);

// Has --help name the variables of `app` and its commands. Call it after the flags are added.
void AddEnvironment(CLI::App* app);

// Parses the command line and what option_sources.h adds to it; for the file of --env-file,
// `common` must be the options that AddCommonOptions has. Returns nothing if the program should go
// on, else the code to exit with, after printing help, version, settings, or a sentence on what is
// wrong. Of an option given twice that takes one value, the last counts.
std::optional<int> ParseCommandLine(CLI::App* app, int argc, const char* const* argv,
                                    CommonOptions* common = nullptr);

// Returns a duration of numbers and units: `250ms`, `1.5s`, `1h30m`, `30d`, `2w`, `1y`. Units are
// those of Prometheus, where a year has 365 days, and us and ns. InvalidArgument for anything else,
// and for more than 292 years.
absl::StatusOr<absl::Duration> ParseDuration(std::string_view text);

// Returns a size written like `512`, `64KiB`, `10GiB` in bytes; InvalidArgument for anything else.
absl::StatusOr<std::int64_t> ParseBytes(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_BASE_OPTIONS_H_
