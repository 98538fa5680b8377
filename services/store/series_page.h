// Lists series page by page, each for the cost of that page.
//
// Series come by name, those of one name by their host, and those of one host by all their labels.
// So a page begins at the name and the host at which the one before ended: series of other names
// and hosts are not looked at, nor is anything kept between two pages. A host whose series of one
// name are more than a page is gone through again for each of them, with no more than a page in
// memory.
#ifndef SERVICES_STORE_SERIES_PAGE_H_
#define SERVICES_STORE_SERIES_PAGE_H_

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/contents.h"
#include "services/store/label_matcher.h"
#include "services/store/row_group.h"

namespace syspulse {

// A series in the order of a listing: behind all that are less.
struct SeriesPosition {
  std::string metric;
  std::string host;    // its labels, as text
  std::string labels;  // all, as text

  auto operator<=>(const SeriesPosition&) const = default;
};

// Return a position as text, and the position that a text is; InvalidArgument if it is none.
std::string ToText(const SeriesPosition& position);
absl::StatusOr<SeriesPosition> ParseSeriesPosition(std::string_view text);

struct ListedSeries {
  std::vector<std::pair<std::string, std::string>> labels;  // by name, `__name__` among them
  SeriesPosition position;
};

// What is listed.
struct SeriesQuery {
  // A series is meant if all matchers of one of these are satisfied.
  std::span<const std::vector<LabelMatcher>> selectors;
  MillisRange range;
};

// Returns the first `most` series behind `after`, each label set once; all of them if it is empty.
// `check` is called now and then, and an error of it is returned.
absl::StatusOr<std::vector<ListedSeries>> ListSeriesBehind(
    const ContentsView& contents, const SeriesQuery& query, const SeriesPosition& after,
    std::size_t most, const std::function<absl::Status()>& check);

}  // namespace syspulse

#endif  // SERVICES_STORE_SERIES_PAGE_H_
