// What one query may cost, what it has cost so far, and whether anybody still waits for it.
//
// The engine and the source of series ask `Check()` between pieces of work, so a query whose caller
// went away, or whose time is up, ends within milliseconds.
#ifndef SERVICES_PROMQL_QUERY_CONTEXT_H_
#define SERVICES_PROMQL_QUERY_CONTEXT_H_

#include <cstdint>
#include <stop_token>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/clock.h"

namespace syspulse::promql {

struct QueryLimits {
  // Samples held in memory at once: 50 million are 400 MB, what Prometheus allows too.
  std::int64_t samples = 50'000'000;
  std::int64_t series_read = 1'000'000;  // ten times the hosts we are sized for
  std::int64_t steps = 11'000;           // more than a screen has pixels; Prometheus' limit
  absl::Duration time = absl::Minutes(2);
};

// Confined to the thread that evaluates the query, but for Check(), which any thread may call; the
// stop token is triggered by others.
class QueryContext {
 public:
  // `clock` must outlive this. Time counts from now on.
  QueryContext(QueryLimits limits, const Clock& clock, std::stop_token stop);

  const QueryLimits& limits() const { return limits_; }

  // Returns Cancelled once the caller is gone, DeadlineExceeded once the time is up.
  absl::Status Check() const;

  // Counts one more series, of so many samples, that was read. ResourceExhausted if the query has
  // read too many series.
  absl::Status CountRead(std::int64_t samples);

  // Counts samples that are held from now on. ResourceExhausted if they are too many; they count
  // nevertheless.
  absl::Status Hold(std::int64_t samples);

  // Counts samples that are held no longer.
  void Release(std::int64_t samples) { samples_held_ -= samples; }

  std::int64_t series_read() const { return series_read_; }
  std::int64_t samples_read() const { return samples_read_; }
  std::int64_t most_samples_held() const { return most_samples_held_; }

 private:
  const QueryLimits limits_;
  const Clock& clock_;
  const std::stop_token stop_;
  const absl::Duration deadline_;  // by Clock::Monotonic()
  std::int64_t series_read_ = 0;
  std::int64_t samples_read_ = 0;
  std::int64_t samples_held_ = 0;
  std::int64_t most_samples_held_ = 0;
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_QUERY_CONTEXT_H_
