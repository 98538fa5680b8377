// What a query asks and answers, to and from the messages of the API.
#ifndef SERVICES_API_QUERY_PROTO_H_
#define SERVICES_API_QUERY_PROTO_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/map.h"
#include "services/promql/labels.h"
#include "services/promql/query_context.h"
#include "services/promql/series_source.h"
#include "services/promql/values.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

// Returns milliseconds since the Unix epoch, what is finer cut off. InvalidArgument, naming
// `field`, for a time that is none.
absl::StatusOr<std::int64_t> MillisFrom(const google::protobuf::Timestamp& time,
                                        std::string_view field);
// Returns milliseconds, what is finer cut off. InvalidArgument, naming `field`, for a duration that
// is none or not positive.
absl::StatusOr<std::int64_t> MillisFrom(const google::protobuf::Duration& duration,
                                        std::string_view field);

google::protobuf::Timestamp TimestampOf(std::int64_t time_ms);

// Fills `out` with the labels.
void SetLabels(const promql::Labels& labels, google::protobuf::Map<std::string, std::string>* out);

// What a range query is about; a grid of at least one moment.
struct QueryGrid {
  promql::TimeRange range;
  std::int64_t step_ms = 0;

  std::int64_t steps() const { return (range.end_ms - range.start_ms) / step_ms + 1; }
};

// Fill a response with an answer, which they take apart.
void SetAnswer(promql::Answer answer, std::int64_t time_ms, v1::QueryResponse* response);
void SetAnswer(promql::Answer answer, const QueryGrid& grid, v1::QueryRangeResponse* response);
void SetAnswer(promql::Answer answer, const QueryGrid& grid, v1::QueryUpdate* update);

v1::QueryStats StatsOf(const promql::QueryContext& context, absl::Duration took);

}  // namespace syspulse

#endif  // SERVICES_API_QUERY_PROTO_H_
