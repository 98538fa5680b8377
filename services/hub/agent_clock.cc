#include "services/hub/agent_clock.h"

#include <algorithm>

namespace syspulse {
namespace {

constexpr absl::Duration kSpan = absl::Seconds(30);

// What is less is an adjustment that nobody notices in samples a second apart.
constexpr absl::Duration kLeastStep = absl::Seconds(1);

// A clock that is being adjusted runs faster or slower by 0.05 % at most; see adjtimex(2).
constexpr double kSlew = 0.0005;

// Returns by how much civil time moved more than the time that passed; nothing if that may be an
// adjustment.
std::optional<absl::Duration> StepOf(absl::Duration civil, absl::Duration passed) {
  const absl::Duration step = civil - passed;
  const absl::Duration least = kLeastStep + absl::AbsDuration(passed) * kSlew;
  if (absl::AbsDuration(step) < least) return std::nullopt;
  return step;
}

}  // namespace

std::optional<absl::Duration> AgentClockWatch::Add(const AgentClock& said, absl::Time now,
                                                   absl::Duration monotonic) {
  std::optional<absl::Duration> step;
  if (last_) {
    step = StepOf(said.time - last_->time, said.since_boot - last_->since_boot);
    const bool ours_stepped = StepOf(now - last_now_, monotonic - last_monotonic_).has_value();
    if (step || ours_stepped) current_ = before_ = std::nullopt;
  }
  last_ = said;
  last_now_ = now;
  last_monotonic_ = monotonic;
  AddSkew(said.time - now, monotonic);
  return step;
}

void AgentClockWatch::AddSkew(absl::Duration skew, absl::Duration monotonic) {
  if (!current_ || monotonic - current_->begin >= kSpan) {
    const bool recent = current_ && monotonic - current_->begin < 2 * kSpan;
    before_ = recent ? current_ : std::nullopt;
    current_ = Span{.begin = monotonic, .largest = skew};
  }
  current_->largest = std::max(current_->largest, skew);
}

void AgentClockWatch::Restart() {
  last_ = std::nullopt;
  current_ = before_ = std::nullopt;
}

std::optional<absl::Duration> AgentClockWatch::skew() const {
  if (!current_) return std::nullopt;
  const absl::Duration largest =
      before_ ? std::max(before_->largest, current_->largest) : current_->largest;
  return absl::Trunc(largest, absl::Milliseconds(1));
}

}  // namespace syspulse
