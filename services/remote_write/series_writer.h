// Makes rows of what others scraped: from the body of a remote-write request to frames that the
// store keeps.
//
//   ASSIGN_OR_RETURN(WrittenParts parts, writer.Take(body));
//   for (FramePtr& part : parts.frames) keeper->Keep(part);
//
// Each pair of job and instance is a host of the store, and its series are dealt to sources
// (written_source.h). Where a series goes is remembered while it comes; a series that has not come
// for an hour is forgotten, and finds another place when it comes again.
//
// Samples that cannot be kept cost only themselves: they are counted, and the first of them is put
// in words.
//
// Confined to one thread.
#ifndef SERVICES_REMOTE_WRITE_SERIES_WRITER_H_
#define SERVICES_REMOTE_WRITE_SERIES_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/model/frame.h"
#include "services/remote_write/label_set.h"
#include "services/remote_write/metadata_book.h"
#include "services/remote_write/series_table.h"
#include "services/remote_write/write_request.h"
#include "services/remote_write/written_source.h"
#include "services/store/shared_schemas.h"

namespace syspulse {

// Returns a value as it is stored: any NaN becomes one of Prometheus' two, as the store has a third
// one for what was not measured.
double StoredNan(double value);

struct SeriesWriterOptions {
  std::size_t max_series = 1'000'000;            // that came within the last hour
  absl::Duration oldest = absl::Hours(30 * 24);  // samples from before are refused
  absl::Duration ahead = absl::Minutes(10);      // and those from after; as Prometheus has it
  std::size_t max_target_series = 1'000'000;     // of one target, within the last hour, about
  std::string advice = " (raise --remote-write-max-series)";  // where max_series are reached
  std::string source_prefix = "";                             // of the names of sources
  std::uint64_t seed = 0;  // of fingerprints; random in a service
};

// What became of a request.
struct WrittenParts {
  std::vector<FramePtr> frames;           // parts of rows, to be kept in this order
  std::shared_ptr<FrameOutcome> outcome;  // that all of them share
  std::int64_t samples = 0;               // in the frames
  std::int64_t invalid_samples = 0;       // of series whose labels break the rules
  std::int64_t beyond_samples = 0;        // too old, or from the future
  std::int64_t conflicting_samples = 0;   // another value came for that time in the same request
  std::int64_t unplaced_samples = 0;      // of new series, where there are too many
  std::int64_t exemplars = 0;             // overlooked
  std::int64_t histograms = 0;            // native ones, overlooked
  std::string refusal;                    // what was wrong first, in words; empty if nothing was

  std::int64_t refused_samples() const {
    return invalid_samples + beyond_samples + conflicting_samples + unplaced_samples;
  }
};

class SeriesWriter {
 public:
  // `clock` and `metadata` must outlive this.
  SeriesWriter(const SeriesWriterOptions& options, const Clock* clock, MetadataBook* metadata);
  SeriesWriter(const SeriesWriter&) = delete;
  SeriesWriter& operator=(const SeriesWriter&) = delete;

  // Takes the body of a request. InvalidArgument if it is none, OutOfRange if it is too large: then
  // nothing of it counts.
  absl::StatusOr<WrittenParts> Take(std::string_view body);

  // Takes samples of one series, whose labels are spelled as in a TimeSeries (AppendLabelField).
  // What was taken is in the frames once Finish is called. Begin comes before the first.
  void Begin();
  void Add(std::string_view label_fields, std::span<const WrittenSample> samples,
           WrittenParts* parts);
  void Finish(WrittenParts* parts);

  // Returns how many series came within the last hour, about.
  std::size_t series() const { return table_.size(); }

 private:
  // Sources of one target that were made last, of which new series take one; and how many series
  // it has.
  using RecentSources = std::vector<WrittenSource*>;
  struct OfTarget {
    RecentSources recent;
    std::size_t series = 0;
  };

  SeriesPlace* FindPlace(std::string_view label_fields, std::int64_t time_ms, std::int64_t samples,
                         WrittenParts* parts);
  std::string WhyFull(const LabelSet& labels, std::size_t added, bool is_new) const;
  SeriesPlace NewPlace(LabelSet* labels, std::int64_t time_ms, const WrittenParts& parts);
  WrittenSource* SourceFor(const std::string& host, const LabelSet& series, std::int64_t time_ms,
                           std::size_t room);
  void Put(std::string_view label_fields, SeriesPlace* place, const WrittenSample& sample,
           WrittenParts* parts);
  void BoundCells(WrittenSource* source, const WrittenParts& parts);
  void ForgetIfDue();

  const SeriesWriterOptions options_;
  const Clock* const clock_;
  MetadataBook* const metadata_;

  SharedSchemas schemas_;
  SeriesTable table_;
  std::vector<std::unique_ptr<WrittenSource>> sources_;
  std::map<std::string, OfTarget, std::less<>> targets_;  // by host id
  std::uint64_t next_source_ = 1;                         // the name of the next one
  std::uint32_t forgotten_at_ = 0;  // seconds, when series were forgotten last

  // Of the request at hand.
  std::uint32_t now_ = 0;  // seconds, monotonic
  std::int64_t oldest_ms_ = 0;
  std::int64_t newest_ms_ = 0;
  std::size_t rows_ = 0;   // of this request
  std::size_t cells_ = 0;  // values that the rows have room for
  std::vector<WrittenSource*> open_;

  // Memory that is used again for each request.
  std::string request_;
  SeriesMessage message_;
};

}  // namespace syspulse

#endif  // SERVICES_REMOTE_WRITE_SERIES_WRITER_H_
