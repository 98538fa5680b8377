// The rows that are in the log and not yet in a block, in memory.
//
// There is an active head, which takes rows, and while a block is made of it a frozen one. A head
// knows which segments of the log hold its rows: they go once its block is there.
#ifndef SERVICES_STORE_HEAD_H_
#define SERVICES_STORE_HEAD_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/model/metric.h"
#include "services/store/head_group.h"

namespace syspulse {

// Thread-safe; rows are added by one thread at a time.
class Head {
 public:
  // `first_segment` is the number of the first segment of the log with rows of this head.
  explicit Head(std::uint64_t first_segment) : first_segment_(first_segment) {}
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;

  // Adds a row, at a time at which this source has no other. `values` are as many as the schema has
  // series.
  void Add(const std::string& host, const std::string& source, const SchemaPtr& schema,
           std::int64_t time_ms, std::span<const double> values);

  // Adds what of a row is not there yet: `values` are as many, the others absent.
  Filled Fill(const std::string& host, const std::string& source, const SchemaPtr& schema,
              std::int64_t time_ms, std::span<const double> values);

  // Returns all groups, by host, then source.
  std::vector<HeadGroupPtr> Groups() const;

  // Returns the groups of one source.
  std::vector<HeadGroupPtr> GroupsOf(std::string_view host, std::string_view source) const;

  // Takes out all rows of a host. Who reads them goes on to.
  void Remove(std::string_view host);

  // Returns whether there are rows of the host.
  bool Has(std::string_view host) const;

  std::uint64_t first_segment() const { return first_segment_; }
  std::int64_t samples() const { return samples_; }  // rows times columns
  std::int64_t series() const { return series_; }    // columns of all groups
  bool empty() const { return rows_ == 0; }

 private:
  using Key = std::tuple<std::string, std::string, std::uint64_t>;  // host, source, schema
  using KeyView = std::tuple<std::string_view, std::string_view, std::uint64_t>;
  struct Less {
    using is_transparent = void;
    bool operator()(const KeyView& a, const KeyView& b) const { return a < b; }
  };

  std::shared_ptr<HeadGroup> GroupOf(const std::string& host, const std::string& source,
                                     const SchemaPtr& schema);

  const std::uint64_t first_segment_;
  std::atomic<std::int64_t> rows_ = 0;
  std::atomic<std::int64_t> samples_ = 0;
  std::atomic<std::int64_t> series_ = 0;

  mutable Mutex mutex_;
  std::map<Key, std::shared_ptr<HeadGroup>, Less> groups_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_STORE_HEAD_H_
