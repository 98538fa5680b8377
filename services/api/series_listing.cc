#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/api/paging.h"
#include "services/api/query_evaluator.h"
#include "services/api/series_request.h"
#include "services/base/metric_name.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr PageLimits kPages{.default_size = 10'000, .max_size = 100'000};

// Calls `visit` with the labels of each series that a selector means; of all if there is none.
template <typename Visit>
absl::Status ForEachSeries(const promql::SeriesSource& series,
                           const std::vector<Matchers>& selectors, const promql::TimeRange& range,
                           const promql::QueryContext& context, const Visit& visit) {
  const std::vector<Matchers> all(1);  // no matcher: every series
  for (const Matchers& matchers : selectors.empty() ? all : selectors) {
    ASSIGN_OR_RETURN(const auto readers, series.Select(matchers, range, context));
    for (const auto& reader : readers) {
      visit(reader->labels());
      RETURN_IF_ERROR(context.Check());
    }
  }
  return absl::OkStatus();
}

// Cuts a page out of what was listed, which is sorted: calls `take` with each item of it. A page
// begins behind the last item of the page before, by its key.
template <typename Request, typename Items, typename Key, typename Take>
absl::StatusOr<std::string> CutPage(const Request& request, const Items& items, const Key& key,
                                    const Take& take) {
  ASSIGN_OR_RETURN(const std::size_t size, PageSize(request.page_size(), kPages));
  const Request arguments = ArgumentsOf(request);
  ASSIGN_OR_RETURN(const std::string last, ParsePageToken(arguments, request.page_token()));
  std::size_t taken = 0;
  std::string position;
  for (const auto& item : items) {
    if (!last.empty() && key(item) <= last) continue;
    if (taken++ == size) return MakePageToken(arguments, position);
    take(item);
    position = key(item);
  }
  return std::string();
}

using Names = std::set<std::string, std::less<>>;

template <typename Request, typename Add>
absl::StatusOr<std::string> ListNames(const promql::SeriesSource& series,
                                      const promql::QueryContext& context, const Request& request,
                                      const auto& collect, const Add& add) {
  ASSIGN_OR_RETURN(const promql::TimeRange range, RangeOf(request));
  ASSIGN_OR_RETURN(const std::vector<Matchers> selectors, SelectorsOf(request));
  Names names;
  RETURN_IF_ERROR(ForEachSeries(series, selectors, range, context,
                                [&](const promql::Labels& labels) { collect(labels, &names); }));
  return CutPage(
      request, names, [](const std::string& name) -> const std::string& { return name; }, add);
}

}  // namespace

absl::Status QueryEvaluator::Answer(const v1::ListSeriesRequest& request,
                                    const std::stop_token& stop,
                                    v1::ListSeriesResponse* response) const {
  if (request.selectors().empty()) {
    return absl::InvalidArgumentError("name the series: selectors=node_load1, for example");
  }
  ASSIGN_OR_RETURN(const promql::TimeRange range, RangeOf(request));
  ASSIGN_OR_RETURN(const std::vector<Matchers> selectors, SelectorsOf(request));
  const promql::QueryContext context(limits_, *clock_, stop);
  ASSIGN_OR_RETURN(const std::size_t size, PageSize(request.page_size(), kPages));
  const v1::ListSeriesRequest arguments = ArgumentsOf(request);
  ASSIGN_OR_RETURN(const std::string from, ParsePageToken(arguments, request.page_token()));
  ASSIGN_OR_RETURN(const promql::SeriesPage page,
                   series_->List(selectors, range, size, from, context));
  for (const promql::Labels& labels : page.series) {
    SetLabels(labels, response->add_series()->mutable_labels());
  }
  if (!page.next.empty()) response->set_next_page_token(MakePageToken(arguments, page.next));
  return absl::OkStatus();
}

absl::Status QueryEvaluator::Answer(const v1::ListLabelsRequest& request,
                                    const std::stop_token& stop,
                                    v1::ListLabelsResponse* response) const {
  ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                   ListNames(
                       *series_, promql::QueryContext(limits_, *clock_, stop), request,
                       [](const promql::Labels& labels, Names* names) {
                         for (std::size_t i = 0; i < labels.size(); ++i) {
                           if (!names->contains(labels[i].name)) names->emplace(labels[i].name);
                         }
                       },
                       [&](const std::string& name) { response->add_labels(name); }));
  return absl::OkStatus();
}

absl::Status QueryEvaluator::Answer(const v1::ListLabelValuesRequest& request,
                                    const std::stop_token& stop,
                                    v1::ListLabelValuesResponse* response) const {
  if (!IsLabelName(request.label())) {
    return absl::InvalidArgumentError(
        absl::StrFormat("invalid label name: \"%s\"", request.label()));
  }
  ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                   ListNames(
                       *series_, promql::QueryContext(limits_, *clock_, stop), request,
                       [&](const promql::Labels& labels, Names* names) {
                         const std::string_view value = labels.Get(request.label());
                         if (!value.empty() && !names->contains(value)) names->emplace(value);
                       },
                       [&](const std::string& value) { response->add_values(value); }));
  return absl::OkStatus();
}

}  // namespace syspulse
