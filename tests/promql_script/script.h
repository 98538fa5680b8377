// A script in the format of Prometheus' promqltest: what it loads, asks, and expects.
//
// The format is described in promql/promqltest/README.md of Prometheus. What SysPulse's PromQL does
// not have (native histograms, syntax newer than 2.42) is told apart from what is malformed, so
// that the cases that need it can be counted instead of failing.
#ifndef TESTS_PROMQL_SCRIPT_SCRIPT_H_
#define TESTS_PROMQL_SCRIPT_SCRIPT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "services/promql/series_source.h"
#include "tests/promql_script/series_line.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace syspulse::promql {

// Forget all samples.
struct Clear {};

// Add samples.
struct Load {
  std::int64_t step_ms = 0;  // between samples, the first of which is at time 0
  std::vector<SeriesLine> series;
  // Histograms of classic buckets also become native ones, whose series these would be.
  bool also_native = false;
};

// What an error or annotation has to say.
struct Expected {
  std::string text;                       // all of it; of no meaning if there is a `regex`
  std::shared_ptr<const re2::RE2> regex;  // matches some of it

  bool Matches(std::string_view said) const;
};

// Ask, and compare.
struct Eval {
  std::string expr;
  TimeRange range;           // both ends alike for an instant query
  std::int64_t step_ms = 0;  // of a range query, or between the expected samples of a range vector
  bool is_range = false;

  bool fails = false;
  bool ordered = false;
  bool wants_warning = false;  // of any kind
  bool wants_info = false;
  bool wants_no_warning = false;
  bool wants_no_info = false;
  std::vector<Expected> errors;
  std::vector<Expected> warnings;
  std::vector<Expected> infos;

  std::optional<double> scalar;
  std::optional<std::string> string;
  std::vector<SeriesLine> series;  // if neither scalar nor string
  bool is_range_vector = false;    // an instant query that answers samples over `range`
  std::string foreign;             // why SysPulse cannot be asked; empty if it can
};

struct Command {
  std::size_t line = 0;  // of the file, from 1 on
  std::variant<Clear, Load, Eval> action;
};

// Returns the commands of a script. InvalidArgument, with the line, if it is none.
absl::StatusOr<std::vector<Command>> ParseScript(std::string_view text);

}  // namespace syspulse::promql

#endif  // TESTS_PROMQL_SCRIPT_SCRIPT_H_
