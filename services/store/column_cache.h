// The columns of blocks that queries read last, decoded: a dashboard asks for the same ones every
// few seconds, and reading a column that is a hundred rows long costs more than its values do.
//
//   const auto group = cache.GroupAt({.block = block->segments(), .place = 3});
//   ColumnCache::ColumnPtr column = group->Find(7);
//   if (column == nullptr) cache.Add(group, 7, column = Decode(…));
//
// A query looks for many columns of each group, so a group is looked up once and its columns stand
// beside each other. Blocks never change, so nothing in it is ever wrong. Columns go in the order
// they came, but for those that were found since their turn came last: these stay for another
// round. Of a block that was merged, dropped or made anew without some hosts, columns fade out.
//
// Thread-safe. Lock order: cache, group.
#ifndef SERVICES_STORE_COLUMN_CACHE_H_
#define SERVICES_STORE_COLUMN_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/store/block.h"
#include "services/store/row_group.h"

namespace syspulse {

class ColumnCache {
 public:
  // Where a group stands.
  struct Key {
    SegmentRange block;
    std::uint32_t place = 0;       // in the block
    std::int64_t block_bytes = 0;  // less, once rows were taken out of it

    bool operator==(const Key&) const = default;
  };
  static constexpr std::uint32_t kTimes = UINT32_MAX;  // as a column: the times of a group

  // One of the two has an element for each row.
  struct Column {
    std::vector<double> values;
    std::vector<std::int64_t> times_ms;  // Unix
    bool ascends = false;                // each time is behind the one before it
    bool has_absent = false;             // among the values
    ColumnFacts facts = {};              // of the values
  };
  using ColumnPtr = std::shared_ptr<const Column>;

  // What there is of one group. Thread-safe.
  class Group {
   public:
    // Returns the column, or null if it is not there.
    ColumnPtr Find(std::uint32_t column);

   private:
    friend class ColumnCache;
    struct Slot {
      std::uint32_t column = 0;
      bool found = false;  // since its turn came last
      ColumnPtr content;
    };

    // Returns whether it was not there before.
    bool Insert(std::uint32_t column, const ColumnPtr& content);
    // Returns the column and takes it out; or null if it was found, and forgets that.
    ColumnPtr TakeIfNotFound(std::uint32_t column);

    std::vector<Slot>::iterator PlaceOf(std::uint32_t column) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

    Mutex mutex_;
    std::vector<Slot> slots_ ABSL_GUARDED_BY(mutex_);  // by column
  };
  using GroupPtr = std::shared_ptr<Group>;

  // Keeps at most so many bytes.
  explicit ColumnCache(std::size_t bytes) : limit_(bytes) {}
  ColumnCache(const ColumnCache&) = delete;
  ColumnCache& operator=(const ColumnCache&) = delete;

  // Returns a group, which may have no columns yet.
  GroupPtr GroupAt(const Key& key);

  // Keeps a column, if it is not larger than all of the cache.
  void Add(const GroupPtr& group, std::uint32_t column, const ColumnPtr& content);

  std::size_t limit() const { return limit_; }  // bytes
  std::size_t bytes() const;                    // that it holds

 private:
  struct Entry {
    GroupPtr group;
    std::uint32_t column = 0;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  // Takes out the column that stayed longest without being found.
  ColumnPtr TakeOneLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::size_t limit_;
  mutable Mutex mutex_;
  std::size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::list<Entry> turns_ ABSL_GUARDED_BY(mutex_);  // whose turn to go is next first
  std::unordered_map<Key, std::weak_ptr<Group>, KeyHash> groups_ ABSL_GUARDED_BY(mutex_);
  std::size_t next_sweep_ ABSL_GUARDED_BY(mutex_) = 64;  // groups, at which those gone are dropped
};

}  // namespace syspulse

#endif  // SERVICES_STORE_COLUMN_CACHE_H_
