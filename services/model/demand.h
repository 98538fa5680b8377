// What readers want of a host beyond what its agent sends by itself.
#ifndef SERVICES_MODEL_DEMAND_H_
#define SERVICES_MODEL_DEMAND_H_

#include <compare>

#include "absl/time/time.h"

namespace syspulse {

struct Demand {
  bool all_processes = false;       // not only those that use most
  absl::Duration sample_interval;   // between samples; zero: as the agent does by itself
  absl::Duration process_interval;  // between tables of processes; likewise

  std::strong_ordering operator<=>(const Demand&) const = default;
};

}  // namespace syspulse

#endif  // SERVICES_MODEL_DEMAND_H_
