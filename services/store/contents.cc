#include "services/store/contents.h"

#include <algorithm>
#include <utility>

namespace syspulse {

Contents::Contents(std::shared_ptr<Head> active, std::vector<BlockPtr> blocks,
                   HostLabels host_labels, Deletions deletions)
    : view_{.active = std::move(active),
            .frozen = nullptr,
            .blocks = std::move(blocks),
            .host_labels = std::make_shared<const HostLabels>(std::move(host_labels)),
            .deletions = std::make_shared<const Deletions>(std::move(deletions))} {}

ContentsView Contents::View() const {
  MutexLock lock(mutex_);
  return view_;
}

void Contents::Freeze(std::uint64_t next_segment) {
  MutexLock lock(mutex_);
  view_.frozen = std::exchange(view_.active, std::make_shared<Head>(next_segment));
}

void Contents::Thaw(BlockPtr block) {
  MutexLock lock(mutex_);
  view_.frozen = nullptr;
  if (block != nullptr) AddLocked(std::move(block));
}

void Contents::Replace(BlockPtr merged) {
  MutexLock lock(mutex_);
  std::erase_if(view_.blocks,
                [&](const BlockPtr& block) { return merged->segments().Holds(block->segments()); });
  AddLocked(std::move(merged));
}

void Contents::Drop(const SegmentRange& segments) {
  MutexLock lock(mutex_);
  std::erase_if(view_.blocks, [&](const BlockPtr& block) { return block->segments() == segments; });
}

void Contents::SetDeletions(Deletions deletions, std::string_view host) {
  auto all = std::make_shared<const Deletions>(std::move(deletions));
  MutexLock lock(mutex_);
  view_.deletions = std::move(all);
  if (!host.empty()) view_.active->Remove(host);
}

bool Contents::SetHostLabels(const std::string& host, LabelMap labels) {
  MutexLock lock(mutex_);
  const auto found = view_.host_labels->find(host);
  if (found != view_.host_labels->end() && found->second == labels) return false;
  HostLabels all = *view_.host_labels;
  all[host] = std::move(labels);
  view_.host_labels = std::make_shared<const HostLabels>(std::move(all));
  return true;
}

void Contents::AddLocked(BlockPtr block) {
  const auto place = std::find_if(view_.blocks.begin(), view_.blocks.end(), [&](const BlockPtr& b) {
    return b->segments().first > block->segments().first;
  });
  view_.blocks.insert(place, std::move(block));
}

}  // namespace syspulse
