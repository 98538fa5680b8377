#include "services/hub/completeness.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace syspulse {
namespace {

// Returns how many samples a time is long; one if nobody waits for what is so far away.
std::int64_t StepsOf(absl::Duration time, absl::Duration interval) {
  if (time > Completeness::kWindow) return 1;
  return std::max<std::int64_t>(1, std::llround(absl::FDivDuration(time, interval)));
}

}  // namespace

void Completeness::Add(absl::Time time, absl::Duration interval, bool late) {
  if (!late && std::exchange(set_back_, false) && time <= run_newest_) CutOff(time - interval);
  if (run_newest_ == absl::InfinitePast()) {
    ++counts_.expected_samples;
  } else if (time > run_newest_) {
    const absl::Duration skipped = late ? absl::ZeroDuration() : SkipBefore(time - interval);
    counts_.expected_samples += StepsOf(time - skipped - run_newest_, interval);
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

void Completeness::Skip(absl::Duration step) {
  const absl::Duration paid = std::min(owed_, step);
  owed_ -= paid;
  skip_ += step - paid;
}

void Completeness::SetBack() {
  skip_ = absl::ZeroDuration();
  set_back_ = true;
}

// What came for times after `end` was for none.
void Completeness::CutOff(absl::Time end) {
  spans_.erase(spans_.lower_bound(end), spans_.end());
  if (!spans_.empty()) spans_.rbegin()->second = std::min(spans_.rbegin()->second, end);
  first_ = std::min(first_, end);
  run_first_ = std::min(run_first_, end);
  run_newest_ = std::min(run_newest_, end);
}

// Returns how much of the hole before `begin` is skipped.
absl::Duration Completeness::SkipBefore(absl::Time begin) {
  if (skip_ == absl::ZeroDuration() || begin <= run_newest_) return absl::ZeroDuration();
  const absl::Duration skipped = std::min(skip_, begin - run_newest_);
  skip_ = absl::ZeroDuration();
  Cover(run_newest_, run_newest_ + skipped);
  return skipped;
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
