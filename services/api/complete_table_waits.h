// Calls that wait until the processes of their hosts are known completely.
//
// Confined to the thread of Fanout, which tells of what happens and calls Expire in time.
#ifndef SERVICES_API_COMPLETE_TABLE_WAITS_H_
#define SERVICES_API_COMPLETE_TABLE_WAITS_H_

#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "services/hub/hub.h"

namespace syspulse {

struct CompleteTableWait {
  std::set<std::string> host_ids;  // those that are waited for
  absl::Duration deadline;         // by the monotonic clock
  std::function<void()> done;  // called once, from the thread: all are complete, or time is over
};

class CompleteTableWaits {
 public:
  // `hub` must outlive this.
  explicit CompleteTableWaits(const Hub* hub) : hub_(hub) {}

  // Waits at a time. Calls whose callers left stand among them.
  static constexpr std::size_t kMostWaits = 10'000;

  // Begins to wait; calls `done` at once if there is nothing to wait for any more, or if too many
  // wait already.
  void Add(CompleteTableWait wait);

  // The host has a new table, or was forgotten.
  void OnChange(const std::string& host_id);

  // Ends the waits whose deadline is not after `now`.
  void Expire(absl::Duration now);

  // Returns the earliest deadline; nothing if nobody waits.
  std::optional<absl::Duration> NextDeadline() const;

 private:
  bool IsSettled(const std::string& host_id) const;
  void End(std::list<CompleteTableWait>::iterator wait);

  const Hub* const hub_;
  std::list<CompleteTableWait> waits_;
};

}  // namespace syspulse

#endif  // SERVICES_API_COMPLETE_TABLE_WAITS_H_
