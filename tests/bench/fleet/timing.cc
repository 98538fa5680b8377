#include "tests/bench/fleet/timing.h"

#include <algorithm>

namespace syspulse {

void Latencies::Add(absl::Duration latency) {
  MutexLock lock(mutex_);
  seconds_.push_back(static_cast<float>(absl::ToDoubleSeconds(latency)));
}

absl::Duration Latencies::Quantile(double share) const {
  MutexLock lock(mutex_);
  if (seconds_.empty()) return absl::ZeroDuration();
  std::vector<float> sorted = seconds_;
  const auto place =
      sorted.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), place, sorted.end());
  return absl::Seconds(*place);
}

std::size_t Latencies::count() const {
  MutexLock lock(mutex_);
  return seconds_.size();
}

void SendTimes::Note(std::size_t host, std::int64_t second, absl::Duration now) {
  Slot& slot = slots_[host * kRemembered + static_cast<std::size_t>(second) % kRemembered];
  slot.sent_ns = absl::ToInt64Nanoseconds(now);
  slot.second.store(second, std::memory_order_release);
}

std::optional<absl::Duration> SendTimes::Of(std::size_t host, std::int64_t second) const {
  const std::size_t place = host * kRemembered + static_cast<std::size_t>(second) % kRemembered;
  if (place >= slots_.size()) return std::nullopt;
  const Slot& slot = slots_[place];
  if (slot.second.load(std::memory_order_acquire) != second) return std::nullopt;
  return absl::Nanoseconds(slot.sent_ns.load());
}

}  // namespace syspulse
