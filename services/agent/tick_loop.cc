#include "services/agent/tick_loop.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace syspulse {
namespace {

constexpr absl::Duration kLongestNap = absl::Seconds(1);  // until a step of civil time is noticed

// Returns the latest multiple of the interval that is not after `now`.
absl::Time LatestMultiple(absl::Time now, absl::Duration interval) {
  return NextMultiple(now, interval) - interval;
}

}  // namespace

TickLoop::TickLoop(const Clock* clock, TickLoopOptions options)
    : clock_(clock),
      options_(std::move(options)),
      started_(clock->Now()),
      pace_{.interval = options_.interval, .own = options_.interval},
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

TickLoop::~TickLoop() {
  thread_.request_stop();
  {
    MutexLock lock(mutex_);
    wake_.request_stop();
  }
  thread_.join();
}

void TickLoop::SetInterval(absl::Duration interval, absl::Duration own) {
  MutexLock lock(mutex_);
  if (interval == pace_.interval && own == pace_.own) return;
  pace_ = {.interval = interval, .own = own};
  wake_.request_stop();
}

absl::Time TickLoop::AfterTick(const Pace& pace, absl::Time last, absl::Time now) {
  const absl::Time own = LatestMultiple(now, pace.own);
  return pace.interval < pace.own && own > last ? own : NextMultiple(now, pace.interval);
}

// The first tick of a new pace.
absl::Time TickLoop::FirstOf(const Pace& pace, absl::Time last, absl::Time now) {
  const absl::Time next = NextMultiple(last, pace.interval);
  if (next >= now) return next;
  const absl::Time own = LatestMultiple(now, pace.own);
  return own > last ? own : LatestMultiple(now, pace.interval);
}

void TickLoop::Run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "sampler");
  Pace pace = {.interval = options_.interval, .own = options_.interval};
  absl::Time last = started_;
  absl::Time deadline = NextMultiple(last, pace.interval);
  while (!stop.stop_requested()) {
    options_.alive();
    std::stop_token wake;
    const absl::Time now = clock_->Now();
    {
      MutexLock lock(mutex_);
      if (wake_.stop_requested() && !stop.stop_requested()) {
        wake_ = std::stop_source();
        pace = pace_;
        deadline = FirstOf(pace, last, now);
      }
      wake = wake_.get_token();
    }
    if (deadline - now > pace.interval)
      deadline = NextMultiple(now, pace.interval);  // it was set back
    if (deadline <= now) {
      options_.tick(deadline);
      last = deadline;
      deadline = AfterTick(pace, last, clock_->Now());
      continue;
    }
    const absl::Duration nap = std::min({deadline - now, options_.alive_interval, kLongestNap});
    clock_->SleepUntil(clock_->Monotonic() + nap, wake);
  }
}

}  // namespace syspulse
