#include "services/promql/series_source.h"

#include <map>
#include <utility>

#include "services/base/status_macros.h"

namespace syspulse::promql {
namespace {

// Returns what sorts by the metric's name, then by label after label.
std::string SortKey(const Labels& labels) {
  std::string key(labels.name());
  key.push_back('\0');
  for (std::size_t i = 0; i < labels.size(); ++i) {
    key.append(labels[i].name).push_back('\0');
    key.append(labels[i].value).push_back('\0');
  }
  return key;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SelectedSeries>> SeriesSource::SelectForThreads(
    std::span<const Matcher> /*matchers*/, TimeRange /*range*/) const {
  return std::unique_ptr<SelectedSeries>();
}

// For sources that are small: all series are gone through for each page.
absl::StatusOr<SeriesPage> SeriesSource::List(std::span<const std::vector<Matcher>> selectors,
                                              TimeRange range, std::size_t most,
                                              std::string_view from,
                                              const QueryContext& context) const {
  std::map<std::string, Labels> all;
  for (const std::vector<Matcher>& matchers : selectors) {
    ASSIGN_OR_RETURN(const auto readers, Select(matchers, range, context));
    for (const auto& reader : readers) all.emplace(SortKey(reader->labels()), reader->labels());
  }
  SeriesPage page;
  const std::string* last = nullptr;
  for (auto series = all.upper_bound(std::string(from)); series != all.end(); ++series) {
    if (page.series.size() == most) {
      page.next = *last;
      return page;
    }
    page.series.push_back(series->second);
    last = &series->first;
  }
  return page;
}

}  // namespace syspulse::promql
