// What requests about series have in common: selectors and a stretch of time.
#ifndef SERVICES_API_SERIES_REQUEST_H_
#define SERVICES_API_SERIES_REQUEST_H_

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/api/query_proto.h"
#include "services/base/status_macros.h"
#include "services/promql/matcher.h"
#include "services/promql/parser.h"
#include "services/promql/series_source.h"

namespace syspulse {

// Of one selector.
using Matchers = std::vector<promql::Matcher>;

// Returns the time that a request is about; without bounds where it names none. InvalidArgument if
// it is none.
template <typename Request>
absl::StatusOr<promql::TimeRange> RangeOf(const Request& request) {
  promql::TimeRange range{.start_ms = std::numeric_limits<std::int64_t>::min(),
                          .end_ms = std::numeric_limits<std::int64_t>::max()};
  if (request.has_start_time()) {
    ASSIGN_OR_RETURN(range.start_ms, MillisFrom(request.start_time(), "start_time"));
  }
  if (request.has_end_time()) {
    ASSIGN_OR_RETURN(range.end_ms, MillisFrom(request.end_time(), "end_time"));
  }
  if (range.end_ms < range.start_ms) {
    return absl::InvalidArgumentError("end_time is before start_time");
  }
  return range;
}

// Returns what the selectors of a request mean. InvalidArgument, with the place, if one is none.
template <typename Request>
absl::StatusOr<std::vector<Matchers>> SelectorsOf(const Request& request) {
  std::vector<Matchers> selectors;
  promql::SelectorsSize size;
  for (const std::string& text : request.selectors()) {
    ASSIGN_OR_RETURN(Matchers matchers, promql::ParseSelector(text, &size));
    selectors.push_back(std::move(matchers));
  }
  return selectors;
}

}  // namespace syspulse

#endif  // SERVICES_API_SERIES_REQUEST_H_
