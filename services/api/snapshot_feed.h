// Snapshots of one host, or of all, with some of their fields.
#ifndef SERVICES_API_SNAPSHOT_FEED_H_
#define SERVICES_API_SNAPSHOT_FEED_H_

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "services/api/feed.h"
#include "services/api/snapshot_mask.h"
#include "services/api/snapshot_view.h"
#include "services/hub/hub.h"

namespace syspulse {

// The source that makes a snapshot: a host that never sent a frame of it has none.
inline constexpr const char* kSystemSource = "system";
inline constexpr const char* kFilesystemSource = "filesystem";

// Returns what the newest snapshot of a host is made of, interim values among it or not; nothing if
// it has sent no system frame.
std::optional<SnapshotInput> NewestSnapshot(const Hub& hub, HostPtr host, bool interim = false);

// A snapshot follows each system frame: one for each tick of the agent, with whatever else came
// with it. Who wants more of them gets interim ones too, with rates since the one before; all
// others get what they would without.
class SnapshotFeed final : public Feed {
 public:
  SnapshotFeed(FeedContext* context, std::string host, SnapshotMask mask)
      : Feed(context, std::move(host)), mask_(std::move(mask)) {}

  void Greet(Subscription& subscription) override;
  bool OnChange(const HostChange& change) override;

  // Offers the current value of one host whose past was sent.
  void GreetAfterHistory(Subscription& subscription, const std::string& host_id);

 private:
  struct Value {
    LiveValuePtr value;  // null until it was built
    absl::Time time;     // of the sample
  };
  struct Values {
    Value ordinary;
    Value interim;
  };

  // Returns the newest snapshot of the host, from memory if it was built already.
  const Value* Newest(const HostPtr& host, bool interim);
  Demand DemandOf(const Subscription& subscription) const override;
  void GreetWith(Subscription& subscription, const HostPtr& host);

  const SnapshotMask mask_;
  std::map<std::string, Values> newest_;  // by host id; nothing newer is known of the host
};

}  // namespace syspulse

#endif  // SERVICES_API_SNAPSHOT_FEED_H_
