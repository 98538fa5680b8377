#include "services/api/known_samples.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/base/status_macros.h"
#include "services/promql/labels.h"
#include "services/promql/matcher.h"
#include "services/remote_write/series_writer.h"

namespace syspulse {
namespace {

constexpr std::size_t kShownLabels = 200;  // bytes, in a sentence

using Selector = std::vector<promql::Matcher>;

promql::Labels LabelsOf(const v1::MatrixSeries& series) {
  promql::LabelsBuilder builder;
  for (const auto& [name, value] : series.labels()) builder.Set(name, value);
  return builder.Build();
}

bool AreSame(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

class Search {
 public:
  Search(const v1::ImportSeriesRequest& request, promql::TimeRange range,
         const promql::SeriesSource& stored, const promql::QueryContext& context)
      : request_(request), range_(range), stored_(stored), context_(context) {}

  absl::StatusOr<KnownSamples> Run() {
    RETURN_IF_ERROR(Prepare());
    if (range_.start_ms > range_.end_ms) return std::move(found_);
    ASSIGN_OR_RETURN(const std::vector<Selector> selectors, Selectors());
    for (const Selector& selector : selectors) {
      ASSIGN_OR_RETURN(const auto readers, stored_.Select(selector, range_, context_));
      for (const auto& reader : readers) {
        const auto place = places_.find(reader->labels());
        if (place != places_.end()) RETURN_IF_ERROR(Compare(place->second, reader.get()));
        RETURN_IF_ERROR(context_.Check());
      }
    }
    return std::move(found_);
  }

 private:
  // Narrows the range to the times of the request.
  absl::Status Prepare() {
    promql::TimeRange asked{.start_ms = std::numeric_limits<std::int64_t>::max(),
                            .end_ms = std::numeric_limits<std::int64_t>::min()};
    for (int i = 0; i < request_.series_size(); ++i) {
      const v1::MatrixSeries& series = request_.series(i);
      const promql::Labels labels = LabelsOf(series);
      if (!places_.emplace(labels, i).second) {
        return absl::InvalidArgumentError(
            absl::StrFormat("import series %s: it stands twice", Text(labels)));
      }
      if (series.times_ms().empty()) continue;
      asked.start_ms = std::min(asked.start_ms, *series.times_ms().begin());
      asked.end_ms = std::max(asked.end_ms, *series.times_ms().rbegin());
    }
    range_ = {.start_ms = std::max(range_.start_ms, asked.start_ms),
              .end_ms = std::min(range_.end_ms, asked.end_ms)};
    found_.known.resize(places_.size());
    return absl::OkStatus();
  }

  // Selects by metric or by target, whichever asks less often.
  absl::StatusOr<std::vector<Selector>> Selectors() const {
    std::set<std::vector<std::string_view>> names;
    std::set<std::vector<std::string_view>> targets;
    for (const auto& [labels, place] : places_) {
      names.insert({labels.name()});
      targets.insert({labels.Get("job"), labels.Get("instance")});
    }
    if (names.size() <= targets.size()) return SelectorsOf({"__name__"}, names);
    return SelectorsOf({"job", "instance"}, targets);
  }

  static absl::StatusOr<std::vector<Selector>> SelectorsOf(
      const std::vector<std::string>& labels, const std::set<std::vector<std::string_view>>& all) {
    std::vector<Selector> selectors;
    for (const std::vector<std::string_view>& values : all) {
      Selector& selector = selectors.emplace_back();
      for (std::size_t i = 0; i < labels.size(); ++i) {
        ASSIGN_OR_RETURN(
            promql::Matcher matcher,
            promql::Matcher::Create(promql::MatchKind::kEqual, labels[i], std::string(values[i])));
        selector.push_back(std::move(matcher));
      }
    }
    return selectors;
  }

  // Walks along the samples of the request and those that are there, side by side.
  absl::Status Compare(int place, promql::SeriesReader* reader) {
    const v1::MatrixSeries& series = request_.series(place);
    const auto& times_ms = series.times_ms();
    int next = 0;
    while (true) {
      ASSIGN_OR_RETURN(const std::optional<promql::SampleSpan> part, reader->ReadPart());
      if (!part) return absl::OkStatus();
      for (std::size_t i = 0; i < part->times_ms.size(); ++i) {
        while (next < times_ms.size() && times_ms[next] < part->times_ms[i]) ++next;
        if (next == times_ms.size()) return absl::OkStatus();
        if (times_ms[next] == part->times_ms[i]) Note(place, next, part->values[i]);
      }
      RETURN_IF_ERROR(context_.Check());
    }
  }

  // Where a series ended a sample may follow, at the same time too.
  void Note(int place, int sample, double there) {
    const v1::MatrixSeries& series = request_.series(place);
    const double value = StoredNan(series.values(sample));
    if (promql::IsStale(there) && !promql::IsStale(value)) return;
    std::vector<bool>& known = found_.known[static_cast<std::size_t>(place)];
    if (known.empty()) known.resize(static_cast<std::size_t>(series.times_ms_size()));
    known[static_cast<std::size_t>(sample)] = true;
    ++found_.count;
    if (AreSame(there, value) || ++found_.conflicting > 1) return;
    found_.first_conflict = absl::StrFormat(
        "%s at %s", Text(LabelsOf(series)),
        absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(series.times_ms(sample)),
                         absl::UTCTimeZone()));
  }

  static std::string Text(const promql::Labels& labels) {
    return labels.ToString().substr(0, kShownLabels);
  }

  const v1::ImportSeriesRequest& request_;
  promql::TimeRange range_;
  const promql::SeriesSource& stored_;
  const promql::QueryContext& context_;
  std::unordered_map<promql::Labels, int, promql::LabelsHash> places_;  // in the request
  KnownSamples found_;
};

}  // namespace

absl::StatusOr<KnownSamples> FindKnownSamples(const v1::ImportSeriesRequest& request,
                                              promql::TimeRange range,
                                              const promql::SeriesSource& stored,
                                              const promql::QueryContext& context) {
  return Search(request, range, stored, context).Run();
}

}  // namespace syspulse
