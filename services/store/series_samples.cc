#include "services/store/series_samples.h"

#include <algorithm>
#include <bit>

namespace syspulse {
namespace {

// Returns the samples of both; of two at one time the one of `a`.
SeriesSamples JoinTwo(const SeriesSamples& a, const SeriesSamples& b) {
  if (a.values.empty()) return b;
  if (b.values.empty()) return a;
  OwnSamples both;
  both.Reserve(a.values.size() + b.values.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.values.size() || j < b.values.size()) {
    if (j == b.values.size() || (i < a.values.size() && a.times_ms[i] <= b.times_ms[j])) {
      if (j < b.values.size() && a.times_ms[i] == b.times_ms[j]) ++j;
      both.Add(a.times_ms[i], a.values[i]);
      ++i;
    } else {
      both.Add(b.times_ms[j], b.values[j]);
      ++j;
    }
  }
  return std::move(both).Take();
}

}  // namespace

// By halves, as a series may have been in many schemas.
SeriesSamples JoinSamples(std::span<const SeriesSamples> pieces) {
  if (pieces.size() == 1) return pieces.front();
  const std::size_t half = pieces.size() / 2;
  return JoinTwo(JoinSamples(pieces.first(half)), JoinSamples(pieces.subspan(half)));
}

SeriesSamples WithEnds(SeriesSamples samples, std::span<const std::int64_t> ends_ms) {
  OwnSamples own;
  std::size_t next = 0;
  const auto take_until = [&](std::ptrdiff_t end) {
    for (; next < static_cast<std::size_t>(end); ++next) {
      own.Add(samples.times_ms[next], samples.values[next]);
    }
  };
  std::ptrdiff_t ended = 0;  // samples before the last end
  for (const std::int64_t end_ms : ends_ms) {
    const auto place = std::ranges::lower_bound(samples.times_ms, end_ms);
    const std::ptrdiff_t before = place - samples.times_ms.begin();
    if (before == ended) continue;
    if (place != samples.times_ms.end() && *place == end_ms) continue;
    ended = before;
    take_until(before);
    own.Add(end_ms, std::bit_cast<double>(kEndBits));
  }
  if (own.empty()) return samples;
  take_until(std::ssize(samples.times_ms));
  return std::move(own).Take();
}

}  // namespace syspulse
