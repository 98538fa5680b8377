// What all our programs share on their command line.
//
// A flag comes from the command line, else from the environment as SYSPULSE_<FLAG>, else from the
// file of `--config` (lines `flag=value`), else from its default. Flags are declared in
// options.cc, and in files that end so, only.
#ifndef SERVICES_BASE_OPTIONS_H_
#define SERVICES_BASE_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syspulse {

// Exit codes of every program.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// Settings of every long-running program.
struct CommonOptions {
  std::string log_level = "info";
  std::string log_format = "text";
};

// Adds --version, --config, --log-level and --log-format to `app`. `options` must outlive the
// parse.
void AddCommonOptions(CLI::App* app, CommonOptions* options);

// Adds a duration such as `1s`, `250ms`, `20m`, `2w` with a default in `*value`. `value` must
// outlive the parse.
CLI::Option* AddDuration(CLI::App* app, const std::string& flag, absl::Duration* value,
                         const std::string& help);

// Adds a whole number from `least` to `most`. `value` must outlive the parse. Without a default in
// the help unless default_str() is called on what it returns.
CLI::Option* AddNumber(CLI::App* app, const std::string& flag, std::int64_t* value,
                       std::int64_t least, std::int64_t most, const std::string& help);

// Lets every flag of `app` also come from SYSPULSE_<FLAG>, by the first of its names that is set.
// Call it after the flags are added.
void AddEnvironment(CLI::App* app);

// Parses the command line. Returns nothing if the program should go on, else the code to exit with,
// after printing help, version, or a sentence on what is wrong. Of an option given twice that takes
// one value, the last counts.
std::optional<int> ParseCommandLine(CLI::App* app, int argc, const char* const* argv);

// Returns a duration of numbers and units: `250ms`, `1.5s`, `1h30m`, `30d`, `2w`, `1y`. Units are
// those of Prometheus, where a year has 365 days, and us and ns. InvalidArgument for anything else,
// and for more than 292 years.
absl::StatusOr<absl::Duration> ParseDuration(std::string_view text);

// Returns a size written like `512`, `64KiB`, `10GiB` in bytes; InvalidArgument for anything else.
absl::StatusOr<std::int64_t> ParseBytes(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_BASE_OPTIONS_H_
