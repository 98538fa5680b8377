// What in a script is not SysPulse's: cases that need it are counted apart instead of failing.
#ifndef TESTS_PROMQL_SCRIPT_FOREIGN_H_
#define TESTS_PROMQL_SCRIPT_FOREIGN_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/promql/ast.h"
#include "services/promql/labels.h"
#include "tests/promql_script/script.h"

namespace syspulse::promql {

inline constexpr std::string_view kNativeHistogram = "native histogram";
inline constexpr std::string_view kNewerSyntax = "newer syntax";
inline constexpr std::string_view kNewerFunction = "newer or experimental function";
inline constexpr std::string_view kNewerLabels = "type and unit labels";

// Returns what of Prometheus after 2.42 an expression uses that the parser refused with this error;
// empty if it is plain wrong.
std::string_view ForeignSyntax(std::string_view expr, std::string_view error);

// Returns why calls in an expression that was parsed cannot be asked; empty if they can.
std::string_view ForeignCalls(const Expr& expr);

// The series that were loaded but that SysPulse cannot have.
class ForeignSeries {
 public:
  // Notes those that `load` brings.
  void Add(const Load& load);
  void Clear() { series_.clear(); }

  // Returns why `expr` cannot be asked: the reason of a series that it selects. Empty if it can.
  std::string WhatSelects(const Expr& expr) const;

 private:
  struct Series {
    Labels labels;
    std::string reason;
  };

  std::vector<Series> series_;
};

}  // namespace syspulse::promql

#endif  // TESTS_PROMQL_SCRIPT_FOREIGN_H_
