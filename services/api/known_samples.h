// Which samples of an import are there already, wherever they came from: a query sees one value of
// a series at a time, and the first that came stays.
#ifndef SERVICES_API_KNOWN_SAMPLES_H_
#define SERVICES_API_KNOWN_SAMPLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/promql/query_context.h"
#include "services/promql/series_source.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

struct KnownSamples {
  // For each series of the request, and each of its samples, whether its series has a value at that
  // time; empty for a series that has none at any of them.
  std::vector<std::vector<bool>> known;
  std::int64_t count = 0;        // of those
  std::int64_t conflicting = 0;  // of those: there with another value
  std::string first_conflict;    // its series and time; empty if there is none
};

// Compares a request that was checked with what `stored` has between these times, both included.
// InvalidArgument, which names the series, if one stands twice; else errors of the source.
absl::StatusOr<KnownSamples> FindKnownSamples(const v1::ImportSeriesRequest& request,
                                              promql::TimeRange range,
                                              const promql::SeriesSource& stored,
                                              const promql::QueryContext& context);

}  // namespace syspulse

#endif  // SERVICES_API_KNOWN_SAMPLES_H_
