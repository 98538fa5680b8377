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
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_ENGINE_OPTIONS_H_
