#include "tests/feeder/feed_reader.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/promql/matcher.h"
#include "services/promql/parser.h"

namespace syspulse {
namespace {

absl::Status BadLine(std::string_view line) {
  return absl::InvalidArgumentError(absl::StrFormat("read the script: '%s'", line));
}

// A series as the script names it: labels by name, without that of the metric.
struct NamedSeries {
  std::string name;
  std::map<std::string, std::string> labels;
};

absl::StatusOr<NamedSeries> ParseSeries(std::string_view text) {
  const auto matchers = promql::ParseSelector(text);
  if (!matchers.ok()) return BadLine(text);
  NamedSeries series;
  for (const promql::Matcher& matcher : *matchers) {
    if (matcher.name() == "__name__") {
      series.name = matcher.value();
    } else {
      series.labels[matcher.name()] = matcher.value();
    }
  }
  return series;
}

// Series of one name have the same labels in a schema: where one lacks some, they are empty.
absl::StatusOr<SchemaPtr> SchemaOf(const std::vector<NamedSeries>& all) {
  std::map<std::string, int> places;
  std::vector<MetricFamily> families;
  for (const NamedSeries& one : all) {
    const auto [place, is_new] = places.emplace(one.name, static_cast<int>(families.size()));
    if (is_new) families.push_back({.name = one.name, .help = "A metric of the script."});
    MetricFamily& family = families[static_cast<std::size_t>(place->second)];
    for (const auto& [label, value] : one.labels) {
      if (std::ranges::find(family.label_names, label) == family.label_names.end()) {
        family.label_names.push_back(label);
      }
    }
  }
  std::vector<Series> series;
  for (const NamedSeries& one : all) {
    series.push_back({.family = places[one.name]});
    for (const std::string& label :
         families[static_cast<std::size_t>(places[one.name])].label_names) {
      const auto found = one.labels.find(label);
      series.back().label_values.push_back(found == one.labels.end() ? "" : found->second);
    }
  }
  return Schema::Create(std::move(families), std::move(series));
}

}  // namespace

absl::Status FeedReader::Take(std::string_view line) {
  const std::string_view whole = line;
  if (!line.starts_with('#')) return line.empty() ? absl::OkStatus() : TakeSample(line);
  const std::string_view word = TakeUntil(&line, ' ');
  if (word == "#HOST") {
    RETURN_IF_ERROR(EndFrame());
    host_ = TakeUntil(&line, ' ');
    events_.on_host(host_, std::string(line));
  } else if (word == "#SOURCE") {
    RETURN_IF_ERROR(EndFrame());
    source_ = line;
  } else if (word == "#TS") {
    RETURN_IF_ERROR(EndFrame());
    const auto time_ms = ParseNumber<std::int64_t>(line);
    if (!time_ms.has_value() || host_.empty()) return BadLine(whole);
    time_ms_ = *time_ms;
    in_frame_ = true;
  } else if (word == "#END") {
    return EndFrame();
  }
  return absl::OkStatus();  // a comment
}

absl::Status FeedReader::TakeSample(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  if (!in_frame_ || space == std::string_view::npos) return BadLine(line);
  std::string_view number = line.substr(space + 1);
  if (number.starts_with('+')) number.remove_prefix(1);
  const auto value = ParseNumber<double>(number);
  if (!value.has_value()) return BadLine(line);
  names_.append(line.substr(0, space)).push_back('\n');
  values_.push_back(*value);
  return absl::OkStatus();
}

absl::Status FeedReader::EndFrame() {
  if (!std::exchange(in_frame_, false)) return absl::OkStatus();
  ASSIGN_OR_RETURN(SchemaPtr schema, FindSchema());
  names_.clear();
  events_.on_frame(std::make_shared<const Frame>(Frame{.host = host_,
                                                       .source = source_,
                                                       .schema = std::move(schema),
                                                       .time = absl::FromUnixMillis(time_ms_),
                                                       .values = std::exchange(values_, {})}));
  return absl::OkStatus();
}

absl::StatusOr<SchemaPtr> FeedReader::FindSchema() {
  SchemaPtr& known = schemas_[names_];
  if (known != nullptr) return known;
  std::vector<NamedSeries> series;
  std::string_view rest = names_;
  while (!rest.empty()) {
    ASSIGN_OR_RETURN(NamedSeries one, ParseSeries(TakeUntil(&rest, '\n')));
    series.push_back(std::move(one));
  }
  ASSIGN_OR_RETURN(known, SchemaOf(series));
  return known;
}

}  // namespace syspulse
