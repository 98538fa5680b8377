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
// Confined to one thread; several may read the same series by forks of one selection.
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
#include "services/store/damage_notes.h"
#include "services/store/found_series.h"
#include "services/store/merged_rows.h"
#include "services/store/row_group.h"
#include "services/store/series_samples.h"

namespace syspulse {

// Rows that are read at once where there is a choice: 2 MiB of times and values.
inline constexpr std::size_t kSliceRows = 128 << 10;

// Called with every damage that a read came across.
using OnDamage = std::function<void(const absl::Status&)>;

class Selection {
 public:
  Selection(std::shared_ptr<FoundSeries> found, OnDamage on_damage,
            std::shared_ptr<DamageNotes> damage = std::make_shared<DamageNotes>());
  Selection(Selection&&) = default;
  Selection& operator=(Selection&&) = default;

  // Returns another reader of the same series, for another thread. `labels` remains with this one.
  Selection Fork() const { return Selection(found_, on_damage_, damage_); }

  // Each label set stands once.
  std::size_t size() const { return found_->series().size(); }
  // About how many samples they have within the range.
  std::size_t SampleEstimate() const { return found_->SampleEstimate(); }
  // They live as long as this.
  LabelViews labels(std::size_t index) const { return found_->LabelsOf(found_->series()[index]); }

  // Returns the samples of a series within the range. What is damaged is left out and reported;
  // other errors are those of the file system.
  absl::StatusOr<SeriesSamples> Read(std::size_t index) { return Read(index, found_->range()); }

  // The same, but for values that are neither NaN nor infinite another number may stand: for those
  // who ask when there were samples. Most columns need not be decoded for that.
  absl::StatusOr<SeriesSamples> ReadPresence(std::size_t index) {
    return Read(index, found_->range(), Detail::kPresence);
  }

  // Returns what this and its forks could not read so far, in one line; empty if they could read
  // all.
  std::string damage() const { return damage_->text(); }

  // Returns spans of time, ascending, that hold all samples of a series, each of them few enough to
  // be read at once: `most_rows`, or a group of a block if that is more.
  std::vector<MillisRange> Slices(std::size_t index, std::size_t most_rows = kSliceRows) const;

  // Returns the samples of a series within a slice. Errors as above.
  absl::StatusOr<SeriesSamples> Read(std::size_t index, const MillisRange& slice) {
    return Read(index, slice, Detail::kValues);
  }

 private:
  enum class Detail { kValues, kPresence };

  // A column that was read, beside the times of its stream.
  struct ReadColumn {
    SharedTimes times_ms;
    std::unique_ptr<double[]> values;
    std::size_t rows = 0;  // for which there is room
  };
  // A slice of a stream that is open, with the part of its rows that lies within.
  struct OpenStream {
    std::size_t stream = 0;
    MillisRange slice;
    MergedRows rows;
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  absl::StatusOr<OpenStream*> Open(const FoundSeries::Origin& origin, const MillisRange& slice);
  std::shared_ptr<ReadColumn> UnusedColumn(std::size_t rows);
  absl::StatusOr<SeriesSamples> Read(std::size_t index, const MillisRange& slice, Detail detail);
  absl::StatusOr<SeriesSamples> ReadAll(const FoundSeries::Series& series, const MillisRange& slice,
                                        Detail detail);
  absl::StatusOr<SeriesSamples> ReadOrigin(const FoundSeries::Origin& origin,
                                           const MillisRange& slice, Detail detail);
  SeriesSamples AnyNumbers(const OpenStream& stream);
  static SeriesSamples Within(const OpenStream& stream, std::shared_ptr<const void> owner,
                              std::span<const double> values, ColumnFacts facts,
                              bool may_have_absent);
  void Report(const std::vector<absl::Status>& damage) const;

  std::shared_ptr<FoundSeries> found_;
  OnDamage on_damage_;
  std::shared_ptr<DamageNotes> damage_;
  std::list<OpenStream> open_;                        // the last ones read, latest first
  std::vector<std::shared_ptr<ReadColumn>> columns_;  // the last ones read: for more of their size
  SharedValues zeros_;                                // for the longest stream that needed some
};

}  // namespace syspulse

#endif  // SERVICES_STORE_SELECTION_H_
