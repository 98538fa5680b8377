// What labels there are: for completion, for the variables of dashboards, for metadata. No values
// are read; a series exists where rows of its source exist.
#ifndef SERVICES_STORE_LABEL_LISTING_H_
#define SERVICES_STORE_LABEL_LISTING_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/model/metric.h"
#include "services/store/contents.h"
#include "services/store/label_matcher.h"
#include "services/store/row_group.h"

namespace syspulse {

// Returns the names of all labels of the series within `range` that satisfy all matchers, sorted.
std::vector<std::string> LabelNames(const ContentsView& contents,
                                    std::span<const LabelMatcher> matchers,
                                    const MillisRange& range);

// Returns the values that a label has on those series, sorted.
std::vector<std::string> LabelValues(const ContentsView& contents, std::string_view name,
                                     std::span<const LabelMatcher> matchers,
                                     const MillisRange& range);

// Returns all metrics, by name, as the newest rows describe them.
std::map<std::string, MetricFamily> Families(const ContentsView& contents);

}  // namespace syspulse

#endif  // SERVICES_STORE_LABEL_LISTING_H_
