// Which collectors run and what they take, by node_exporter's flags: who has a command line for it
// has one for this.
//
//   CLI::App app;
//   CollectorFlags flags(&app);
//   ... parse ...
//   flags.Apply(&settings);
#ifndef SERVICES_AGENT_COLLECTOR_OPTIONS_H_
#define SERVICES_AGENT_COLLECTOR_OPTIONS_H_

#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/cli_fwd.h"
#include "services/collect/collector_settings.h"

namespace syspulse {

// The group of flags that work and that --help need not have.
inline constexpr const char* kUnlisted = "Unlisted";

// A flag of CollectorSettings that takes regular expressions; see the table of them.
struct PatternFlags;

// The flags, and what was given until it is applied.
class CollectorFlags {
 public:
  // Adds the flags to `app`, which this must outlive.
  explicit CollectorFlags(CLI::App* app);
  CollectorFlags(const CollectorFlags&) = delete;
  CollectorFlags& operator=(const CollectorFlags&) = delete;

  // Puts what was given into `settings`; the rest of it stays. Throws CLI::ValidationError with a
  // sentence that names the flag if an expression is none, or if two exclude each other.
  void Apply(CollectorSettings* settings) const;

 private:
  struct Pattern {
    const PatternFlags* flags = nullptr;
    std::optional<std::string> include;
    std::optional<std::string> exclude;
  };
  // An expression without which nothing is taken.
  struct OptionalPattern {
    const char* flag = "";
    std::optional<NameFilter> CollectorSettings::*filter = nullptr;
    std::optional<std::string> text;
  };
  struct Switch {
    const CLI::Option* option = nullptr;
    bool on = false;
  };

  void AddCollectors(CLI::App* app);
  void AddPatterns(CLI::App* app);
  void AddOptionalPatterns(CLI::App* app);
  void AddIpvsLabels(CLI::App* app);
  void AddSwitches(CLI::App* app);
  static void AddNoDifference(CLI::App* app);

  std::map<std::string_view, Switch> collectors_;  // by name
  std::list<Pattern> patterns_;
  std::list<std::pair<bool CollectorSettings::*, Switch>> switches_;
  std::list<OptionalPattern> optional_patterns_;
  bool disable_defaults_ = false;
  std::optional<std::vector<std::string>> ipvs_labels_;
  std::vector<std::string> textfile_directories_;
};

// Returns why there is no such flag, as a sentence: of node_exporter's flags there are some that
// have no meaning here. `argument` is what stood on the command line, such as
// `--web.config.file=x`.
std::string WhyUnknown(std::string_view argument);

// Returns the names of the collectors, those that run by default and those that do not, for --help.
std::string CollectorNames();

}  // namespace syspulse

#endif  // SERVICES_AGENT_COLLECTOR_OPTIONS_H_
