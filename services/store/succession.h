// When series end: a source that goes on without a series says that there is none any more.
//
// A row of a source has all its series. So where rows of one schema are followed by one of another,
// the series that the other lacks end at its time: an interface that was removed, a container that
// is gone. Nothing is written for that, so it holds as well for rows that came late, and right
// after a restart. A source that has no more rows at all, as its host is silent, ends nothing.
//
// Rows that come in parts do not say that: what they lack may be in another source, or may be
// pushed by somebody else. There an end is marked by whoever sends them, or is where nothing came
// for as long as queries look back.
//
// Thread-safe once all rows were added.
#ifndef SERVICES_STORE_SUCCESSION_H_
#define SERVICES_STORE_SUCCESSION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/mutex.h"
#include "services/store/block.h"
#include "services/store/head_group.h"
#include "services/store/row_group.h"

namespace syspulse {

// The rows of one source of one host, whatever their schemas.
class Succession {
 public:
  // Opens the rows of a group, whose times will be read.
  using Open = std::function<absl::StatusOr<RowGroupPtr>()>;

  // Adds the rows of a schema within a span of time; the first and the last one stand at its ends.
  void Add(std::uint64_t schema, const MillisRange& range, Open open);

  // Returns the times, Unix, ascending, at which rows of this schema are followed by one of
  // another. The first call reads what times it needs to; rows whose times are damaged count as if
  // they were not there. Errors other than DataLoss are returned.
  absl::StatusOr<std::span<const std::int64_t>> EndsOf(std::uint64_t schema);

 private:
  struct Rows {
    std::uint64_t schema = 0;
    MillisRange range;
    Open open;
  };
  struct Row {
    std::int64_t time_ms = 0;
    std::uint64_t schema = 0;
  };

  absl::Status FindEnds() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TakeCluster(std::span<const Rows> cluster) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::vector<Rows> rows_;
  Mutex mutex_;
  bool found_ ABSL_GUARDED_BY(mutex_) = false;
  // By schema; does not change any more once they are found.
  std::map<std::uint64_t, std::vector<std::int64_t>> ends_ ABSL_GUARDED_BY(mutex_);
  Row last_ ABSL_GUARDED_BY(mutex_);  // that was taken; of schema 0 before the first
};

}  // namespace syspulse

#endif  // SERVICES_STORE_SUCCESSION_H_
