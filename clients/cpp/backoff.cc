#include "clients/cpp/backoff.h"

#include <algorithm>
#include <random>
#include <utility>

namespace syspulse {

double RandomRatio() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

Backoff::Backoff(const BackoffOptions& options, std::function<double()> random)
    : options_(options),
      random_(std::move(random)),
      bound_(std::min(options.initial, options.max)) {}

absl::Duration Backoff::Next() {
  const absl::Duration wait = bound_ * random_();
  bound_ = std::min(bound_ * options_.multiplier, options_.max);
  return wait;
}

void Backoff::Reset() { bound_ = std::min(options_.initial, options_.max); }

}  // namespace syspulse
