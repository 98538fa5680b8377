#include "services/hub/completeness.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace syspulse {
namespace {

// Returns how many samples a time is long; one if nobody waits for what is so far away.
std::int64_t StepsOf(absl::Duration time, absl::Duration interval) {
  if (time > Completeness::kWindow) return 1;
  return std::max<std::int64_t>(1, std::llround(absl::FDivDuration(time, interval)));
}

}  // namespace

void Completeness::Add(absl::Time time, absl::Duration interval, bool late) {
  if (run_newest_ == absl::InfinitePast()) {
    ++counts_.expected_samples;
  } else if (time > run_newest_) {
    counts_.expected_samples += StepsOf(time - run_newest_, interval);
  } else if (time < run_first_) {
    counts_.expected_samples += StepsOf(run_first_ - time, interval);
  }
  run_first_ = std::min(run_first_, time);
  run_newest_ = std::max(run_newest_, time);
  if (late) ++counts_.late_samples;
  if (!Cover(time - interval, time)) {
    ++counts_.duplicate_samples;
    return;
  }
  ++counts_.received_samples;
}

void Completeness::Learn(std::span<const absl::Time> times, absl::Duration interval) {
  for (const absl::Time time : times) Cover(time - interval, time);
}

bool Completeness::Cover(absl::Time begin, absl::Time end) {
  if (!spans_.empty() && end < newest() - kWindow) return true;  // of no interest any more
  first_ = std::min(first_, begin);
  auto next = spans_.upper_bound(begin);
  if (next != spans_.begin()) {
    const auto before = std::prev(next);
    if (end <= before->second) return false;
    if (begin <= before->second) {
      begin = before->first;
      next = before;
    }
  }
  // All that it touches becomes one span.
  while (next != spans_.end() && next->first <= end) {
    end = std::max(end, next->second);
    next = spans_.erase(next);
  }
  spans_.emplace_hint(next, begin, end);
  const absl::Time oldest = newest() - kWindow;
  while (spans_.begin()->second < oldest) spans_.erase(spans_.begin());
  if (spans_.size() > kMostSpans) {
    const auto second = std::next(spans_.begin());
    spans_.begin()->second = second->second;
    spans_.erase(second);
  }
  return true;
}

HostCompleteness Completeness::Until(absl::Time end) const {
  HostCompleteness result = counts_;
  const absl::Time begin = std::max(first_, end - kWindow);
  result.gap = std::max(end - begin, absl::ZeroDuration());
  for (const auto& [from, to] : spans_) {
    const absl::Duration covered = std::min(to, end) - std::max(from, begin);
    if (covered > absl::ZeroDuration()) result.gap -= covered;
  }
  return result;
}

}  // namespace syspulse
