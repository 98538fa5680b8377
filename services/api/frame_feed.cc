#include "services/api/frame_feed.h"

#include <cstddef>

#include "services/model/proto.h"

namespace syspulse {
namespace {

// So many schemas are kept before those that nobody uses are looked for: a fleet of like hosts has
// a few dozen.
constexpr std::size_t kSchemasBeforeCleaning = 1000;

}  // namespace

LiveValuePtr FrameCache::ValueOf(std::uint64_t key, const FramePtr& frame) {
  Entry& entry = newest_[key];
  if (entry.frame == frame) return entry.value;
  v1::Frame message;
  ToProto(*frame, &message);
  entry.frame = frame;
  entry.value = std::make_shared<LiveValue>(LiveValue{.kind = ValueKind::kFrame,
                                                      .key = key,
                                                      .message = Serialize(message),
                                                      .schema = SchemaOf(frame->schema)});
  return entry.value;
}

void FrameCache::Clear() {
  newest_.clear();
  schemas_.clear();
}

std::shared_ptr<const LiveSchema> FrameCache::SchemaOf(const SchemaPtr& schema) {
  if (schemas_.size() > kSchemasBeforeCleaning) {
    std::erase_if(schemas_, [](const auto& entry) { return entry.second.schema.expired(); });
  }
  SchemaEntry& entry = schemas_[schema.get()];
  if (entry.schema.lock() == schema) return entry.value;
  v1::Schema message;
  ToProto(*schema, &message);
  entry.schema = schema;
  entry.value =
      std::make_shared<LiveSchema>(LiveSchema{.id = schema->id(), .message = Serialize(message)});
  return entry.value;
}

void FrameFeed::Greet(Subscription& subscription) {
  for (const HostPtr& host : Hosts()) {
    for (const FramePtr& frame : context_->hub->LatestFrames(host->id)) {
      if (!Wants(frame->source)) continue;
      const std::uint64_t key = context_->keys.KeyOf(frame->host, frame->source);
      subscription.Greeted(key, frame->time);
      subscription.subscriber->Offer(subscription.topic, cache_->ValueOf(key, frame), 0);
    }
  }
}

bool FrameFeed::OnChange(const HostChange& change) {
  for (const auto& [source, changed] : change.frames) {
    if (!Wants(source)) continue;
    const std::uint64_t key = context_->keys.KeyOf(change.host_id, source);
    for (Subscription& one : subscriptions_) {
      if (!one.Wants(key, changed.frame->time)) continue;
      one.subscriber->Offer(one.topic, cache_->ValueOf(key, changed.frame), changed.skipped);
    }
  }
  return false;
}

}  // namespace syspulse
