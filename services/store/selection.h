// The series that a query asked for, read one after the other.
//
//   for (std::size_t i = 0; i < selection.size(); ++i) {
//     ASSIGN_OR_RETURN(const SeriesSamples samples, selection.Read(i));
//     …  // selection.labels(i), samples.times_ms, samples.values
//   }
//
// Series of one source stand beside each other: reading them in order opens each group of a block
// once and decodes its times once. Series share one time column where none of them has gaps.
//
// Confined to one thread.
#ifndef SERVICES_STORE_SELECTION_H_
#define SERVICES_STORE_SELECTION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/column_cache.h"
#include "services/store/contents.h"
#include "services/store/label_matcher.h"
#include "services/store/merged_rows.h"
#include "services/store/row_group.h"
#include "services/store/series_match.h"
#include "services/store/series_samples.h"
#include "services/store/succession.h"

namespace syspulse {

// Rows that are read at once where there is a choice: 2 MiB of times and values.
inline constexpr std::size_t kSliceRows = 128 << 10;

// Called with every damage that a read came across.
using OnDamage = std::function<void(const absl::Status&)>;

class Selection {
 public:
  // Finds the series of `contents` that satisfy all matchers and may have samples within `range`.
  // `cache` must outlive this; what is small in comparison is read by way of it.
  static Selection Find(const ContentsView& contents, std::vector<LabelMatcher> matchers,
                        const MillisRange& range, OnDamage on_damage, ColumnCache* cache);
  Selection(Selection&&) = default;
  Selection& operator=(Selection&&) = default;

  // Each label set stands once.
  std::size_t size() const { return series_.size(); }
  // They live as long as this.
  LabelViews labels(std::size_t index) const { return LabelsOf(series_[index].first); }

  // Returns the samples of a series within the range. What is damaged is left out and reported;
  // other errors are those of the file system.
  absl::StatusOr<SeriesSamples> Read(std::size_t index) { return Read(index, range_); }

  // Has each series read into memory of its own from then on, as it may be let go of on another
  // thread than the one that reads.
  void KeepColumns() { keeps_columns_ = true; }

  // Returns spans of time, ascending, that hold all samples of a series, each of them few enough to
  // be read at once: `most_rows`, or a group of a block if that is more.
  std::vector<MillisRange> Slices(std::size_t index, std::size_t most_rows = kSliceRows) const;

  // Returns the samples of a series within a slice. Errors as above.
  absl::StatusOr<SeriesSamples> Read(std::size_t index, const MillisRange& slice);

 private:
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
  // Rows of an agent of which no series is meant, in a block or a head.
  struct OtherRows {
    std::string_view host;
    std::string_view source;
    BlockPtr block;  // null if they are in a head
    std::uint32_t place = 0;
    HeadGroupPtr head_group;
  };
  // Where a series' samples stand.
  struct Origin {
    std::size_t stream = 0;
    std::uint32_t column = 0;
  };
  struct FoundSeries {
    // Of two samples at one time, that of the origin that stands first here counts.
    Origin first;
    std::vector<Origin> others;  // of the same labels
  };
  // A column that was read, beside the times of its stream.
  struct ReadColumn {
    std::shared_ptr<const std::vector<std::int64_t>> times_ms;
    std::vector<double> values;
  };
  // A slice of a stream that is open, with the part of its rows that lies within.
  struct OpenStream {
    std::size_t stream = 0;
    MillisRange slice;
    MergedRows rows;
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  Selection(const ContentsView& contents, std::vector<LabelMatcher> matchers,
            const MillisRange& range, OnDamage on_damage, ColumnCache* cache);

  std::vector<OtherRows> FindStreams();
  void FindSuccessions(const std::vector<OtherRows>& others);
  Succession* NewSuccession(std::span<Stream> streams);
  void Succeed(const BlockPtr& block, std::uint32_t place, Succession* succession) const;
  static void Succeed(const HeadGroupPtr& group, Succession* succession);
  void NameSeries();
  void SortOrigins(FoundSeries* series) const;
  std::size_t BytesInBlocks() const;
  LabelViews LabelsOf(const Origin& origin) const;
  absl::StatusOr<OpenStream*> Open(std::size_t stream, const MillisRange& slice);
  absl::StatusOr<RowGroupPtr> OpenGroup(const Stream& stream, const BlockPtr& block,
                                        std::uint32_t place) const;
  std::shared_ptr<ReadColumn> UnusedColumn();
  absl::StatusOr<SeriesSamples> ReadOrigin(const Origin& origin, const MillisRange& slice);
  absl::StatusOr<SeriesSamples> ReadAll(const FoundSeries& series, const MillisRange& slice);
  absl::StatusOr<std::vector<std::int64_t>> EndsWithin(const FoundSeries& series,
                                                       const MillisRange& slice);
  void Report(const std::vector<absl::Status>& damage) const;

  ContentsView contents_;
  std::unique_ptr<const std::vector<LabelMatcher>> matchers_;  // at a fixed address
  MillisRange range_;
  OnDamage on_damage_;
  ColumnCache* cache_ = nullptr;        // null if that is not for so much
  std::unique_ptr<SeriesMatch> match_;  // owns what labels point to
  std::vector<Stream> streams_;
  std::vector<std::unique_ptr<Succession>> successions_;
  std::vector<FoundSeries> series_;
  std::list<OpenStream> open_;                        // the last ones read, latest first
  bool keeps_columns_ = false;                        // none is used again
  std::vector<std::shared_ptr<ReadColumn>> columns_;  // the last ones read: for more of their size
};

}  // namespace syspulse

#endif  // SERVICES_STORE_SELECTION_H_
