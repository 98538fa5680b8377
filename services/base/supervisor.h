// Whoever started this process and wants to know how it does: systemd, or nobody.
//
// It is told by datagrams to the socket that NOTIFY_SOCKET names, as sd_notify(3) describes. Where
// there is none, as in a terminal, all of this does nothing. The pings of a watchdog belong into
// the loop that the program is there for: from a thread of their own they would go on when that
// hangs.
#ifndef SERVICES_BASE_SUPERVISOR_H_
#define SERVICES_BASE_SUPERVISOR_H_

#include <atomic>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/base/clock.h"

namespace syspulse {

struct SupervisorOptions {
  std::string socket;  // a path, or a name behind @; empty: nobody listens
  absl::Duration watchdog = absl::InfiniteDuration();  // the longest silence
};

// Returns what systemd says in NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID; sd_notify(3),
// sd_watchdog_enabled(3).
SupervisorOptions SupervisorOfEnvironment();

// Thread-safe. What cannot be sent is logged once.
class Supervisor {
 public:
  // `clock` must outlive this.
  Supervisor(SupervisorOptions options, const Clock* clock);

  // Says that the program does what it is there for, after the start or a reload.
  void Ready();
  // Says that a reload begins; Ready ends it.
  void Reloading();
  void Stopping();
  // Says that the loop goes on. Call it at least every alive_interval().
  void Alive();

  // Half of the longest silence; infinite if nobody waits.
  absl::Duration alive_interval() const { return options_.watchdog / 2; }

 private:
  void Send(std::string_view message);

  const SupervisorOptions options_;
  const Clock* const clock_;
  std::atomic<bool> failed_ = false;
};

}  // namespace syspulse

#endif  // SERVICES_BASE_SUPERVISOR_H_
