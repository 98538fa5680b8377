// Where the values of flags come from.
//
// What the command line says counts, else a variable of the environment, else one of the file of
// --env-file, else the file of --config, else the default. The variable of `--spool-dir` is
// SYSPULSE_SPOOL_DIR, for every program that has such a flag; SYSPULSE_AGENT_SPOOL_DIR is for
// syspulse-agent only, and goes before it within the environment and within the file. So
// SYSPULSED_INSECURE opens the service and not the agents beside it. A flag of a command has the
// command in its variable, SYSPULSE_QUERY_OUTPUT. A flag that may be given many times takes all its
// values from one variable, with commas between them.
//
// In the environment an empty variable is as good as none; in a file it is an empty value.
#ifndef SERVICES_BASE_OPTION_SOURCES_H_
#define SERVICES_BASE_OPTION_SOURCES_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/base/cli_fwd.h"
#include "services/base/env_file.h"

namespace syspulse {

// The value of a flag and who gave it.
struct Setting {
  std::string flag;      // "--interval"
  std::string variable;  // "SYSPULSE_INTERVAL"
  std::string value;     // as text; several with commas between them
  std::string origin;    // "the command line", "/etc/syspulse/agent.env:3"; empty: the default

  bool operator==(const Setting&) const = default;
};

// Returns the variable of an option of `app`, for all programs that have it; empty if it has none.
std::string VariableOf(const CLI::App& app, const CLI::Option& option);

// Returns settings as a file for --env-file that would give them again. What is a secret is
// replaced by ***, and is a comment.
std::string FileOf(const std::vector<Setting>& settings);

// Returns whether the value of a flag of this name must not be shown.
bool IsSecret(std::string_view flag);

// Confined to one thread, and to one parse.
class OptionSources {
 public:
  // `arguments` is the command line without the program's name. `app`, which has all its options,
  // must outlive this.
  OptionSources(CLI::App* app, std::vector<std::string> arguments);

  // Reads the file of --env-file, which the command line or SYSPULSE_ENV_FILE names; where neither
  // does, `standard` if it exists. InvalidArgument, or the errors of ReadEnvFile.
  absl::Status ReadFile(const std::string& standard);

  // Returns the command line with what environment and file add to it.
  std::vector<std::string> Complete();

  // Returns where the option that `sentence` is about was set, and how: `FILE:3: SYSPULSE_INTERVAL`
  // or `SYSPULSE_INTERVAL`. Empty if it was on the command line, or if none is named.
  std::string PlaceOf(std::string_view sentence) const;

  // Returns all flags of the program with their values. Call it after the parse.
  std::vector<Setting> Settings() const;

  // Returns sentences on variables that nothing reads, and on a file that others may write.
  std::vector<std::string> Warnings() const;

 private:
  struct Found {
    std::string variable;
    std::string value;
    std::string origin;
  };

  void FindGiven();
  std::optional<Found> Find(const CLI::App& app, const CLI::Option& option) const;
  std::optional<Found> FindIn(const std::vector<std::string>& variables, bool in_file) const;
  std::vector<std::string> VariablesOf(const CLI::App& app, const CLI::Option& option) const;
  void AddFound(const CLI::App& app, std::vector<std::string>* added);

  CLI::App* const app_;
  const std::vector<std::string> arguments_;
  const CLI::App* command_ = nullptr;                // that was given, null if none was
  std::size_t command_end_ = 0;                      // behind it in `arguments_`
  std::map<const CLI::Option*, std::string> given_;  // on the command line, with its last value
  std::map<const CLI::Option*, Found> found_;        // elsewhere
  std::string file_path_;
  EnvFile file_;
};

}  // namespace syspulse

#endif  // SERVICES_BASE_OPTION_SOURCES_H_
