// Where the samples of a query come from. The engine knows nothing of stores: it asks a
// SeriesSource which series there are, then reads them one after the other and lets go of each, so
// the memory of a query is its result and one series; of many series, one a thread.
#ifndef SERVICES_PROMQL_SERIES_SOURCE_H_
#define SERVICES_PROMQL_SERIES_SOURCE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/falls.h"
#include "services/promql/labels.h"
#include "services/promql/matcher.h"
#include "services/promql/query_context.h"

namespace syspulse::promql {

// Both ends belong to it. Empty if the end is before the start.
struct TimeRange {
  std::int64_t start_ms = 0;  // since 1970
  std::int64_t end_ms = 0;    // since 1970

  bool operator==(const TimeRange&) const = default;
};

// The NaN that says "this series ended here": Prometheus' stale marker. It is told from other NaNs
// by its bits.
inline constexpr std::uint64_t kStaleBits = 0x7ff0'0000'0000'0002;

inline bool IsStale(double value) { return std::bit_cast<std::uint64_t>(value) == kStaleBits; }

// Samples of one series. Series may share a time column: two spans whose `times_ms` have the same
// address and size have the same times, and the engine makes use of that.
struct SampleSpan {
  std::shared_ptr<const void> owner;       // keeps both columns alive; may be null if others do
  std::span<const std::int64_t> times_ms;  // since 1970, strictly ascending
  std::span<const double> values;          // as many as times; stale markers are among them
  // What the source knows of all values.
  bool numbers = false;  // that none is NaN, which stale markers are, or infinite
  FallRange falls = {};
};

// One series that was selected. Confined to the thread of its query.
class SeriesReader {
 public:
  virtual ~SeriesReader() = default;

  // Returns what the series is called. Lives as long as the reader.
  virtual const Labels& labels() const = 0;

  // Returns the samples within the range that was selected; what is outside of it may be there too.
  // Asked for once.
  virtual absl::StatusOr<SampleSpan> Read() = 0;

  // Returns the samples within the range part by part, in the order of time; nothing at the end.
  // For whoever passes on more than fits memory: a part is small, however long the range is. Asked
  // for instead of Read().
  virtual absl::StatusOr<std::optional<SampleSpan>> ReadPart() = 0;

  // Returns what could not be read of the series that were selected with this one so far, and is
  // left out, in one line; empty if all could.
  virtual std::string damage() const { return {}; }
};

// Reads selected series, for one thread. Confined to it.
class SeriesCursor {
 public:
  virtual ~SeriesCursor() = default;

  // Returns the samples of a series, as SeriesReader::Read() does, any number of times. Series
  // cost least in their order.
  virtual absl::StatusOr<SampleSpan> Read(std::size_t index) = 0;

  // The same, but for values that are neither NaN nor infinite another number may stand: for those
  // who look at times alone.
  virtual absl::StatusOr<SampleSpan> ReadPresence(std::size_t index) { return Read(index); }
};

// Series that were selected, for several threads to read. Confined to the thread of its query, but
// for NewCursor().
class SelectedSeries {
 public:
  virtual ~SelectedSeries() = default;

  virtual std::size_t size() const = 0;

  // Returns about how many samples they all have within the range that was selected.
  virtual std::size_t SampleEstimate() const = 0;

  // Returns what a series is called.
  virtual Labels labels(std::size_t index) = 0;

  // Returns what reads the series for one more thread. Must not outlive this. Thread-safe.
  virtual std::unique_ptr<SeriesCursor> NewCursor() const = 0;

  // Returns what could not be read so far, and is left out, in one line; empty if all could.
  virtual std::string damage() const { return {}; }
};

// Some of the series that were asked for.
struct SeriesPage {
  std::vector<Labels> series;
  std::string next;  // where the next page begins; empty at the end
};

// Thread-safe.
class SeriesSource {
 public:
  virtual ~SeriesSource() = default;

  // Returns the series that satisfy all matchers and may have samples within `range`, each label
  // set once, in any order. The source need not call `context.Check()` unless it works for long.
  virtual absl::StatusOr<std::vector<std::unique_ptr<SeriesReader>>> Select(
      std::span<const Matcher> matchers, TimeRange range, const QueryContext& context) const = 0;

  // Returns the same series in the same order, for several threads to read; null if the source
  // cannot.
  virtual absl::StatusOr<std::unique_ptr<SelectedSeries>> SelectForThreads(
      std::span<const Matcher> matchers, TimeRange range) const;

  // Returns what was kept, is of `range`, and cannot be read any more, whatever series it was of:
  // in one line; empty if there is nothing like that.
  virtual std::string Losses(TimeRange) const { return {}; }

  // Returns at most `most` series, one at least, of those that satisfy all matchers of one of the
  // selectors and may have samples within `range`: each label set once, those of one name beside
  // each other, by name. `from` is `next` of the page before, empty for the first one;
  // InvalidArgument if it is neither.
  virtual absl::StatusOr<SeriesPage> List(std::span<const std::vector<Matcher>> selectors,
                                          TimeRange range, std::size_t most, std::string_view from,
                                          const QueryContext& context) const;
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_SERIES_SOURCE_H_
