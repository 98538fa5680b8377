// The columns of blocks that queries read last, decoded: a dashboard asks for the same ones every
// few seconds, and reading a column that is a hundred rows long costs more than its values do.
//
// Blocks never change, so nothing in it is ever wrong; what is used least goes first. Of a block
// that was merged or dropped, columns fade out.
//
// Thread-safe.
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
  // Where a column stands.
  struct Key {
    SegmentRange block;
    std::uint32_t group = 0;   // of the block
    std::uint32_t column = 0;  // of the group; kTimes: its times

    bool operator==(const Key&) const = default;
  };
  static constexpr std::uint32_t kTimes = UINT32_MAX;

  // One of the two has an element for each row.
  struct Column {
    std::vector<double> values;
    std::vector<std::int64_t> times_ms;  // Unix
    bool has_absent = false;             // among the values
    ColumnFacts facts = {};              // of the values
  };
  using ColumnPtr = std::shared_ptr<const Column>;

  // Keeps at most so many bytes.
  explicit ColumnCache(std::size_t bytes) : limit_(bytes) {}
  ColumnCache(const ColumnCache&) = delete;
  ColumnCache& operator=(const ColumnCache&) = delete;

  // Returns the column, or null if it is not there.
  ColumnPtr Find(const Key& key);

  // Keeps a column, if it is not larger than all of the cache.
  void Add(const Key& key, ColumnPtr column);

  std::size_t limit() const { return limit_; }  // bytes
  std::size_t bytes() const;                    // that it holds

 private:
  struct Entry {
    Key key;
    ColumnPtr column;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  const std::size_t limit_;
  mutable Mutex mutex_;
  std::size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // the last one used first
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_STORE_COLUMN_CACHE_H_
