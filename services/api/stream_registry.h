// The streams that are open now: owns them, bounds their number, ends them when the service stops.
//
// Thread-safe.
#ifndef SERVICES_API_STREAM_REGISTRY_H_
#define SERVICES_API_STREAM_REGISTRY_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "services/base/mutex.h"

namespace syspulse {

class Stream {
 public:
  virtual ~Stream() = default;

  // Ends the stream with this status, unless it has ended already. Thread-safe; does not block.
  virtual void End(const grpc::Status& status) = 0;

  // Cuts the stream if the message that was on its way at the call before still is. Thread-safe;
  // does not block.
  virtual void CutIfStalled() {}
};

class StreamRegistry {
 public:
  // At most `limit` streams at a time, which errors call `what`; `advice` says what to do once
  // there are more.
  StreamRegistry(std::size_t limit, std::string what, std::string advice)
      : limit_(limit), what_(std::move(what)), advice_(std::move(advice)) {}

  // Takes the stream in. ResourceExhausted if there are too many, Unavailable once EndAll was
  // called; the stream is then not kept.
  absl::Status Add(std::shared_ptr<Stream> stream);

  // Lets go of the stream.
  void Remove(const Stream* stream);

  // Ends all streams with Unavailable, and refuses new ones from now on.
  void EndAll();

  // Cuts the streams whose readers took nothing since the call before. Of one thread.
  void CutStalled();

  std::size_t size() const;

 private:
  std::vector<std::shared_ptr<Stream>> Streams() const;

  const std::size_t limit_;
  const std::string what_;
  const std::string advice_;
  mutable Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::unordered_map<const Stream*, std::shared_ptr<Stream>> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_API_STREAM_REGISTRY_H_
