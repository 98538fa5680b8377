#include "services/api/query_proto.h"

#include <google/protobuf/util/time_util.h>

#include <bit>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/model/proto.h"

namespace syspulse {
namespace {

using google::protobuf::util::TimeUtil;

const double kAbsent = std::bit_cast<double>(promql::kStaleBits);

template <typename Response>
void SetNotes(promql::Answer* answer, Response* response) {
  // Names of files, which damage is told with, may be any bytes.
  for (const std::string& warning : answer->warnings) response->add_warnings(ToUtf8(warning));
  for (const std::string& info : answer->infos) response->add_infos(ToUtf8(info));
}

void SetVector(const promql::Vector& vector, v1::SampleVector* out) {
  out->mutable_samples()->Reserve(static_cast<int>(vector.samples.size()));
  for (const promql::Sample& sample : vector.samples) {
    v1::VectorSample* const added = out->add_samples();
    SetLabels(sample.labels, added->mutable_labels());
    added->set_value(sample.value);
  }
}

void SetMatrix(const promql::Matrix& matrix, v1::SampleMatrix* out) {
  for (const promql::Series& series : matrix.series) {
    v1::MatrixSeries* const added = out->add_series();
    SetLabels(series.labels, added->mutable_labels());
    added->mutable_times_ms()->Add(series.times_ms->begin(), series.times_ms->end());
    added->mutable_values()->Add(series.values.begin(), series.values.end());
  }
}

// A grid is the same in every response that holds one.
template <typename Response>
void SetGrid(promql::Answer* answer, const QueryGrid& grid, Response* response) {
  *response->mutable_start_time() = TimestampOf(grid.range.start_ms);
  *response->mutable_step() = TimeUtil::MillisecondsToDuration(grid.step_ms);
  response->set_step_count(grid.steps());
  SetNotes(answer, response);
  for (promql::Series& series : std::get<promql::Matrix>(answer->value).series) {
    v1::GridSeries* const added = response->add_series();
    SetLabels(series.labels, added->mutable_labels());
    added->mutable_values()->Resize(static_cast<int>(grid.steps()), kAbsent);
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      const std::int64_t step = ((*series.times_ms)[i] - grid.range.start_ms) / grid.step_ms;
      added->set_values(static_cast<int>(step), series.values[i]);
    }
    series.values = {};  // one copy at a time
  }
}

}  // namespace

absl::StatusOr<std::int64_t> MillisFrom(const google::protobuf::Timestamp& time,
                                        std::string_view field) {
  const absl::StatusOr<absl::Time> read = FromProto(time);
  if (read.ok()) return absl::ToUnixMillis(*read);
  return absl::InvalidArgumentError(
      absl::StrFormat("%s: %s", field, std::string(read.status().message())));
}

absl::StatusOr<std::int64_t> MillisFrom(const google::protobuf::Duration& duration,
                                        std::string_view field) {
  const absl::StatusOr<absl::Duration> read = FromProto(duration);
  const std::int64_t millis = read.ok() ? absl::ToInt64Milliseconds(*read) : 0;
  if (millis > 0) return millis;
  return absl::InvalidArgumentError(
      absl::StrFormat("%s must be a millisecond at least, such as 15s", field));
}

google::protobuf::Timestamp TimestampOf(std::int64_t time_ms) {
  return TimeUtil::MillisecondsToTimestamp(time_ms);
}

void SetLabels(const promql::Labels& labels, google::protobuf::Map<std::string, std::string>* out) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const promql::Label label = labels[i];
    // label_replace and literals may make any bytes.
    (*out)[ToUtf8(label.name)] = ToUtf8(label.value);
  }
}

void SetAnswer(promql::Answer answer, std::int64_t time_ms, v1::QueryResponse* response) {
  *response->mutable_time() = TimestampOf(time_ms);
  SetNotes(&answer, response);
  std::visit(
      [response](auto& value) {
        using Kind = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Kind, promql::Scalar>) {
          response->set_scalar(value.value);
        } else if constexpr (std::is_same_v<Kind, promql::String>) {
          response->set_text(ToUtf8(value.value));
        } else if constexpr (std::is_same_v<Kind, promql::Vector>) {
          SetVector(value, response->mutable_vector());
        } else {
          SetMatrix(value, response->mutable_matrix());
        }
      },
      answer.value);
}

void SetAnswer(promql::Answer answer, const QueryGrid& grid, v1::QueryRangeResponse* response) {
  SetGrid(&answer, grid, response);
}

void SetAnswer(promql::Answer answer, const QueryGrid& grid, v1::QueryUpdate* update) {
  SetGrid(&answer, grid, update);
}

v1::QueryStats StatsOf(const promql::QueryContext& context, absl::Duration took) {
  v1::QueryStats stats;
  stats.set_series_count(context.series_read());
  stats.set_sample_count(context.samples_read());
  stats.set_peak_sample_count(context.most_samples_held());
  *stats.mutable_evaluation_duration() =
      TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(took));
  return stats;
}

}  // namespace syspulse
