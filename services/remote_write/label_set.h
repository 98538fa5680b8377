// What a written series is called: its labels, checked and in the order of their names.
//
// A sender may spell one label set in several ways: in another order, with labels that are empty.
// Here each has one spelling, so that a series is one series.
#ifndef SERVICES_REMOTE_WRITE_LABEL_SET_H_
#define SERVICES_REMOTE_WRITE_LABEL_SET_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

inline constexpr std::size_t kMostLabels = 256;           // of a series
inline constexpr std::size_t kMostLabelBytes = 64 << 10;  // of all labels of a series

// A name and its value, views into what was sent.
struct LabelView {
  std::string_view name;
  std::string_view value;

  bool operator==(const LabelView&) const = default;
};

// A series' name and its other labels.
struct LabelSet {
  std::string_view metric;
  std::vector<LabelView> labels;  // by name, each once, none empty, without `__name__`
};

// Returns the labels that these label fields of a TimeSeries are; views into them. InvalidArgument,
// which quotes what is wrong, if there is no `__name__`, a name breaks Prometheus' rules or stands
// twice, a value is not UTF-8, or there is more than the limits above.
absl::StatusOr<LabelSet> ParseLabelSet(std::string_view fields);

// Appends a label field, as it stands in a TimeSeries.
void AppendLabelField(const LabelView& label, std::string* fields);

// Returns the one spelling of a set: its label fields in order.
std::string SpellLabelSet(const LabelSet& set);

// Returns the labels as PromQL writes them, cut to a length that fits into a sentence.
std::string DescribeLabels(const LabelSet& set);

// Returns label fields of a TimeSeries so, as far as they can be read: none of them need be sound.
std::string DescribeFields(std::string_view fields);

}  // namespace syspulse

#endif  // SERVICES_REMOTE_WRITE_LABEL_SET_H_
