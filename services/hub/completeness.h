// How much of a host's last day is there: what its agent measured in time, too late, twice, or not
// at all.
//
// A sample stands for the interval that ends with it, so what is covered is known as spans of time,
// whatever the interval was and however it changed: a day without a gap is one span.
#ifndef SERVICES_HUB_COMPLETENESS_H_
#define SERVICES_HUB_COMPLETENESS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

#include "absl/time/time.h"
#include "services/model/host.h"

namespace syspulse {

// Confined to one thread; the hub's lock guards it.
class Completeness {
 public:
  // What is older counts no more: agents keep nothing for longer, by default.
  static constexpr absl::Duration kWindow = absl::Hours(24);
  // Spans that are told apart; beyond that the oldest ones become one.
  static constexpr std::size_t kMostSpans = 4096;

  // Counts a sample that stands for the `interval` above zero before `time`. `late`: its agent
  // could not send it in time.
  void Add(absl::Time time, absl::Duration interval, bool late);

  // Says that the host's clock was set forward by `step`, above zero, while nothing else happened:
  // that much of the next hole between two samples never was.
  void Skip(absl::Duration step);

  // Says that the host's clock was set back. What came for times that come again was for none.
  void SetBack();

  // Says that the host was silent for `lag` longer than its clock says, as one that has no battery:
  // when its clock is set forward, so much is no more than the truth.
  void Owe(absl::Duration lag) { owed_ += lag; }

  // Takes samples for there that came before this run of the service.
  void Learn(std::span<const absl::Time> times, absl::Duration interval);

  // Returns whether there is any sample.
  bool empty() const { return spans_.empty(); }

  // Returns the time of the newest sample. There must be one.
  absl::Time newest() const { return spans_.rbegin()->second; }

  // Returns what there is until `end`; of dropped frames it knows nothing.
  HostCompleteness Until(absl::Time end) const;

 private:
  void CutOff(absl::Time end);
  absl::Duration SkipBefore(absl::Time begin);

  // Returns whether the span brought anything new.
  bool Cover(absl::Time begin, absl::Time end);

  std::map<absl::Time, absl::Time> spans_;         // begin to end, apart from each other
  absl::Time first_ = absl::InfiniteFuture();      // begin of the oldest sample ever
  absl::Time run_first_ = absl::InfiniteFuture();  // time of the oldest one that Add got
  absl::Time run_newest_ = absl::InfinitePast();   // and of the newest
  bool set_back_ = false;                          // before the next sample
  absl::Duration skip_;                            // of the next hole
  absl::Duration owed_;                            // of the next skip
  HostCompleteness counts_;
};

}  // namespace syspulse

#endif  // SERVICES_HUB_COMPLETENESS_H_
