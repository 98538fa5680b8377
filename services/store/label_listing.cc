#include "services/store/label_listing.h"

#include <limits>
#include <set>
#include <utility>

#include "services/store/series_match.h"

namespace syspulse {
namespace {

// Calls `visit(host, schema)` for each schema of each host within `range` once, the newest first.
template <typename Visit>
void VisitSchemas(const ContentsView& contents, const MillisRange& range, const Visit& visit) {
  std::set<std::pair<std::string_view, std::uint64_t>> seen;
  const auto once = [&](const std::string& host, const SchemaPtr& schema) {
    if (seen.emplace(host, schema->id()).second) visit(host, schema);
  };
  // Held until the end: `seen` has views into them.
  std::vector<HeadGroupPtr> groups = contents.active->Groups();
  if (contents.frozen != nullptr) {
    const std::vector<HeadGroupPtr> frozen = contents.frozen->Groups();
    groups.insert(groups.end(), frozen.begin(), frozen.end());
  }
  for (const HeadGroupPtr& group : groups) {
    if (group->range().Overlaps(range)) once(group->host(), group->schema());
  }
  for (auto block = contents.blocks.rbegin(); block != contents.blocks.rend(); ++block) {
    if (!(*block)->range().Overlaps(range)) continue;
    for (const BlockGroup& group : (*block)->reader().groups()) {
      if (MillisRange{.first_ms = group.first_ms, .last_ms = group.last_ms}.Overlaps(range)) {
        once(group.host, group.schema);
      }
    }
  }
}

}  // namespace

std::vector<std::string> LabelNames(const ContentsView& contents,
                                    std::span<const LabelMatcher> matchers,
                                    const MillisRange& range) {
  SeriesMatch match(matchers, contents.host_labels);
  std::set<std::string, std::less<>> names;
  VisitSchemas(contents, range, [&](const std::string& host, const SchemaPtr& schema) {
    const MatchedColumns columns = match.Find(host, schema);
    if (columns == nullptr) return;
    for (const std::uint32_t column : *columns) {
      for (const auto& [name, value] : match.LabelsOf(host, *schema, column)) {
        if (!names.contains(name)) names.emplace(name);
      }
    }
  });
  return {names.begin(), names.end()};
}

std::vector<std::string> LabelValues(const ContentsView& contents, std::string_view name,
                                     std::span<const LabelMatcher> matchers,
                                     const MillisRange& range) {
  SeriesMatch match(matchers, contents.host_labels);
  std::set<std::string, std::less<>> values;
  VisitSchemas(contents, range, [&](const std::string& host, const SchemaPtr& schema) {
    const MatchedColumns columns = match.Find(host, schema);
    if (columns == nullptr) return;
    for (const std::uint32_t column : *columns) {
      for (const auto& [own, value] : match.LabelsOf(host, *schema, column)) {
        if (own == name && !values.contains(value)) values.emplace(value);
      }
    }
  });
  return {values.begin(), values.end()};
}

std::map<std::string, MetricFamily> Families(const ContentsView& contents) {
  std::map<std::string, MetricFamily> families;
  std::set<std::uint64_t> seen;
  const MillisRange ever{.first_ms = std::numeric_limits<std::int64_t>::min(),
                         .last_ms = std::numeric_limits<std::int64_t>::max()};
  VisitSchemas(contents, ever, [&](const std::string&, const SchemaPtr& schema) {
    if (!seen.insert(schema->id()).second) return;
    for (const MetricFamily& family : schema->families()) families.try_emplace(family.name, family);
  });
  return families;
}

}  // namespace syspulse
