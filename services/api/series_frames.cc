#include "services/api/series_frames.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/base/status_macros.h"
#include "services/model/target.h"
#include "services/remote_write/series_writer.h"

namespace syspulse {
namespace {

constexpr char kName[] = "__name__";
constexpr int kMostLabels = 256;                   // of a series
constexpr std::size_t kMostLabelBytes = 64 << 10;  // of all labels of a series
constexpr std::size_t kShownLabels = 200;          // bytes, in a sentence

// What a series is called, apart from its target.
struct OwnLabels {
  std::string metric;
  std::map<std::string, std::string> labels;
};

// A series' samples that are taken.
struct TakenSeries {
  OwnLabels own;
  std::span<const double> values;
};

// Series of one target with the same times.
struct Group {
  std::string host;
  std::span<const std::int64_t> times_ms;
  std::vector<TakenSeries> series;
};

absl::Status Refuse(const v1::MatrixSeries& series, std::string_view why) {
  std::string text;
  for (const auto& [name, value] :
       std::map<std::string, std::string>(series.labels().begin(), series.labels().end())) {
    text += (text.empty() ? "" : ", ") + name + "=\"" + value + "\"";
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("import series {%s}: %s", text.substr(0, kShownLabels), why));
}

std::string LabelOf(const v1::MatrixSeries& series, const std::string& name) {
  const auto found = series.labels().find(name);
  return found == series.labels().end() ? "" : found->second;
}

absl::Status CheckSeries(const v1::MatrixSeries& series) {
  if (series.labels_size() > kMostLabels) {
    return Refuse(series, absl::StrFormat("it may have %d labels", kMostLabels));
  }
  std::size_t bytes = 0;
  for (const auto& [name, value] : series.labels()) bytes += name.size() + value.size();
  if (bytes > kMostLabelBytes) {
    return Refuse(series, absl::StrFormat("its labels may have %d bytes", kMostLabelBytes));
  }
  if (LabelOf(series, kName).empty()) return Refuse(series, "it has no name");
  if (LabelOf(series, "job").size() + LabelOf(series, "instance").size() > kMostTargetBytes) {
    return Refuse(series, absl::StrFormat("job and instance may have %d bytes", kMostTargetBytes));
  }
  if (series.times_ms_size() != series.values_size()) {
    return Refuse(series, absl::StrFormat("it has %d times and %d values", series.times_ms_size(),
                                          series.values_size()));
  }
  if (std::ranges::adjacent_find(series.times_ms(), std::greater_equal<>()) !=
      series.times_ms().end()) {
    return Refuse(series, "its times do not ascend");
  }
  return absl::OkStatus();
}

OwnLabels OwnLabelsOf(const v1::MatrixSeries& series) {
  OwnLabels own;
  for (const auto& [name, value] : series.labels()) {
    if (name == kName) {
      own.metric = value;
    } else if (name != "job" && name != "instance" && !value.empty()) {
      own.labels.emplace(name, value);
    }
  }
  return own;
}

std::size_t HashOf(std::string_view host, std::span<const std::int64_t> times_ms) {
  const auto* const bytes = reinterpret_cast<const char*>(times_ms.data());
  return std::hash<std::string_view>()(std::string_view(bytes, times_ms.size_bytes())) * 31 +
         std::hash<std::string_view>()(host);
}

// Puts series into groups.
class Grouping {
 public:
  void Add(const std::string& host, std::span<const std::int64_t> times_ms, TakenSeries series) {
    std::vector<std::size_t>& alike = by_hash_[HashOf(host, times_ms)];
    for (const std::size_t place : alike) {
      Group& group = groups_[place];
      if (group.host != host || !std::ranges::equal(group.times_ms, times_ms)) continue;
      group.series.push_back(std::move(series));
      return;
    }
    alike.push_back(groups_.size());
    Group group{.host = host, .times_ms = times_ms};
    group.series.push_back(std::move(series));
    groups_.push_back(std::move(group));
  }

  std::vector<Group>& groups() { return groups_; }

