// A Watch stream: the one reactor of all of them.
//
// Holds at most one value for each topic and key, the newest, and has one message on its way at a
// time. A value that is replaced before it was sent counts as dropped, and the next message of its
// topic and key says how many there were. So a reader that does not read costs no more memory than
// one that does, and nobody else waits for it. One that takes nothing for too long is cut: the
// registry asks for that at intervals.
//
// Modelled on gRPC's own health watch. It owns itself together with the registry and the fan-out:
// it lives until gRPC calls OnDone and the fan-out lets go. Thread-safe.
#ifndef SERVICES_API_WATCH_REACTOR_H_
#define SERVICES_API_WATCH_REACTOR_H_

#include <grpcpp/server_context.h>
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
  // too many. Whose call it is, limits apply to. What `api` points to must outlive
  // the stream. `context` is the call's.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Open(
      const ApiContext& api, Envelope envelope, const grpc::CallbackServerContext& context,
      absl::StatusOr<std::vector<Topic>> topics);

  WatchReactor(const ApiContext& api, Envelope envelope,
               const grpc::CallbackServerContext& context);
  ~WatchReactor() override;

  void Offer(int topic, LiveValuePtr value, std::int64_t skipped) override;
  void Fail(int topic, const absl::Status& status) override;
  void End(const grpc::Status& status) override;
  void CutIfStalled() override;

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
  const grpc::CallbackServerContext& context_;  // gRPC's, until OnDone
  Fanout* const fanout_;
  LiveQueries* const live_queries_;
  StreamRegistry* const registry_;
  ServiceMetrics* const metrics_;

  Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;  // OnDone was called
  bool cut_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::int64_t messages_ ABSL_GUARDED_BY(mutex_) = 0;    // sent, with the one that is on its way
  std::int64_t waited_for_ ABSL_GUARDED_BY(mutex_) = 0;  // which was on its way at CutIfStalled
  grpc::ByteBuffer message_ ABSL_GUARDED_BY(mutex_);     // on its way
  LiveValuePtr sending_ ABSL_GUARDED_BY(mutex_);         // what it carries
  std::deque<Slot> order_ ABSL_GUARDED_BY(mutex_);       // whose turn it is
  std::map<Slot, Pending> pending_ ABSL_GUARDED_BY(mutex_);
  std::set<std::uint64_t> sent_schemas_ ABSL_GUARDED_BY(mutex_);  // by id
};

}  // namespace syspulse

#endif  // SERVICES_API_WATCH_REACTOR_H_
