// How long to wait before trying again: longer after each failure, and at random, so that a
// thousand clients do not come back in the same instant after a restart.
//
//   Backoff backoff({}, RandomRatio);
//   while (!TryOnce().ok()) Wait(backoff.Next());
//   backoff.Reset();
#ifndef CLIENTS_CPP_BACKOFF_H_
#define CLIENTS_CPP_BACKOFF_H_

#include <functional>

#include "absl/time/time.h"

namespace syspulse {

struct BackoffOptions {
  absl::Duration initial = absl::Milliseconds(200);  // upper bound of the first wait
  absl::Duration max = absl::Seconds(2);             // upper bound of all waits
  double multiplier = 2;                             // by how much the bound grows, at least 1
};

// Returns a random number, 0 <= x < 1. Thread-safe.
double RandomRatio();

// Exponential backoff with full jitter: each wait is uniform between zero and a bound that grows.
// Confined to one thread.
class Backoff {
 public:
  // `random` returns numbers 0 <= x < 1; tests give their own.
  Backoff(const BackoffOptions& options, std::function<double()> random);

  // Returns how long to wait now, and raises the bound of the next wait.
  absl::Duration Next();

  // Starts again from the initial bound. Call it when a try succeeded.
  void Reset();

 private:
  const BackoffOptions options_;
  const std::function<double()> random_;
  absl::Duration bound_;
};

}  // namespace syspulse

#endif  // CLIENTS_CPP_BACKOFF_H_
