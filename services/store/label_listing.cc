#include "services/store/label_listing.h"

#include <limits>
#include <set>
#include <utility>

#include "services/store/schema_visit.h"
#include "services/store/series_match.h"

namespace syspulse {
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
