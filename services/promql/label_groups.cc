#include "services/promql/label_groups.h"

#include <algorithm>
#include <utility>

namespace syspulse::promql {

LabelGroups::LabelGroups(bool only, std::vector<std::string> names)
    : only_(only), names_(std::move(names)) {}

Labels LabelGroups::Select(const Labels& labels) const {
  if (only_ && names_.empty()) return Labels();
  std::vector<Label> selected;
  selected.reserve(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Label label = labels[i];
    const bool named = std::ranges::find(names_, label.name) != names_.end();
    if (only_ ? named : !named && label.name != kMetricName) selected.push_back(label);
  }
  return selected.size() == labels.size() ? labels : Labels::OfSorted(selected);
}

std::size_t LabelGroups::Add(const Labels& labels) {
  Labels selected = Select(labels);
  const auto [place, is_new] = groups_.try_emplace(selected, labels_.size());
  if (is_new) labels_.push_back(std::move(selected));
  return place->second;
}

std::size_t LabelGroups::Find(const Labels& labels) const {
  const auto place = groups_.find(Select(labels));
  return place == groups_.end() ? kNone : place->second;
}

}  // namespace syspulse::promql
