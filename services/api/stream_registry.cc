#include "services/api/stream_registry.h"

#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/api/grpc_status.h"

namespace syspulse {
namespace {

absl::Status Stopping() { return absl::UnavailableError("the service is stopping; connect again"); }

}  // namespace

absl::Status StreamRegistry::Add(std::shared_ptr<Stream> stream) {
  MutexLock lock(mutex_);
  if (ended_) return Stopping();
  if (streams_.size() >= limit_) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "the service has %d %s open, which is its limit; %s", limit_, what_, advice_));
  }
  const Stream* const key = stream.get();
  streams_.emplace(key, std::move(stream));
  return absl::OkStatus();
}

void StreamRegistry::Remove(const Stream* stream) {
  std::shared_ptr<Stream> last;  // goes after the lock does
  MutexLock lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  last = std::move(found->second);
  streams_.erase(found);
}

void StreamRegistry::EndAll() {
  {
    MutexLock lock(mutex_);
    ended_ = true;
  }
  const grpc::Status status = ToGrpcStatus(Stopping());
  for (const std::shared_ptr<Stream>& stream : Streams()) stream->End(status);
}

void StreamRegistry::CutStalled() {
  for (const std::shared_ptr<Stream>& stream : Streams()) stream->CutIfStalled();
}

// What they do may end in Remove: it is done without the lock.
std::vector<std::shared_ptr<Stream>> StreamRegistry::Streams() const {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<Stream>> streams;
  streams.reserve(streams_.size());
  for (const auto& [key, stream] : streams_) streams.push_back(stream);
  return streams;
}

std::size_t StreamRegistry::size() const {
  MutexLock lock(mutex_);
  return streams_.size();
}

}  // namespace syspulse
