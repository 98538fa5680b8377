// A clock that stands still until a test moves it.
#ifndef TESTS_TESTING_FAKE_CLOCK_H_
#define TESTS_TESTING_FAKE_CLOCK_H_

#include <condition_variable>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"

namespace syspulse {

// Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1'700'000'000)) : now_(now) {}

  absl::Time Now() const override {
    MutexLock lock(mutex_);
    return now_;
  }
  absl::Duration Monotonic() const override {
    MutexLock lock(mutex_);
    return monotonic_;
  }
  absl::Duration SinceBoot() const override { return Monotonic(); }
  // Waits until the test has moved the clock to `deadline`.
  bool SleepUntil(absl::Duration deadline, std::stop_token stop) const override {
    MutexLock lock(mutex_);
    return moved_.wait(mutex_, stop,
                       [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return monotonic_ >= deadline; });
  }

  // Lets `duration` pass, and wakes who waited for it.
  void Advance(absl::Duration duration) {
    MutexLock lock(mutex_);
    now_ += duration;
    monotonic_ += duration;
    moved_.notify_all();
  }

  // Sets civil time, as an operator or NTP would: monotonic time does not change. `passed` goes by
  // after that, and nobody sees the time in between.
  void Step(absl::Time now, absl::Duration passed = absl::ZeroDuration()) {
    MutexLock lock(mutex_);
    now_ = now + passed;
    monotonic_ += passed;
    moved_.notify_all();
  }

 private:
  mutable Mutex mutex_;
  mutable std::condition_variable_any moved_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  absl::Duration monotonic_ ABSL_GUARDED_BY(mutex_) = absl::Seconds(1000);
};

}  // namespace syspulse

#endif  // TESTS_TESTING_FAKE_CLOCK_H_
