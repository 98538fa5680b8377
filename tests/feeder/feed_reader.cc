#include "tests/feeder/feed_reader.h"

#include <algorithm>
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

// Puts the series of `name{label="value"}` in a schema to be. Series of one name stand together and
// have the same labels.
absl::Status AddSeries(std::string_view text, std::vector<MetricFamily>* families,
                       std::vector<Series>* series) {
  const auto matchers = promql::ParseSelector(text);
  if (!matchers.ok()) return BadLine(text);
  MetricFamily family{.help = "A metric of the script."};
  Series one;
  for (const promql::Matcher& matcher : *matchers) {
    if (matcher.name() == "__name__") {
      family.name = matcher.value();
    } else {
      family.label_names.push_back(matcher.name());
      one.label_values.push_back(matcher.value());
    }
  }
  auto place = std::ranges::find(*families, family.name, &MetricFamily::name);
  if (place == families->end()) place = families->insert(place, family);
  if (*place != family) return BadLine(text);
  one.family = static_cast<int>(place - families->begin());
  series->push_back(std::move(one));
  return absl::OkStatus();
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
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  std::string_view rest = names_;
  while (!rest.empty()) {
    RETURN_IF_ERROR(AddSeries(TakeUntil(&rest, '\n'), &families, &series));
  }
  ASSIGN_OR_RETURN(known, Schema::Create(std::move(families), std::move(series)));
  return known;
}

}  // namespace syspulse
