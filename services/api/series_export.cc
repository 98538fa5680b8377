#include "services/api/series_export.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr std::size_t kSamplesAMessage = 32 << 10;  // 14 bytes each: well below gRPC's 4 MiB
constexpr std::size_t kSeriesAMessage = 2'000;      // of few samples each
constexpr std::size_t kLabelBytesAMessage = 1 << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<SeriesExport>> SeriesExport::Create(
    const v1::ExportSeriesRequest& request, const promql::SeriesSource* series,
    const Clock* clock) {
  ASSIGN_OR_RETURN(const promql::TimeRange range, RangeOf(request));
  ASSIGN_OR_RETURN(std::vector<Matchers> selectors, SelectorsOf(request));
  if (selectors.empty()) selectors.emplace_back();  // no matcher: every series
  return std::unique_ptr<SeriesExport>(
      new SeriesExport(std::move(selectors), range, series, clock));
}

absl::Status SeriesExport::ListNames(const promql::QueryContext& context) {
  damage_ = series_->Losses(range_);
  std::set<std::string, std::less<>> names;
  for (const Matchers& matchers : selectors_) {
    ASSIGN_OR_RETURN(const Readers readers, series_->Select(matchers, range_, context));
    for (const auto& reader : readers) {
      const std::string_view name = reader->labels().name();
      if (!names.contains(name)) names.emplace(name);
    }
    RETURN_IF_ERROR(context.Check());
  }
  names_.emplace(names.begin(), names.end());
  return absl::OkStatus();
}

absl::Status SeriesExport::OpenMetric(const std::string& name,
                                      const promql::QueryContext& context) {
  readers_.clear();
  next_reader_ = 0;
  for (Matchers matchers : selectors_) {
    ASSIGN_OR_RETURN(
        promql::Matcher named,
        promql::Matcher::Create(promql::MatchKind::kEqual, std::string(promql::kMetricName), name));
    matchers.push_back(std::move(named));
    ASSIGN_OR_RETURN(Readers readers, series_->Select(matchers, range_, context));
    std::ranges::move(readers, std::back_inserter(readers_));
  }
  const auto labels = [](const auto& reader) -> const promql::Labels& { return reader->labels(); };
  std::ranges::stable_sort(readers_, {}, labels);
  const auto doubles = std::ranges::unique(readers_, {}, labels);
  readers_.erase(doubles.begin(), doubles.end());
  return absl::OkStatus();
}

// Goes on to where there are samples. Returns false at the end.
absl::StatusOr<bool> SeriesExport::FindSamples(const promql::QueryContext& context) {
  while (!part_ || next_sample_ == part_->values.size()) {
    RETURN_IF_ERROR(context.Check());
    next_sample_ = 0;
    part_.reset();
    if (next_reader_ < readers_.size()) {
      ASSIGN_OR_RETURN(part_, readers_[next_reader_]->ReadPart());
      if (damage_.empty()) damage_ = readers_[next_reader_]->damage();
      if (!part_) readers_[next_reader_++].reset();
    } else if (next_name_ < names_->size()) {
      RETURN_IF_ERROR(OpenMetric((*names_)[next_name_++], context));
    } else {
      return false;
    }
  }
  return true;
}

std::size_t SeriesExport::TakeSamples(std::size_t most, v1::ExportSeriesResponse* response) {
  const std::size_t count = std::min(most, part_->values.size() - next_sample_);
  const auto times_ms = part_->times_ms.subspan(next_sample_, count);
  const auto values = part_->values.subspan(next_sample_, count);
  next_sample_ += count;
  v1::MatrixSeries* const added = response->add_series();
  SetLabels(readers_[next_reader_]->labels(), added->mutable_labels());
  added->mutable_times_ms()->Add(times_ms.begin(), times_ms.end());
  added->mutable_values()->Add(values.begin(), values.end());
  return count;
}

absl::Status SeriesExport::Next(const std::stop_token& stop, v1::ExportSeriesResponse* response) {
  const promql::QueryContext context({}, *clock_, stop);
  if (!names_) RETURN_IF_ERROR(ListNames(context));
  std::size_t samples = 0;
  std::size_t label_bytes = 0;
  while (samples < kSamplesAMessage && label_bytes < kLabelBytesAMessage &&
         static_cast<std::size_t>(response->series_size()) < kSeriesAMessage) {
    ASSIGN_OR_RETURN(const bool found, FindSamples(context));
    if (!found && samples == 0 && !damage_.empty()) {
      return absl::DataLossError(absl::StrFormat(
          "all there is was sent, but some samples are damaged and left out: %s", damage_));
    }
    if (!found) break;
    samples += TakeSamples(kSamplesAMessage - samples, response);
    for (const auto& [name, value] : response->series().rbegin()->labels()) {
      label_bytes += name.size() + value.size();
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
