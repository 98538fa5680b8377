// Which labels count: those of on() and by(), or all but those of ignoring() and without().
#ifndef SERVICES_PROMQL_LABEL_GROUPS_H_
#define SERVICES_PROMQL_LABEL_GROUPS_H_

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/promql/labels.h"

namespace syspulse::promql {

// Gives numbers to the groups that rows fall into by the labels that count, from 0 in the order
// they are met.
class LabelGroups {
 public:
  // With `only`, the labels `names` count; else all but them and the metric's name.
  LabelGroups(bool only, std::vector<std::string> names);

  // Returns the number of the group of a row, a new one if there is none yet.
  std::size_t Add(const Labels& labels);

  // Returns the number of the group of a row, or kNone.
  std::size_t Find(const Labels& labels) const;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // Returns the labels that count, of this row.
  Labels Select(const Labels& labels) const;

  std::size_t size() const { return labels_.size(); }
  const Labels& labels(std::size_t group) const { return labels_[group]; }

 private:
  bool only_;
  std::vector<std::string> names_;
  std::unordered_map<Labels, std::size_t, LabelsHash> groups_;
  std::vector<Labels> labels_;
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_LABEL_GROUPS_H_
