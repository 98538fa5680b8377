#include "services/store/column_cache.h"

#include <algorithm>
#include <utility>

namespace syspulse {
namespace {

constexpr std::size_t kEntryBytes = 200;  // beside its values, about

std::size_t BytesOf(const ColumnCache::Column& column) {
  return kEntryBytes + column.values.capacity() * sizeof(double) +
         column.times_ms.capacity() * sizeof(std::int64_t);
}

}  // namespace

std::vector<ColumnCache::Group::Slot>::iterator ColumnCache::Group::PlaceOf(std::uint32_t column) {
  return std::ranges::lower_bound(slots_, column, {}, &Slot::column);
}

ColumnCache::ColumnPtr ColumnCache::Group::Find(std::uint32_t column) {
  const MutexLock lock(mutex_);
  const auto slot = PlaceOf(column);
  if (slot == slots_.end() || slot->column != column) return nullptr;
  slot->found = true;
  return slot->content;
}

bool ColumnCache::Group::Insert(std::uint32_t column, const ColumnPtr& content) {
  const MutexLock lock(mutex_);
  const auto place = PlaceOf(column);
  if (place != slots_.end() && place->column == column) return false;
  slots_.insert(place, {.column = column, .content = content});
  return true;
}

ColumnCache::ColumnPtr ColumnCache::Group::TakeIfNotFound(std::uint32_t column) {
  const MutexLock lock(mutex_);
  const auto slot = PlaceOf(column);
  if (std::exchange(slot->found, false)) return nullptr;
  ColumnPtr content = std::move(slot->content);
  slots_.erase(slot);
  return content;
}

std::size_t ColumnCache::KeyHash::operator()(const Key& key) const {
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;  // bits of the golden ratio
  std::uint64_t hash = 0;
  for (const std::uint64_t part : {key.block.first, key.block.last, std::uint64_t{key.place},
                                   static_cast<std::uint64_t>(key.block_bytes)}) {
    hash = (hash ^ part) * kSpread;
    hash ^= hash >> 32;
  }
  return hash;
}

ColumnCache::GroupPtr ColumnCache::GroupAt(const Key& key) {
  const MutexLock lock(mutex_);
  std::weak_ptr<Group>& known = groups_[key];
  GroupPtr group = known.lock();
  if (group != nullptr) return group;
  group = std::make_shared<Group>();
  known = group;
  if (groups_.size() >= next_sweep_) {
    std::erase_if(groups_, [](const auto& entry) { return entry.second.expired(); });
    next_sweep_ = 2 * groups_.size() + 64;
  }
  return group;
}

void ColumnCache::Add(const GroupPtr& group, std::uint32_t column, const ColumnPtr& content) {
  const std::size_t size = BytesOf(*content);
  if (size > limit_) return;
  std::vector<ColumnPtr> dropped;  // freed without the lock
  const MutexLock lock(mutex_);
  if (!group->Insert(column, content)) return;
  while (bytes_ + size > limit_) {
    dropped.push_back(TakeOneLocked());
    bytes_ -= BytesOf(*dropped.back());
  }
  bytes_ += size;
  turns_.push_back({.group = group, .column = column});
}

// Each that was found is passed over once, so there is one at the latest after a round.
ColumnCache::ColumnPtr ColumnCache::TakeOneLocked() {
  while (true) {
    Entry& next = turns_.front();
    if (ColumnPtr content = next.group->TakeIfNotFound(next.column)) {
      turns_.pop_front();
      return content;
    }
    turns_.splice(turns_.end(), turns_, turns_.begin());
  }
}

std::size_t ColumnCache::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

}  // namespace syspulse
