#include "services/store/series_match.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_format.h"
#include "services/model/target.h"

namespace syspulse {
namespace {

constexpr const char* kJob = "syspulse";  // of hosts that nobody named

LabelMap LabelsOfUnnamed(const std::string& host) {
  const std::optional<Target> target = TargetOf(host);
  if (!target) return {{"instance", host}, {"job", kJob}};
  LabelMap labels;
  if (!target->instance.empty()) labels.emplace("instance", target->instance);
  if (!target->job.empty()) labels.emplace("job", target->job);
  return labels;
}

}  // namespace

SeriesMatch::SeriesMatch(std::span<const LabelMatcher> matchers, HostLabelsPtr host_labels)
    : matchers_(matchers), host_labels_(std::move(host_labels)) {}

const SeriesMatch::HostMatch& SeriesMatch::MatchHost(const std::string& host) {
  const auto known = hosts_.find(host);
  if (known != hosts_.end()) return known->second;
  HostMatch match;
  const auto labels = host_labels_->find(host);
  if (labels != host_labels_->end()) {
    match.labels = &labels->second;
  } else {
    default_labels_.push_back(LabelsOfUnnamed(host));
    match.labels = &default_labels_.back();
  }
  match.wanted = std::ranges::all_of(matchers_, [&](const LabelMatcher& matcher) {
    const auto found = match.labels->find(matcher.name());
    return found == match.labels->end() || matcher.Matches(found->second);
  });
  std::string joined;
  for (const auto& [name, value] : *match.labels) joined += name + ",";
  match.label_names = &*names_.insert(std::move(joined)).first;
  return hosts_.emplace(host, match).first->second;
}

std::string_view SeriesMatch::Exported(const std::string& label) {
  return *names_.insert("exported_" + label).first;
}

MatchedColumns SeriesMatch::Find(const std::string& host, const SchemaPtr& schema) {
  const HostMatch& match = MatchHost(host);
  if (!match.wanted) return nullptr;
  const auto [found, is_new] = found_.try_emplace({schema->id(), match.label_names});
  if (is_new) found->second = FindAmong(*schema, *match.labels);
  return found->second;
}

std::optional<std::vector<SeriesMatch::FamilyMatcher>> SeriesMatch::MatchersOf(
    const MetricFamily& family, const LabelMap& host_labels) const {
  std::vector<FamilyMatcher> own;
  for (const LabelMatcher& matcher : matchers_) {
    if (host_labels.contains(matcher.name())) continue;
    const auto label = std::ranges::find_if(family.label_names, [&](const std::string& name) {
      return host_labels.contains(name) ? "exported_" + name == matcher.name()
                                        : name == matcher.name();
    });
    if (matcher.name() != kNameLabel && label != family.label_names.end()) {
      own.push_back({.matcher = &matcher,
                     .label = static_cast<std::size_t>(label - family.label_names.begin())});
    } else if (!matcher.Matches(matcher.name() == kNameLabel ? std::string_view(family.name)
                                                             : std::string_view())) {
      return std::nullopt;
    }
  }
  return own;
}

bool SeriesMatch::Means(const std::vector<FamilyMatcher>& matchers, const Series& series) {
  return std::ranges::all_of(matchers, [&](const FamilyMatcher& matcher) {
    return matcher.matcher->Matches(series.label_values[matcher.label]);
  });
}

MatchedColumns SeriesMatch::FindAmong(const Schema& schema, const LabelMap& host_labels) const {
  std::vector<std::optional<std::vector<FamilyMatcher>>> families;
  for (const MetricFamily& family : schema.families()) {
    families.push_back(MatchersOf(family, host_labels));
  }
  auto columns = std::make_shared<std::vector<std::uint32_t>>();
  for (std::uint32_t column = 0; column < schema.series().size(); ++column) {
    const Series& series = schema.series()[column];
    const auto& own = families[static_cast<std::size_t>(series.family)];
    if (own.has_value() && Means(*own, series)) columns->push_back(column);
  }
  return columns->empty() ? nullptr : columns;
}

LabelViews SeriesMatch::LabelsOf(const LabelMap& host_labels, const Schema& schema,
                                 std::size_t column) {
  const Series& series = schema.series()[column];
  const MetricFamily& family = schema.families()[static_cast<std::size_t>(series.family)];
  LabelViews labels;
  labels.reserve(1 + host_labels.size() + family.label_names.size());
  labels.emplace_back(kNameLabel, family.name);
  for (const auto& [name, value] : host_labels) {
    if (!value.empty()) labels.emplace_back(name, value);
  }
  for (std::size_t i = 0; i < family.label_names.size(); ++i) {
    if (series.label_values[i].empty()) continue;
    const std::string& name = family.label_names[i];
    labels.emplace_back(host_labels.contains(name) ? Exported(name) : std::string_view(name),
                        series.label_values[i]);
  }
  std::ranges::sort(labels);
  return labels;
}

}  // namespace syspulse
