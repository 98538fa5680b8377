#include "services/exporter/collector_query.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/collector_spec.h"
#include "services/exporter/request_target.h"

namespace syspulse {
namespace {

constexpr std::string_view kCollect = "collect[]";
constexpr std::string_view kExclude = "exclude[]";
// Each collector's series in a frame end with this one, whose only label is its name; see Source.
constexpr std::string_view kLastOfCollector = "node_scrape_collector_duration_seconds";

// Returns a part of a query as it was meant (https://url.spec.whatwg.org/#urlencoded-parsing);
// nothing if it is encoded wrongly.
std::optional<std::string> Decoded(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return FromPercentEncoding(spaced);
}

std::vector<std::string> ValuesOf(std::string_view parameter, std::string_view query) {
  std::vector<std::string> values;
  for (std::string_view part : Split(query, '&')) {
    const std::optional<std::string> name = Decoded(TakeUntil(&part, '='));
    std::optional<std::string> value = Decoded(part);
    if (name == parameter && value) values.push_back(*std::move(value));
  }
  return values;
}

absl::Status CheckRuns(std::string_view collector, const CollectorSettings& settings) {
  const std::vector<CollectorSpec> all = AllCollectors();
  const auto found = std::ranges::find(all, collector, &CollectorSpec::name);
  if (found == all.end()) {
    return absl::InvalidArgumentError(absl::StrFormat("missing collector: %s", ToUtf8(collector)));
  }
  if (found->Runs(settings)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "disabled collector: %s; --collector.%s switches it on", found->name, found->name));
}

bool IsCollectorOf(std::string_view source, std::string_view name) {
  const std::vector<CollectorSpec> all = AllCollectors();
  return std::ranges::any_of(
      all, [&](const CollectorSpec& spec) { return spec.source == source && spec.name == name; });
}

}  // namespace

absl::StatusOr<CollectorQuery> CollectorQuery::Parse(std::string_view query,
                                                     const CollectorSettings& settings) {
  const std::vector<std::string> collect = ValuesOf(kCollect, query);
  const std::vector<std::string> exclude = ValuesOf(kExclude, query);
  if (!collect.empty() && !exclude.empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s and %s cannot be combined; give one of them", kCollect, kExclude));
  }
  for (const std::string& name : collect) RETURN_IF_ERROR(CheckRuns(name, settings));
  CollectorQuery parsed;
  parsed.wanted_ = !collect.empty();
  for (const std::string& name : parsed.wanted_ ? collect : exclude) {
    parsed.names_.insert(name);
    for (const CollectorSpec& spec : AllCollectors()) {
      if (spec.part_of == name) parsed.names_.emplace(spec.name);
    }
  }
  return parsed;
}

FramePtr CollectorQuery::Narrowed(const FramePtr& frame) const {
  const std::vector<MetricFamily>& families = frame->schema->families();
  const auto last = std::ranges::find(families, kLastOfCollector, &MetricFamily::name);
  if (last == families.end() || last->label_names.size() != 1) return frame;
  const auto last_index = static_cast<int>(last - families.begin());
  auto narrowed = std::make_shared<Frame>(*frame);
  const std::vector<Series>& series = frame->schema->series();
  std::size_t begin = 0;  // of the collector's series
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (series[i].family != last_index) continue;
    const std::string& collector = series[i].label_values.front();
    if (!IsCollectorOf(frame->source, collector)) continue;  // some file said so
    for (; begin <= i; ++begin) {
      if (!Takes(collector)) narrowed->values[begin] = std::nan("");
    }
  }
  return narrowed;
}

}  // namespace syspulse
