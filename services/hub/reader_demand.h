// What readers want of which host. Agents send the processes that use most, and samples at an
// interval of their own, by themselves; all processes, and samples in between, only while somebody
// asks.
//
// A reader takes a lease and holds it for as long as it reads. A lease that ends leaves its demand
// standing for a while: a reader who changes what it looks at is soon back, and the next of a row
// of calls finds everything there. Listeners are the streams of the agents, one for each host at a
// time or several while an agent connects again.
//
// Thread-safe. Listeners are called under the lock of the demand: they must not block and must not
// call it back.
#ifndef SERVICES_HUB_READER_DEMAND_H_
#define SERVICES_HUB_READER_DEMAND_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/model/demand.h"

namespace syspulse {

// Hears what readers want of one host. Must not block nor call the demand back.
class DemandListener {
 public:
  virtual ~DemandListener() = default;

  // This is wanted of the host now, which may be what was wanted before.
  virtual void OnDemand(const Demand& demand) = 0;
};

class ReaderDemand {
 public:
  // How long a demand stands after its last lease has ended.
  static constexpr absl::Duration kAfterlife = absl::Seconds(10);
  // No agent samples faster.
  static constexpr absl::Duration kLeastInterval = absl::Milliseconds(100);
  // Hosts that may be asked for more than one sample a second.
  static constexpr std::size_t kMostFastHosts = 100;

  // A demand for as long as this lives. A value that can be moved; one that was made without a
  // demand, or moved from, holds nothing.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease();

   private:
    friend class ReaderDemand;
    Lease(ReaderDemand* book, std::string host_id, const Demand& demand);

    ReaderDemand* book_ = nullptr;
    std::string host_id_;
    Demand demand_;
  };

  // `clock` must outlive this, and this all leases and listeners.
  explicit ReaderDemand(const Clock* clock) : clock_(clock) {}
  ReaderDemand(const ReaderDemand&) = delete;
  ReaderDemand& operator=(const ReaderDemand&) = delete;

  // Demands all processes of a host, whether it is known or not; of every host if `host_id` is
  // empty.
  Lease WantAll(std::string host_id);

  // Demands something of one host; nothing, if there is nothing in the demand. Intervals below the
  // least count as that. ResourceExhausted if too many hosts are asked for much already.
  absl::StatusOr<Lease> Want(std::string host_id, Demand demand);

  // Returns what is wanted of the host now.
  Demand Of(std::string_view host_id) const;

  // Tells `listener` what is wanted of the host, now and whenever it changes.
  void AddListener(const std::string& host_id, DemandListener* listener);

  // The listener is not called any more once this returns.
  void RemoveListener(const std::string& host_id, DemandListener* listener);

  // Lets go of the demands whose time is over. Call it about once a second.
  void Expire();

 private:
  struct Standing {
    int leases = 0;
    absl::Duration until;  // by the monotonic clock, once there is no lease
  };
  using Wants = std::map<Demand, Standing>;

  Lease AddLocked(std::string host_id, const Demand& demand) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const std::string& host_id, const Demand& demand);
  Demand OfLocked(std::string_view host_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckRoomLocked(const std::string& host_id) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellLocked(const std::string& host_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock* const clock_;
  mutable Mutex mutex_;
  std::map<std::string, Wants, std::less<>> wants_ ABSL_GUARDED_BY(mutex_);  // "" = every host
  std::map<std::string, std::vector<DemandListener*>, std::less<>> listeners_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_HUB_READER_DEMAND_H_
