// The times at which a source has rows, exactly, in little memory.
//
// Agents sample at whole multiples of an interval, so times are kept as runs of equal steps: a day
// of seconds without a gap is one run.
#ifndef SERVICES_STORE_TIME_SET_H_
#define SERVICES_STORE_TIME_SET_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace syspulse {

// Confined to one thread. Times are milliseconds, within ±2^60.
class TimeSet {
 public:
  // Adds a time. Returns false if it was there.
  bool Insert(std::int64_t time);

  bool Contains(std::int64_t time) const;

  // Forgets runs that ended before `time`; some times before it may stay.
  void ForgetBefore(std::int64_t time);

  bool empty() const { return runs_.empty(); }
  std::size_t runs() const { return runs_.size(); }

 private:
  struct Run {
    std::int64_t first = 0;
    std::int64_t step = 0;  // above zero if there are several
    std::int64_t count = 1;

    std::int64_t last() const { return first + step * (count - 1); }
    bool Contains(std::int64_t time) const {
      return time >= first && time <= last() && (count == 1 || (time - first) % step == 0);
    }
  };

  bool Extend(Run* run, std::int64_t time);

  std::vector<Run> runs_;  // ascending, none within another
};

}  // namespace syspulse

#endif  // SERVICES_STORE_TIME_SET_H_
