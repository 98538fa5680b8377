// Runs queries over series that a test gives in a line each, and says what came out in a line each.
#ifndef TESTS_SERVICES_PROMQL_QUERY_RUNNER_H_
#define TESTS_SERVICES_PROMQL_QUERY_RUNNER_H_

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/promql/engine.h"
#include "services/promql/values.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/memory_series.h"

namespace syspulse::promql {

class QueryRunner {
 public:
  // Samples of one series, from `start_ms` on every `step_ms`; `_` stands for none and `stale` for
  // the marker: Load(R"(x{a="1"})", "1 2 _ stale 5"), every ten seconds from 0 on.
  void Load(std::string_view selector, std::string_view values, std::int64_t start_ms = 0,
            std::int64_t step_ms = 10'000);

  // Returns the answer as lines: `labels value` of a vector in its order, `labels value@seconds …`
  // of a matrix, or the error's text.
  std::string At(std::string_view query, double seconds);
  std::string Over(std::string_view query, double start, double end, double step);

  absl::StatusOr<Answer> Instant(std::string_view query, std::int64_t time_ms);
  absl::StatusOr<Answer> Range(std::string_view query, TimeRange range, std::int64_t step_ms);

  QueryLimits& limits() { return limits_; }
  EngineOptions& options() { return options_; }
  MemorySource& source() { return source_; }
  FakeClock& clock() { return clock_; }
  std::stop_source& stop() { return stop_; }

 private:
  MemorySource source_;
  QueryLimits limits_;
  EngineOptions options_;
  FakeClock clock_;
  std::stop_source stop_;
};

}  // namespace syspulse::promql

#endif  // TESTS_SERVICES_PROMQL_QUERY_RUNNER_H_
