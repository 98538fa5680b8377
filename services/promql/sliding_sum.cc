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
// Shorter ones than that are added up sooner than subtracted.
constexpr std::size_t kShort = 8;
// How often windows have to look at each value for sums of all of the column to pay.
constexpr std::uint64_t kOverlap = 3;
// Each addition to a sum of two doubles is wrong by 2^-104 of it at most. After so many, a
// difference that is no smaller beside the column than this is right to its last digit.
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

bool DoesPay(const WindowedSeries& series) {
  if (series.values.size() < kShort || series.values.size() > kMostValues) return false;
  std::uint64_t samples = 0;
  for (const Window& window : series.windows) samples += window.size();
  return samples / kOverlap > series.values.size();
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

SlidingSum::SlidingSum(const WindowedSeries& series) : values_(series.values) {
  if (!DoesPay(series)) return;
  all_ = SizeOf(values_);
  if (!std::isfinite(all_)) return;
  FindCuts(series.windows);
  before_.reserve(cuts_.size());
  ExactSum sum;
  before_.push_back(sum);
  for (std::size_t i = 1; i < cuts_.size(); ++i) {
    const ExactSum piece = AddUp(values_.subspan(cuts_[i - 1], cuts_[i] - cuts_[i - 1]));
    sum.Add(piece.sum);
    sum.lost += piece.lost;
    sum = Normalised(sum);
    before_.push_back(sum);
  }
}

void SlidingSum::FindCuts(std::span<const Window> windows) {
  places_.resize(values_.size() + 1);
  for (const Window& window : windows) places_[window.first] = places_[window.last] = 1;
  cuts_.push_back(0);
  for (std::uint32_t i = 1; i < places_.size(); ++i) {
    if (places_[i] == 0) continue;
    places_[i] = static_cast<std::uint32_t>(cuts_.size());
    cuts_.push_back(i);
  }
  places_[0] = 0;
}

ExactSum SlidingSum::Of(Window window) const {
  if (!before_.empty() && window.size() >= kShort) {
    const ExactSum& first = before_[places_[window.first]];
    const ExactSum& last = before_[places_[window.last]];
    ExactSum sum = last;
    sum.Add(-first.sum);
    sum.lost -= first.lost;
    if (std::abs(sum.sum + sum.lost) >= kLeastShare * all_) return Normalised(sum);
  }
  return AddUp(values_.subspan(window.first, window.size()));
}

}  // namespace syspulse::promql
