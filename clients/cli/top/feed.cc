#include "clients/cli/top/feed.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syspulse {
namespace {

// What a terminal that takes no output (Ctrl-S) may leave waiting.
constexpr std::size_t kMostEvents = 256;

bool AreOfOneKind(const FeedEvent& a, const FeedEvent& b) {
  const auto* const one = std::get_if<v1::WatchResponse>(&a);
  const auto* const other = std::get_if<v1::WatchResponse>(&b);
  if (one != nullptr && other != nullptr) return one->topic() == other->topic();
  return a.index() == b.index();
}

// The newest of each kind stays: a list of hosts, or the word that the connection is back, may come
// only once.
void DropOne(std::deque<FeedEvent>* events) {
  for (auto event = events->begin(); event != events->end(); ++event) {
    const bool outdated = std::any_of(std::next(event), events->end(), [&](const FeedEvent& later) {
      return AreOfOneKind(*event, later);
    });
    if (!outdated) continue;
    events->erase(event);
    return;
  }
}

}  // namespace

LiveFeed::LiveFeed(std::shared_ptr<grpc::Channel> channel, std::string server,
                   std::function<void()> on_event)
    : stub_(v1::LiveService::NewStub(std::move(channel))),
      server_(std::move(server)),
      on_event_(std::move(on_event)) {}

void LiveFeed::Open(v1::WatchRequest request) {
  thread_ = {};  // stops the stream before and waits for its end
  {
    MutexLock lock(mutex_);
    events_.clear();
  }
  thread_ = std::jthread(
      [this, request = std::move(request)](const std::stop_token& stop) { Run(request, stop); });
}

std::vector<FeedEvent> LiveFeed::Take() {
  MutexLock lock(mutex_);
  std::vector<FeedEvent> taken(std::make_move_iterator(events_.begin()),
                               std::make_move_iterator(events_.end()));
  events_.clear();
  return taken;
}

void LiveFeed::Add(FeedEvent event) {
  {
    MutexLock lock(mutex_);
    if (events_.size() >= kMostEvents) DropOne(&events_);
    events_.push_back(std::move(event));
  }
  on_event_();
}

void LiveFeed::Run(const v1::WatchRequest& request, const std::stop_token& stop) {
  const absl::Status end = Watch<v1::WatchResponse>(
      [&](grpc::ClientContext* context, auto* reactor) {
        stub_->async()->Watch(context, &request, reactor);
      },
      [&](const v1::WatchResponse& response) { Add(response); },
      [&](const WatchState& state) { Add(state); }, {.server = server_}, stop);
  if (!end.ok()) Add(end);
}

}  // namespace syspulse
