#include "clients/cli/transfer/sample_reader.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/model/metric_type_proto.h"

namespace syspulse {
namespace {

constexpr std::size_t kShownBytes = 60;                      // of a line, in a sentence
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";  // some editors begin files with it

// Returns whether a line without an end cannot be the beginning of a longer one. A number can.
bool IsWhole(std::string_view line) {
  return line.empty() || line == "# EOF" || (line.starts_with('{') && line.ends_with('}'));
}

}  // namespace

absl::Status SampleReader::Fill(SampleBatch* batch) {
  places_.clear();
  last_series_.clear();
  TakePending(batch);
  while (!batch->full()) {
    const auto line = lines_.Next();
    absl::Status status = line.status();
    if (line.ok() && *line) {
      status = TakeLine(**line, batch);
    } else if (line.ok()) {
      at_end_ = true;
      return CheckEnd();
    }
    if (absl::IsInvalidArgument(status)) {
      const std::string_view shown = (*line)->substr(0, kShownBytes);
      return absl::DataLossError(absl::StrFormat("%s:%d: %s: %s%s", options_.name, lines_.number(),
                                                 status.message(), ToUtf8(shown),
                                                 shown.size() < (*line)->size() ? "…" : ""));
    }
    // Of the lines' making, which know no name, unless it is compressed data that is damaged.
    if (absl::IsDataLoss(status) &&
        !std::string(status.message()).starts_with(options_.name + " ")) {
      return absl::DataLossError(
          absl::StrFormat("%s:%d: %s", options_.name, lines_.number(), status.message()));
    }
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

absl::Status SampleReader::CheckEnd() const {
  // Prometheus' text may be empty; OpenMetrics may not.
  const bool is_open_metrics = is_open_metrics_ || options_.unit == TimeUnit::kSeconds;
  if (!is_open_metrics || ended_) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat(
      "%s does not end with '# EOF', as OpenMetrics has to: it is cut", options_.name));
}

absl::Status SampleReader::TakeLine(std::string_view line, SampleBatch* batch) {
  if (lines_.number() == 1 && line.starts_with(kByteOrderMark)) {
    line.remove_prefix(kByteOrderMark.size());
  }
  const std::string_view text = Trim(line);
  if (lines_.is_open() && !IsWhole(text)) {
    return absl::DataLossError("the line does not end: the file is cut here");
  }
  if (text.empty()) return absl::OkStatus();
  if (ended_) return absl::InvalidArgumentError("there is a line behind # EOF");
  if (text.starts_with('#')) {
    ended_ = text == "# EOF";
    TakeCommentLine(text, &family_);
    return absl::OkStatus();
  }
  const bool is_json = text.starts_with("{\"") || text.starts_with("{ \"");
  return is_json ? TakeJson(text, batch) : TakeSample(text, batch);
}

absl::StatusOr<std::size_t> SampleReader::PlaceOf(std::string_view series, SampleBatch* batch) {
  const auto known = places_.find(std::string(series));
  if (known != places_.end()) return known->second;
  ASSIGN_OR_RETURN(const auto labels, ParseSeriesLabels(series));
  Describe(labels.at("__name__"), batch);
  return places_[std::string(series)] = batch->PlaceOf(labels);
}

// Says what the metric means, if that stands above it. In OpenMetrics the family of `x_total` is
// `x`, but queries and Prometheus' text format know the counter by its whole name.
void SampleReader::Describe(const std::string& metric, SampleBatch* batch) const {
  if (family_.name().empty() || !metric.starts_with(family_.name())) return;
  const std::string_view suffix = std::string_view(metric).substr(family_.name().size());
  v1::MetricFamily family = family_;
  if (family.type() == v1::METRIC_TYPE_COUNTER && suffix == "_total") family.set_name(metric);
  if (family.name() == metric || IsPartOfFamily(family.type(), suffix)) batch->Describe(family);
}

absl::Status SampleReader::TakeSample(std::string_view line, SampleBatch* batch) {
  ASSIGN_OR_RETURN(const SampleLine sample, ParseSampleLine(line));
  std::optional<std::int64_t> time_ms = options_.time_ms;
  if (!sample.time.empty()) {
    if (!unit_) unit_ = options_.unit.value_or(GuessTimeUnit(sample.time));
    is_open_metrics_ = *unit_ == TimeUnit::kSeconds;
    ASSIGN_OR_RETURN(time_ms, ParseSampleTime(sample.time, *unit_));
  }
  if (!time_ms) {
    return absl::InvalidArgumentError("the line has no time; give such lines one with --timestamp");
  }
  if (last_series_.empty() || sample.series != last_series_) {
    ASSIGN_OR_RETURN(last_place_, PlaceOf(sample.series, batch));
    last_series_ = sample.series;
  }
  batch->Add(last_place_, *time_ms, sample.value);
  return absl::OkStatus();
}

absl::Status SampleReader::TakeJson(std::string_view line, SampleBatch* batch) {
  ASSIGN_OR_RETURN(JsonSamples samples, ParseJsonSamples(line));
  RETURN_IF_ERROR(CheckSeries(samples.labels));
  pending_ = std::move(samples);
  next_pending_ = 0;
  TakePending(batch);
  return absl::OkStatus();
}

void SampleReader::TakePending(SampleBatch* batch) {
  if (next_pending_ == pending_.values.size()) return;
  const std::size_t place = batch->PlaceOf(pending_.labels);
  while (next_pending_ < pending_.values.size() && !batch->full()) {
    batch->Add(place, pending_.times_ms[next_pending_], pending_.values[next_pending_]);
    ++next_pending_;
  }
}

}  // namespace syspulse
