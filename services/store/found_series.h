// The series that a query asked for, and where in heads and blocks their rows stand.
//
// Series of one source stand beside each other, as their rows do.
//
// Found on one thread. From then on it never changes: any thread may read, except for what the
// series are called.
#ifndef SERVICES_STORE_FOUND_SERIES_H_
#define SERVICES_STORE_FOUND_SERIES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/store/column_cache.h"
#include "services/store/contents.h"
#include "services/store/label_matcher.h"
#include "services/store/row_group.h"
#include "services/store/series_match.h"
#include "services/store/succession.h"

namespace syspulse {

class FoundSeries {
 public:
  // One schema of one source of one host, wherever its rows stand.
  struct Stream {
    std::string host;
    std::string source;
    const LabelMap* host_labels = nullptr;
    SchemaPtr schema;
    MatchedColumns columns;
    std::vector<HeadGroupPtr> head_groups;
    std::vector<std::pair<BlockPtr, std::uint32_t>> block_groups;  // block and place in it
    Succession* succession = nullptr;  // of its source; null if that has no other schema
    std::size_t place = 0;             // of the first block with rows of it, or of the head behind
  };
  // Where a series' samples stand.
  struct Origin {
    std::size_t stream = 0;
    std::uint32_t column = 0;
  };
  struct Series {
    // Of two samples at one time, that of the origin that stands first here counts.
    Origin first;
    std::vector<Origin> others;  // of the same labels
  };

  // Finds the series of `contents` that satisfy all matchers and may have samples within `range`.
  // `cache` must outlive this; what is small in comparison is read by way of it.
  FoundSeries(const ContentsView& contents, std::vector<LabelMatcher> matchers,
              const MillisRange& range, ColumnCache* cache);
  FoundSeries(const FoundSeries&) = delete;
  FoundSeries& operator=(const FoundSeries&) = delete;

  // Each label set stands once.
  const std::vector<Series>& series() const { return series_; }
  const Stream& StreamOf(const Origin& origin) const { return streams_[origin.stream]; }
  const MillisRange& range() const { return range_; }
  // About how many samples they have within the range.
  std::size_t SampleEstimate() const;

  // Opens one of a stream's groups. Errors are those of Block::OpenGroup.
  absl::StatusOr<RowGroupPtr> OpenGroup(const Stream& stream, const BlockPtr& block,
                                        std::uint32_t place) const;

  // Returns when a series ended within the range, Unix, ascending; it may have begun again, even at
  // the same time. Errors are those of the file system.
  absl::StatusOr<std::vector<std::int64_t>> EndsOf(const Series& series,
                                                   const MillisRange& range) const;

  // What a series is called, which lives as long as this. Confined to one thread.
  LabelViews LabelsOf(const Series& series) { return LabelsOf(series.first); }

 private:
  // Rows of an agent of which no series is meant, in a block or a head.
  struct OtherRows {
    std::string_view host;
    std::string_view source;
    BlockPtr block;  // null if they are in a head
    std::uint32_t place = 0;
    HeadGroupPtr head_group;
  };

  std::vector<OtherRows> FindStreams();
  bool IsForCache() const;
  void FindSuccessions(const std::vector<OtherRows>& others);
  Succession* NewSuccession(std::span<Stream> streams);
  void Succeed(const BlockPtr& block, std::uint32_t place, Succession* succession) const;
  static void Succeed(const HeadGroupPtr& group, Succession* succession);
  void NameSeries();
  void SortOrigins(Series* series) const;
  LabelViews LabelsOf(const Origin& origin);

  const ContentsView contents_;
  const std::vector<LabelMatcher> matchers_;
  const MillisRange range_;
  ColumnCache* cache_;  // null if that is not for so much
  SeriesMatch match_;   // owns what labels point to
  std::vector<Stream> streams_;
  std::vector<std::unique_ptr<Succession>> successions_;
  std::vector<Series> series_;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_FOUND_SERIES_H_
