// Series and their values as PromQL writes them.
#ifndef CLIENTS_CLI_OUTPUT_SERIES_TEXT_H_
#define CLIENTS_CLI_OUTPUT_SERIES_TEXT_H_

#include <google/protobuf/map.h>

#include <map>
#include <string>
#include <vector>

namespace syspulse {

using LabelMap = google::protobuf::Map<std::string, std::string>;
using SortedLabels = std::map<std::string, std::string>;

inline constexpr char kNameLabel[] = "__name__";

SortedLabels Sorted(const LabelMap& labels);

// Returns `name{a="b", c="d"}`, `{}` without any label. Safe text.
std::string SeriesText(const SortedLabels& labels);

// What several series are called, what all of them share said once.
struct SeriesNames {
  std::string shared;              // empty if they share nothing
  std::vector<std::string> names;  // what is left of each, in their order
};

// A series that is the only one has its whole name in `names`.
SeriesNames NamesOf(const std::vector<SortedLabels>& series);

// Returns the number so that it reads back as the same: 0.25, 8589934592, 1e-09, NaN, +Inf.
std::string ValueText(double value);

// Returns whether the value is the NaN that stands where a grid has none.
bool IsGap(double value);

}  // namespace syspulse

#endif  // CLIENTS_CLI_OUTPUT_SERIES_TEXT_H_
