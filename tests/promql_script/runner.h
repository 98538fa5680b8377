// Runs scripts and counts.
#ifndef TESTS_PROMQL_SCRIPT_RUNNER_H_
#define TESTS_PROMQL_SCRIPT_RUNNER_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/promql/engine.h"
#include "tests/promql_script/foreign.h"
#include "tests/promql_script/script.h"
#include "tests/testing/memory_series.h"

namespace syspulse::promql {

struct Tally {
  int passed = 0;
  int failed = 0;
  std::map<std::string, int> skipped;  // by reason
};

// Confined to one thread.
class Runner {
 public:
  // `clock` must outlive this.
  Runner(EngineOptions options, const Clock& clock) : engine_(options), clock_(clock) {}

  // Runs a script from nothing loaded, and returns a text for each case that failed, which begins
  // with `name` and the line. A script that is none is one failed case.
  std::vector<std::string> Run(std::string_view name, std::string_view script);

  const Tally& tally() const { return tally_; }

 private:
  void LoadSeries(const Load& load);

  // Return what is wrong; empty if nothing is. Unimplemented, with the reason, if it cannot be
  // asked.
  absl::StatusOr<std::string> Try(const Eval& eval);
  std::string TryInstant(const Eval& eval, const Expr& expr, std::int64_t time_ms, bool as_written);
  std::string TryRange(const Eval& eval, const Expr& expr);
  std::string TryAsRange(const Eval& eval, const Expr& expr, std::int64_t time_ms);
  std::string TryAtOtherTimes(const Eval& eval, const Expr& expr);

  const Engine engine_;
  const Clock& clock_;
  MemorySource source_;
  ForeignSeries foreign_;
  Tally tally_;
};

}  // namespace syspulse::promql

#endif  // TESTS_PROMQL_SCRIPT_RUNNER_H_
