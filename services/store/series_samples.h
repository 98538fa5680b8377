// Samples of one series, as they come out of the store, and how those from several places become
// one.
//
// Values only; thread-safe as such.
#ifndef SERVICES_STORE_SERIES_SAMPLES_H_
#define SERVICES_STORE_SERIES_SAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "services/store/row_group.h"

namespace syspulse {

// The NaN that says "the series ended here", the same as Prometheus': among the samples of a series
// it is one, at the time of the first row without it.
inline constexpr std::uint64_t kEndBits = 0x7ff0'0000'0000'0002;

// Absent values are not among them.
struct SeriesSamples {
  std::shared_ptr<const void> owner;       // keeps both columns alive
  std::span<const std::int64_t> times_ms;  // Unix, strictly ascending
  std::span<const double> values;          // as many as times
  ColumnFacts facts = {};                  // of the values
};

// Samples that are put together one by one.
class OwnSamples {
 public:
  void Reserve(std::size_t samples) {
    columns_->times_ms.reserve(samples);
    columns_->values.reserve(samples);
  }

  // `time_ms` is behind that of the sample before.
  void Add(std::int64_t time_ms, double value) {
    columns_->times_ms.push_back(time_ms);
    columns_->values.push_back(value);
  }

  bool empty() const { return columns_->values.empty(); }

  SeriesSamples Take() && {
    const Columns& both = *columns_;
    return {.owner = std::move(columns_), .times_ms = both.times_ms, .values = both.values};
  }

 private:
  struct Columns {
    std::vector<std::int64_t> times_ms;
    std::vector<double> values;
  };

  std::shared_ptr<Columns> columns_ = std::make_shared<Columns>();
};

// Returns the samples of all pieces, of which there is one at least; of two at one time that of the
// first piece.
SeriesSamples JoinSamples(std::span<const SeriesSamples> pieces);

// Returns the samples with an end at those times, Unix, ascending: of those between two samples the
// first one, and none where there is a sample, as a series that is in two schemas goes on from one
// to the other.
SeriesSamples WithEnds(SeriesSamples samples, std::span<const std::int64_t> ends_ms);

}  // namespace syspulse

#endif  // SERVICES_STORE_SERIES_SAMPLES_H_
