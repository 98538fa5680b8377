// The samples of series, message by message, for as long as somebody takes them.
//
// Metrics come one after the other: the series of one are looked up when it is their turn, and
// samples are read part by part. So an export costs the memory of one part, and one that waits for
// a slow reader keeps nothing from being merged or dropped but what its metric stands in.
#ifndef SERVICES_API_SERIES_EXPORT_H_
#define SERVICES_API_SERIES_EXPORT_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/series_request.h"
#include "services/base/clock.h"
#include "services/promql/query_context.h"
#include "services/promql/series_source.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

// Used by one thread at a time.
class SeriesExport {
 public:
  // Reads the request. InvalidArgument as query_service.proto says. `series` and `clock` must
  // outlive this.
  static absl::StatusOr<std::unique_ptr<SeriesExport>> Create(
      const v1::ExportSeriesRequest& request, const promql::SeriesSource* series,
      const Clock* clock);

  // Fills the next message, which is empty; it stays so at the end. Some milliseconds of work.
  // Cancelled once `stop` is requested; DataLoss instead of the end if some samples could not be
  // read; otherwise errors of the source.
  absl::Status Next(const std::stop_token& stop, v1::ExportSeriesResponse* response);

 private:
  using Readers = std::vector<std::unique_ptr<promql::SeriesReader>>;

  SeriesExport(std::vector<Matchers> selectors, promql::TimeRange range,
               const promql::SeriesSource* series, const Clock* clock)
      : selectors_(std::move(selectors)), range_(range), series_(series), clock_(clock) {}

  absl::Status ListNames(const promql::QueryContext& context);
  absl::Status OpenMetric(const std::string& name, const promql::QueryContext& context);
  absl::StatusOr<bool> FindSamples(const promql::QueryContext& context);
  std::size_t TakeSamples(std::size_t most, v1::ExportSeriesResponse* response);

  const std::vector<Matchers> selectors_;  // one at least
  const promql::TimeRange range_;
  const promql::SeriesSource* const series_;
  const Clock* const clock_;

  std::optional<std::vector<std::string>> names_;  // of metrics, once they are listed
  std::size_t next_name_ = 0;
  Readers readers_;  // of the metric at hand, those that are done with at the end are gone
  std::size_t next_reader_ = 0;
  std::optional<promql::SampleSpan> part_;  // of the series at hand
  std::size_t next_sample_ = 0;             // of the part
  std::string damage_;                      // what could not be read; empty if all could
};

}  // namespace syspulse

#endif  // SERVICES_API_SERIES_EXPORT_H_
