// What may differ between installations in how queries are evaluated.
#ifndef SERVICES_PROMQL_ENGINE_OPTIONS_H_
#define SERVICES_PROMQL_ENGINE_OPTIONS_H_

#include <cstdint>

namespace syspulse::promql {

struct EngineOptions {
  // How old the newest sample of a series may be and still be its value.
  std::int64_t lookback_ms = 5 * 60 * 1000;
  // The step of `x[1h:]`.
  std::int64_t subquery_step_ms = 60 * 1000;
  // Ranges and lookback leave out their earlier end, as from Prometheus 3 on.
  bool left_open = false;
  // What later versions corrected is as they have it: atan2 drops the metric's name; the variance
  // of a single value that is not finite is NaN, not 0; rate() goes at most half a step beyond a
  // first sample that is far from the start, even if its counter was zero later; topk(NaN) is told
  // what is wrong; and what matches twice does so even if a comparison then filters it.
  bool later_corrections = false;
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_ENGINE_OPTIONS_H_