 private:
  std::vector<Group> groups_;
  std::unordered_map<std::size_t, std::vector<std::size_t>> by_hash_;  // places in groups_
};

// Returns the schema of a group's series, in its order: those of one metric stand together.
absl::StatusOr<SchemaPtr> SchemaOf(Group* group) {
  std::ranges::stable_sort(group->series, {}, [](const TakenSeries& series) {
    return std::tie(series.own.metric, series.own.labels);
  });
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  std::vector<std::set<std::string>> names;  // of labels, by family
  for (const TakenSeries& one : group->series) {
    if (families.empty() || families.back().name != one.own.metric) {
      families.push_back({.name = one.own.metric});
      names.emplace_back();
    }
    for (const auto& [name, value] : one.own.labels) names.back().insert(name);
    series.push_back({.family = static_cast<int>(families.size()) - 1});
  }
  for (std::size_t i = 0; i < families.size(); ++i) {
    families[i].label_names.assign(names[i].begin(), names[i].end());
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    for (const std::string& name :
         families[static_cast<std::size_t>(series[i].family)].label_names) {
      const auto value = group->series[i].own.labels.find(name);
      series[i].label_values.push_back(value == group->series[i].own.labels.end() ? ""
                                                                                  : value->second);
    }
  }
  return Schema::Create(std::move(families), std::move(series));
}

absl::Status AppendFrames(Group* group, SeriesFrames* made) {
  ASSIGN_OR_RETURN(const SchemaPtr schema, SchemaOf(group));
  const std::string source = absl::StrFormat("import-%016x", schema->id());
  for (std::size_t row = 0; row < group->times_ms.size(); ++row) {
    std::vector<double> values;
    values.reserve(group->series.size());
    for (const TakenSeries& series : group->series) values.push_back(StoredNan(series.values[row]));
    made->frames.push_back(
        std::make_shared<const Frame>(Frame{.host = group->host,
                                            .source = source,
                                            .schema = schema,
                                            .time = absl::FromUnixMillis(group->times_ms[row]),
                                            .values = std::move(values),
                                            .outcome = made->outcome}));
  }
  return absl::OkStatus();
}

// Those samples of a series that are taken: views into the request, or into `*rests` if some of
// them are known already.
struct Rest {
  std::vector<std::int64_t> times_ms;
  std::vector<double> values;
};
struct Taken {
  std::span<const std::int64_t> times_ms;
  std::span<const double> values;
};

Taken WithoutKnown(const Taken& all, std::size_t first, const std::vector<bool>& known,
                   std::deque<Rest>* rests) {
  if (known.empty()) return all;
  Rest& rest = rests->emplace_back();
  for (std::size_t i = 0; i < all.times_ms.size(); ++i) {
    if (known[first + i]) continue;
    rest.times_ms.push_back(all.times_ms[i]);
    rest.values.push_back(all.values[i]);
  }
  return {.times_ms = rest.times_ms, .values = rest.values};
}

// Returns the samples within the bounds, and counts the others.
Taken Within(const SampleBounds& bounds, const v1::MatrixSeries& series, SeriesFrames* made,
             std::size_t* first) {
  const auto size = static_cast<std::size_t>(series.times_ms_size());
  const std::span<const std::int64_t> times_ms(series.times_ms().data(), size);
  const std::span<const double> values(series.values().data(), size);
  *first = static_cast<std::size_t>(std::ranges::lower_bound(times_ms, bounds.oldest_ms) -
                                    times_ms.begin());
  const auto last = static_cast<std::size_t>(std::ranges::upper_bound(times_ms, bounds.newest_ms) -
                                             times_ms.begin());
  made->expired_samples += static_cast<std::int64_t>(*first);
  made->future_samples += static_cast<std::int64_t>(size - last);
  return {.times_ms = times_ms.subspan(*first, last - *first),
          .values = values.subspan(*first, last - *first)};
}

}  // namespace

absl::Status CheckImport(const v1::ImportSeriesRequest& request) {
  for (const v1::MatrixSeries& series : request.series()) RETURN_IF_ERROR(CheckSeries(series));
  return absl::OkStatus();
}

absl::StatusOr<SeriesFrames> FramesOf(const v1::ImportSeriesRequest& request,
                                      const SampleBounds& bounds, const KnownSamples& known) {
  SeriesFrames made;
  Grouping grouping;
  std::deque<Rest> rests;
  for (int i = 0; i < request.series_size(); ++i) {
    const v1::MatrixSeries& series = request.series(i);
    std::size_t first = 0;
    const Taken within = Within(bounds, series, &made, &first);
    const Taken taken =
        WithoutKnown(within, first, known.known[static_cast<std::size_t>(i)], &rests);
    made.samples += static_cast<std::int64_t>(taken.values.size());
    if (taken.values.empty()) continue;
    const std::string host =
        TargetHostId({.job = LabelOf(series, "job"), .instance = LabelOf(series, "instance")});
    grouping.Add(host, taken.times_ms, {.own = OwnLabelsOf(series), .values = taken.values});
  }
  for (Group& group : grouping.groups()) {
    const absl::Status status = AppendFrames(&group, &made);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("import series of one target: %s", status.message()));
    }
  }
  return made;
}

}  // namespace syspulse
