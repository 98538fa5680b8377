// A Watch stream: the one reactor of all of them.
//
// Holds at most one value for each topic and key, the newest, and has one message on its way at a
// time. A value that is replaced before it was sent counts as dropped, and the next message of its
// topic and key says how many there were. So a reader that does not read costs no more memory than
// one that does, and nobody else waits for it.
//
// Modelled on gRPC's own health watch. It owns itself together with the registry and the fan-out:
// it lives until gRPC calls OnDone and the fan-out lets go. Thread-safe.
#ifndef SERVICES_API_WATCH_REACTOR_H_
#define SERVICES_API_WATCH_REACTOR_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/api/api_context.h"
#include "services/api/fanout.h"
#include "services/api/feed.h"
#include "services/api/live_queries.h"
#include "services/api/live_value.h"
#include "services/api/stream_registry.h"
#include "services/api/topic.h"
#include "services/base/mutex.h"

namespace syspulse {

class WatchReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           public Stream,
                           public Subscriber {
 public:
  // Opens a stream of these topics, or one that ends at once with their error, or because there are
  // too many. `caller` is whose they are, to whom limits apply. What `api` points to must outlive
  // the stream.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Open(
      const ApiContext& api, Envelope envelope, const std::string& caller,
      absl::StatusOr<std::vector<Topic>> topics);

  WatchReactor(const ApiContext& api, Envelope envelope);
  ~WatchReactor() override;

  void Offer(int topic, LiveValuePtr value, std::int64_t skipped) override;
  void Fail(int topic, const absl::Status& status) override;
  void End(const grpc::Status& status) override;

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  struct Slot {
    int topic;
    ValueKind kind;
    std::uint64_t key;
    auto operator<=>(const Slot&) const = default;
  };
  struct Pending {
    LiveValuePtr value;
    std::int64_t dropped_count = 0;
  };

  void SendNextLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishLocked(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Envelope envelope_;
  Fanout* const fanout_;
  LiveQueries* const live_queries_;
  StreamRegistry* const registry_;
  ServiceMetrics* const metrics_;

  Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ByteBuffer message_ ABSL_GUARDED_BY(mutex_);  // on its way
  LiveValuePtr sending_ ABSL_GUARDED_BY(mutex_);      // what it carries
  std::deque<Slot> order_ ABSL_GUARDED_BY(mutex_);    // whose turn it is
  std::map<Slot, Pending> pending_ ABSL_GUARDED_BY(mutex_);
  std::set<std::uint64_t> sent_schemas_ ABSL_GUARDED_BY(mutex_);  // by id
};

}  // namespace syspulse

#endif  // SERVICES_API_WATCH_REACTOR_H_
