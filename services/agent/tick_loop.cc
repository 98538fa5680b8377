#include "services/agent/tick_loop.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "services/base/periodic.h"

namespace syspulse {
namespace {

constexpr absl::Duration kLongestNap = absl::Seconds(1);  // until a step of civil time is noticed

// Returns when the first tick of a new interval is due, the last one being that of `last`.
absl::Time FirstOf(absl::Duration interval, absl::Time last, absl::Time now) {
  const absl::Time next = NextMultiple(last, interval);
  if (next >= now) return next;
  return NextMultiple(now, interval) - interval;
}

}  // namespace

TickLoop::TickLoop(const Clock* clock, TickLoopOptions options)
    : clock_(clock),
      options_(std::move(options)),
      started_(clock->Now()),
      interval_(options_.interval),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

TickLoop::~TickLoop() {
  thread_.request_stop();
  {
    MutexLock lock(mutex_);
    wake_.request_stop();
  }
  thread_.join();
}

void TickLoop::SetInterval(absl::Duration interval) {
  MutexLock lock(mutex_);
  if (interval == interval_) return;
  interval_ = interval;
  wake_.request_stop();
}

void TickLoop::Run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "sampler");
  absl::Duration interval = options_.interval;
  absl::Time last = started_;
  absl::Time deadline = NextMultiple(last, interval);
  while (!stop.stop_requested()) {
    options_.alive();
    std::stop_token wake;
    const absl::Time now = clock_->Now();
    {
      MutexLock lock(mutex_);
      if (wake_.stop_requested() && !stop.stop_requested()) {
        wake_ = std::stop_source();
        interval = interval_;
        deadline = FirstOf(interval, last, now);
      }
      wake = wake_.get_token();
    }
    if (deadline - now > interval) deadline = NextMultiple(now, interval);  // it was set back
    if (deadline <= now) {
      options_.tick(deadline);
      last = deadline;
      deadline = NextMultiple(clock_->Now(), interval);
      continue;
    }
    const absl::Duration nap = std::min({deadline - now, options_.alive_interval, kLongestNap});
    clock_->SleepUntil(clock_->Monotonic() + nap, wake);
  }
}

}  // namespace syspulse
