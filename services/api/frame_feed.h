// Frames of one host, or of all, as the agents sent them.
#ifndef SERVICES_API_FRAME_FEED_H_
#define SERVICES_API_FRAME_FEED_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "services/api/feed.h"

namespace syspulse {

// Serialised frames and schemas, shared by all feeds. Confined to one thread.
class FrameCache {
 public:
  // Returns the frame as a value with this key, serialised now unless it was the newest of its key
  // already.
  LiveValuePtr ValueOf(std::uint64_t key, const FramePtr& frame);

  // Lets go of everything; what is still wanted is serialised again.
  void Clear();

 private:
  struct Entry {
    FramePtr frame;
    LiveValuePtr value;
  };
  struct SchemaEntry {
    std::weak_ptr<const Schema> schema;  // says when nobody uses it any more
    std::shared_ptr<const LiveSchema> value;
  };

  std::shared_ptr<const LiveSchema> SchemaOf(const SchemaPtr& schema);

  std::map<std::uint64_t, Entry> newest_;  // by key
  std::map<const Schema*, SchemaEntry> schemas_;
};

class FrameFeed final : public Feed {
 public:
  // `source` is empty for all. `cache` must outlive this.
  FrameFeed(FeedContext* context, FrameCache* cache, std::string host, std::string source)
      : Feed(context, std::move(host)), cache_(cache), source_(std::move(source)) {}

  void Greet(Subscription& subscription) override;
  bool OnChange(const HostChange& change) override;

 private:
  bool Wants(const std::string& source) const { return source_.empty() || source == source_; }

  FrameCache* const cache_;
  const std::string source_;
};

}  // namespace syspulse

#endif  // SERVICES_API_FRAME_FEED_H_
