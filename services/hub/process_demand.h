// Who wants all processes of which host. Agents send the processes that use most by themselves, and
// all of them only while somebody asks.
//
// A reader takes a lease and holds it for as long as it reads. A lease that ends leaves its demand
// standing for a while: a reader who changes what it looks at is soon back, and the next of a row
// of calls finds everything there. Listeners are the streams of the agents, one for each host at a
// time or several while an agent connects again.
//
// Thread-safe. Listeners are called under the lock of the demand: they must not block and must not
// call it back.
#ifndef SERVICES_HUB_PROCESS_DEMAND_H_
#define SERVICES_HUB_PROCESS_DEMAND_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"

namespace syspulse {

// Hears what readers want of one host. Must not block nor call the demand back.
class DemandListener {
 public:
  virtual ~DemandListener() = default;

  // All processes of the host are wanted, or no longer.
  virtual void OnDemand(bool all_processes) = 0;
};

class ProcessDemand {
 public:
  // How long a demand stands after its last lease has ended.
  static constexpr absl::Duration kAfterlife = absl::Seconds(10);

  // A demand for all processes of one host, or of all hosts, for as long as this lives. A value
  // that can be moved; one that was made without a demand, or moved from, holds nothing.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease();

   private:
    friend class ProcessDemand;
    Lease(ProcessDemand* demand, std::string host_id);

    ProcessDemand* demand_ = nullptr;
    std::string host_id_;
  };

  // `clock` must outlive this, and this all leases and listeners.
  explicit ProcessDemand(const Clock* clock) : clock_(clock) {}
  ProcessDemand(const ProcessDemand&) = delete;
  ProcessDemand& operator=(const ProcessDemand&) = delete;

  // Demands all processes of a host, whether it is known or not; of every host if `host_id` is
  // empty.
  Lease WantAll(std::string host_id);

  // Returns whether all processes of the host are wanted now.
  bool WantsAll(std::string_view host_id) const;

  // Tells `listener` what is wanted of the host, now and whenever it changes.
  void AddListener(const std::string& host_id, DemandListener* listener);

  // The listener is not called any more once this returns.
  void RemoveListener(const std::string& host_id, DemandListener* listener);

  // Lets go of the demands whose time is over. Call it about once a second.
  void Expire();

 private:
  struct Want {
    int leases = 0;
    absl::Duration until;  // by the monotonic clock, once there is no lease
  };

  void End(const std::string& host_id);
  bool WantsAllLocked(std::string_view host_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellLocked(const std::string& host_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock* const clock_;
  mutable Mutex mutex_;
  std::map<std::string, Want, std::less<>> wants_ ABSL_GUARDED_BY(mutex_);  // "" = every host
  std::map<std::string, std::vector<DemandListener*>, std::less<>> listeners_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_HUB_PROCESS_DEMAND_H_
