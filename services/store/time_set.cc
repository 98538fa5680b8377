#include "services/store/time_set.h"

#include <algorithm>

namespace syspulse {

bool TimeSet::Extend(Run* run, std::int64_t time) {
  if (time <= run->last()) return false;
  if (run->count > 1 && time != run->last() + run->step) return false;
  run->step = time - run->last();
  ++run->count;
  return true;
}

bool TimeSet::Insert(std::int64_t time) {
  // The first run that begins behind `time`; the one before it may hold it.
  const auto next = std::upper_bound(runs_.begin(), runs_.end(), time,
                                     [](std::int64_t t, const Run& run) { return t < run.first; });
  if (next == runs_.begin()) {
    runs_.insert(next, {.first = time});
    return true;
  }
  Run& run = *(next - 1);
  if (run.Contains(time)) return false;
  if (time < run.last()) {
    // Between two times of the run, which becomes two with `time` in the middle.
    const std::int64_t before = (time - run.first) / run.step + 1;
    const Run behind{
        .first = run.first + run.step * before, .step = run.step, .count = run.count - before};
    run.count = before;
    runs_.insert(next, {Run{.first = time}, behind});
    return true;
  }
  if (!Extend(&run, time)) runs_.insert(next, {.first = time});
  return true;
}

bool TimeSet::Contains(std::int64_t time) const {
  const auto next = std::upper_bound(runs_.begin(), runs_.end(), time,
                                     [](std::int64_t t, const Run& run) { return t < run.first; });
  return next != runs_.begin() && (next - 1)->Contains(time);
}

void TimeSet::ForgetBefore(std::int64_t time) {
  const auto keep =
      std::find_if(runs_.begin(), runs_.end(), [&](const Run& run) { return run.last() >= time; });
  runs_.erase(runs_.begin(), keep);
}

}  // namespace syspulse
