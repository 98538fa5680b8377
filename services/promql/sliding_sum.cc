#include "services/promql/sliding_sum.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace syspulse::promql {
namespace {

// Windows of as many values are added up in lanes.
constexpr std::size_t kLong = 32;
// Pieces of as many values are added up on their own: then no addition waits for the piece before.
constexpr std::size_t kPiece = 4;
// Shorter ones than that are added up sooner than subtracted.
constexpr std::size_t kShort = 8;
// How often windows have to look at each value for sums of all of the column to pay.
constexpr std::uint64_t kOverlap = 3;
// What is lost stays a small part of a sum that is normalised every kLong values, so each addition
// is wrong by 2^-100 of it at most. After so many, a difference that is no smaller beside the
// column than this is right to its last digit but for bad luck.
constexpr std::size_t kMostValues = 1 << 20;
constexpr double kLeastShare = 0x1p-30;

// Returns two doubles with the same sum, of which one is as near to it as a double can be.
ExactSum Normalised(const ExactSum& sum) {
  const double nearest = sum.sum + sum.lost;
  return {.sum = nearest, .lost = sum.lost - (nearest - sum.sum)};
}

// Returns the sum of all values without their signs, about.
double SizeOf(std::span<const double> values) {
  constexpr std::size_t kLanes = 8;
  std::array<double, kLanes> lanes{};
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += std::abs(values[i + lane]);
  }
  for (; i < values.size(); ++i) lanes[0] += std::abs(values[i]);
  return std::accumulate(lanes.begin(), lanes.end(), 0.0);
}

}  // namespace

// Long windows go into four lanes: each addition waits for the one before it in its lane only.
// Short ones are added up in order, as Prometheus does, which shows if all digits cancel out.
ExactSum AddUp(std::span<const double> values) {
  constexpr std::size_t kLanes = 4;
  std::array<ExactSum, kLanes> lanes;
  std::size_t i = 0;
  for (; values.size() >= kLong && i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane].Add(values[i + lane]);
  }
  for (; i < values.size(); ++i) lanes[0].Add(values[i]);
  for (std::size_t lane = 1; lane < kLanes; ++lane) {
    lanes[0].Add(lanes[lane].sum);
    lanes[0].lost += lanes[lane].lost;
  }
  return lanes[0];
}

SlidingSum::SlidingSum(std::span<const double> values, std::span<const Window> windows,
                       const WindowCuts& cuts)
    : values_(values), windows_(windows), cuts_(cuts) {
  if (!DoesPay()) return;
  all_ = SizeOf(values_);
  if (!std::isfinite(all_)) return;
  before_.resize(cuts_.ends.size());
  // Nothing else knows of it, so it stays in registers: each addition waits for the one before.
  ExactSum sum;
  std::size_t begin = 0;
  std::size_t since_normalised = 0;
  for (std::size_t i = 1; i < before_.size(); ++i) {
    const std::size_t end = cuts_.ends[i];
    if (end - begin < kPiece) {
      for (std::size_t at = begin; at < end; ++at) sum.Add(values_[at]);
    } else {
      const ExactSum added = AddUp(values_.subspan(begin, end - begin));
      sum.Add(added.sum);
      sum.lost += added.lost;
    }
    since_normalised += end - begin;
    begin = end;
    if (since_normalised >= kLong) {
      sum = Normalised(sum);
      since_normalised = 0;
    }
    before_[i] = sum;
  }
}

bool SlidingSum::DoesPay() const {
  return values_.size() >= kShort && values_.size() <= kMostValues &&
         cuts_.samples / kOverlap > values_.size();
}

ExactSum SlidingSum::Of(std::size_t window) const {
  const auto [begin, end] = windows_[window];
  if (!before_.empty() && end - begin >= kShort) {
    const ExactSum& first = before_[cuts_.first[window]];
    const ExactSum& last = before_[cuts_.last[window]];
    ExactSum sum = last;
    sum.Add(-first.sum);
    sum.lost -= first.lost;
    if (std::abs(sum.sum + sum.lost) >= kLeastShare * all_) return Normalised(sum);
  }
  return AddUp(values_.subspan(begin, end - begin));
}

}  // namespace syspulse::promql
