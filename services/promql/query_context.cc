#include "services/promql/query_context.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse::promql {

QueryContext::QueryContext(QueryLimits limits, const Clock& clock, std::stop_token stop)
    : limits_(limits),
      clock_(clock),
      stop_(std::move(stop)),
      deadline_(clock.Monotonic() + limits.time) {}

absl::Status QueryContext::Check() const {
  if (stop_.stop_requested()) {
    return absl::CancelledError("query was canceled in expression evaluation");
  }
  if (clock_.Monotonic() > deadline_) {
    return absl::DeadlineExceededError("query timed out in expression evaluation");
  }
  return absl::OkStatus();
}

absl::Status QueryContext::CountRead(std::int64_t samples) {
  ++series_read_;
  samples_read_ += samples;
  if (series_read_ <= limits_.series_read) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrFormat("query would read more than %d series", limits_.series_read));
}

absl::Status QueryContext::Hold(std::int64_t samples) {
  samples_held_ += samples;
  most_samples_held_ = std::max(most_samples_held_, samples_held_);
  if (samples_held_ <= limits_.samples) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      "query processing would load too many samples into memory in expression evaluation");
}

}  // namespace syspulse::promql
