#include "services/store/column_cache.h"

#include <iterator>
#include <utility>

namespace syspulse {
namespace {

constexpr std::size_t kEntryBytes = 200;  // beside its values, about

std::size_t BytesOf(const ColumnCache::Column& column) {
  return kEntryBytes + column.values.capacity() * sizeof(double) +
         column.times_ms.capacity() * sizeof(std::int64_t);
}

}  // namespace

std::size_t ColumnCache::KeyHash::operator()(const Key& key) const {
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;  // bits of the golden ratio
  std::uint64_t hash = 0;
  for (const std::uint64_t part :
       {key.block.first, key.block.last, std::uint64_t{key.group}, std::uint64_t{key.column}}) {
    hash = (hash ^ part) * kSpread;
    hash ^= hash >> 32;
  }
  return hash;
}

ColumnCache::ColumnPtr ColumnCache::Find(const Key& key) {
  const MutexLock lock(mutex_);
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  return place->second->column;
}

void ColumnCache::Add(const Key& key, ColumnPtr column) {
  const std::size_t size = BytesOf(*column);
  if (size > limit_) return;
  std::list<Entry> dropped;  // freed without the lock
  const MutexLock lock(mutex_);
  if (places_.contains(key)) return;
  while (bytes_ + size > limit_) {
    bytes_ -= BytesOf(*entries_.back().column);
    places_.erase(entries_.back().key);
    dropped.splice(dropped.begin(), entries_, std::prev(entries_.end()));
  }
  bytes_ += size;
  entries_.push_front({.key = key, .column = std::move(column)});
  places_.emplace(key, entries_.begin());
}

std::size_t ColumnCache::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

}  // namespace syspulse
