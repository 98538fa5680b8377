#include "services/promql/windows.h"

#include <algorithm>
#include <functional>

namespace syspulse::promql {
namespace {

constexpr double kNear = 1.1;  // of the distance between samples

// Goes over a column to the edges of one window after the other. They are mostly as many samples
// apart as the two before, so that many are tried first. `IsBefore` says which times are on this
// side of an edge.
template <typename IsBefore>
class Edge {
 public:
  // From a place of the column on.
  Edge(std::span<const std::int64_t> times_ms, std::size_t place)
      : times_ms_(times_ms), place_(place) {}

  // Returns the place of the first time behind an edge at `time_ms`, which is never before the one
  // that was found last.
  std::uint32_t Find(std::int64_t time_ms) {
    const IsBefore is_before;
    const std::size_t from = place_;
    const std::size_t guess = from + stride_;
    const bool fits = stride_ > 0 && guess <= times_ms_.size();
    if (fits && is_before(times_ms_[guess - 1], time_ms)) place_ = guess;
    while (place_ < times_ms_.size() && is_before(times_ms_[place_], time_ms)) ++place_;
    stride_ = place_ - from;
    return static_cast<std::uint32_t>(place_);
  }

 private:
  const std::span<const std::int64_t> times_ms_;
  std::size_t place_;
  std::size_t stride_ = 0;
};

}  // namespace

std::span<const Window> WindowFinder::Find(std::span<const std::int64_t> times_ms,
                                           const std::shared_ptr<const void>& owner) {
  const bool same = times_ms.data() == times_.data() && times_ms.size() == times_.size();
  if (same && owner_ != nullptr) return windows_;
  times_ = times_ms;
  owner_ = owner;
  reaches_.clear();
  cuts_.reset();
  windows_.resize(ends_.count);
  if (ends_.count == 0) return windows_;
  // The first step may be anywhere in the column; from there on the edges move by little.
  const auto place_of = [&](std::int64_t time_ms) {
    return static_cast<std::size_t>(std::ranges::lower_bound(times_ms, time_ms) - times_ms.begin());
  };
  const std::int64_t end = ends_.At(0);
  const std::int64_t start = end - range_ms_ + (left_open_ ? 1 : 0);
  Edge<std::less<>> first(times_ms, place_of(start));
  Edge<std::less_equal<>> last(times_ms, place_of(end));
  for (std::size_t i = 0; i < ends_.count; ++i) {
    const std::int64_t moved = ends_.At(i) - end;
    windows_[i] = {.first = first.Find(start + moved), .last = last.Find(end + moved)};
    windows_[i].last = std::max(windows_[i].first, windows_[i].last);
  }
  return windows_;
}

std::span<const Reach> WindowFinder::Reaches(bool later_corrections) {
  if (reaches_.empty()) {
    reaches_.resize(windows_.size());
    for (std::size_t step = 0; step < windows_.size(); ++step) {
      if (windows_[step].size() >= 2) reaches_[step] = ReachOf(step, later_corrections);
    }
  }
  return reaches_;
}

const WindowCuts& WindowFinder::Cuts() {
  if (!cuts_) cuts_ = CutsOf(windows_, times_.size());
  return *cuts_;
}

WindowCuts CutsOf(std::span<const Window> windows, std::size_t samples) {
  WindowCuts cuts;
  std::vector<std::uint32_t> places(samples + 1);  // not 0 where a window begins or ends
  for (const Window& window : windows) places[window.first] = places[window.last] = 1;
  cuts.ends.push_back(0);
  places[0] = 0;
  for (std::uint32_t i = 1; i < places.size(); ++i) {
    if (places[i] == 0) continue;
    places[i] = static_cast<std::uint32_t>(cuts.ends.size());
    cuts.ends.push_back(i);
  }
  for (const Window& window : windows) {
    cuts.first.push_back(places[window.first]);
    cuts.last.push_back(places[window.last]);
    cuts.samples += window.size();
  }
  return cuts;
}

Reach WindowFinder::ReachOf(std::size_t step, bool later_corrections) const {
  const Window window = windows_[step];
  const std::int64_t first_ms = times_[window.first];
  const std::int64_t last_ms = times_[window.last - 1];
  const std::int64_t end_ms = ends_.At(step);
  Reach reach;
  reach.sampled = static_cast<double>(last_ms - first_ms) / 1000;
  reach.between = reach.sampled / static_cast<double>(window.size() - 1);
  reach.to_start = static_cast<double>(first_ms - (end_ms - range_ms_)) / 1000;
  reach.to_end = static_cast<double>(end_ms - last_ms) / 1000;
  if (later_corrections && reach.to_start >= reach.between * kNear) {
    reach.to_start = reach.between / 2;
  }
  reach.factor = reach.FactorFrom(reach.to_start);
  reach.factor_per_second = reach.factor / (static_cast<double>(range_ms_) / 1000);
  return reach;
}

double Reach::FactorFrom(double to_begin) const {
  const double near = between * kNear;
  double seconds = sampled;
  seconds += to_begin < near ? to_begin : between / 2;
  seconds += to_end < near ? to_end : between / 2;
  return seconds / sampled;
}

}  // namespace syspulse::promql
