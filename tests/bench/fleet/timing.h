// How long frames take, and when they left: written by those who send, read by those who see them
// arrive.
#ifndef TESTS_BENCH_FLEET_TIMING_H_
#define TESTS_BENCH_FLEET_TIMING_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "services/base/mutex.h"

namespace syspulse {

// The times that something took. Thread-safe.
class Latencies {
 public:
  void Add(absl::Duration latency);

  // Returns the time that this share of them did not exceed, from 0 to 1; zero if there are none.
  absl::Duration Quantile(double share) const;
  std::size_t count() const;

 private:
  mutable Mutex mutex_;
  std::vector<float> seconds_ ABSL_GUARDED_BY(mutex_);
};

// When the frames of the last minutes left. Thread-safe: one thread notes, any may ask.
class SendTimes {
 public:
  explicit SendTimes(std::size_t hosts) : slots_(hosts * kRemembered) {}

  // Says that the host's frame of a second (Unix) left at `now`, monotonic.
  void Note(std::size_t host, std::int64_t second, absl::Duration now);

  // Returns when it left; nothing if it was not noted, or too long ago.
  std::optional<absl::Duration> Of(std::size_t host, std::int64_t second) const;

 private:
  static constexpr std::size_t kRemembered = 128;  // seconds, of each host

  struct Slot {
    std::atomic<std::int64_t> second = -1;
    std::atomic<std::int64_t> sent_ns = 0;  // monotonic
  };

  std::vector<Slot> slots_;  // host by host
};

}  // namespace syspulse

#endif  // TESTS_BENCH_FLEET_TIMING_H_
