// Goes through what series there are without reading values: a series exists where rows of its
// source exist.
#ifndef SERVICES_STORE_SCHEMA_VISIT_H_
#define SERVICES_STORE_SCHEMA_VISIT_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/store/contents.h"
#include "services/store/row_group.h"

namespace syspulse {

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

}  // namespace syspulse

#endif  // SERVICES_STORE_SCHEMA_VISIT_H_
