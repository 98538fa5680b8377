#include "services/agent/sample_pace.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace syspulse {
namespace {

// What divides an interval is a whole number of these.
constexpr absl::Duration kGrain = absl::Milliseconds(1);

bool IsMultiple(absl::Duration time, absl::Duration of) {
  return time % of == absl::ZeroDuration();
}

// Returns the shortest time that divides the agent's own interval and is below neither what is
// wanted, zero for nothing, nor the limit.
absl::Duration Paced(absl::Duration wanted, const PaceLimits& limits) {
  if (wanted <= absl::ZeroDuration()) return limits.interval;
  absl::Duration rest;
  std::int64_t parts = absl::IDivDuration(limits.interval, std::max(wanted, limits.least), &rest);
  for (; parts > 1; --parts) {
    const absl::Duration part = limits.interval / parts;
    if (part * parts == limits.interval && IsMultiple(part, kGrain)) return part;
  }
  return limits.interval;
}

}  // namespace

SamplePace::SamplePace(PaceLimits limits) : limits_(limits), interval_(limits.interval) {}

void SamplePace::SetLimits(PaceLimits limits) {
  MutexLock lock(mutex_);
  limits_ = limits;
  ChangeLocked();
}

void SamplePace::SetDemand(const Demand& demand) {
  MutexLock lock(mutex_);
  demand_ = demand;
  ChangeLocked();
}

void SamplePace::ChangeLocked() {
  interval_ =
      std::min(Paced(demand_.sample_interval, limits_), Paced(demand_.process_interval, limits_));
  if (follower_ != nullptr) follower_(interval_, limits_.interval);
}

absl::Duration SamplePace::interval() const {
  MutexLock lock(mutex_);
  return interval_;
}

TickPurpose SamplePace::PurposeOf(absl::Time deadline) const {
  MutexLock lock(mutex_);
  const bool processes = demand_.process_interval > absl::ZeroDuration();
  return {.own = IsMultiple(deadline - absl::UnixEpoch(), limits_.interval),
          .system = demand_.sample_interval > absl::ZeroDuration(),
          .processes = processes,
          .all_processes = demand_.all_processes,
          .process_interval = processes ? interval_ : limits_.interval};
}

void SamplePace::Follow(Follower follower) {
  MutexLock lock(mutex_);
  follower_ = std::move(follower);
  if (follower_ != nullptr) follower_(interval_, limits_.interval);
}

}  // namespace syspulse
