// The series of a schema that matchers mean, and what they are called.
//
// There is no list of all series: a fleet has few schemas and many series, and a schema is its own
// index. A query matches each schema once and takes the answer for every host that has it.
//
// A series is called by the labels of its schema and those of its host. Where both have a label of
// one name the schema's gets `exported_` before its name, as Prometheus does it. A host that stands
// for a target has its job and instance; one that nobody named is its own instance.
#ifndef SERVICES_STORE_SERIES_MATCH_H_
#define SERVICES_STORE_SERIES_MATCH_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/model/metric.h"
#include "services/store/contents.h"
#include "services/store/label_matcher.h"

namespace syspulse {

// Label names and values, by name, `__name__` among them; none is empty. Views into a schema and
// the labels of a host.
using LabelViews = std::vector<std::pair<std::string_view, std::string_view>>;

using MatchedColumns = std::shared_ptr<const std::vector<std::uint32_t>>;

// Finds series for one query. Confined to one thread. What it is asked for must outlive it.
class SeriesMatch {
 public:
  // `host_labels` are what hosts are called.
  SeriesMatch(std::span<const LabelMatcher> matchers, HostLabelsPtr host_labels);

  // Returns the columns of `schema` that are meant on this host, ascending; null if there are none.
  MatchedColumns Find(const std::string& host, const SchemaPtr& schema);

  // Calls `visit(labels)` for each of these columns, all of one family of the schema, that is meant
  // on this host.
  template <typename Columns, typename Visit>
  void VisitFamily(const std::string& host, const Schema& schema, std::size_t family,
                   const Columns& columns, const Visit& visit) {
    const HostMatch& match = MatchHost(host);
    if (!match.wanted) return;
    const auto own = MatchersOf(schema.families()[family], *match.labels);
    if (!own) return;
    for (const std::uint32_t column : columns) {
      if (Means(*own, schema.series()[column])) visit(LabelsOf(*match.labels, schema, column));
    }
  }

  // Returns what the host is called. Lives as long as this.
  const LabelMap& LabelsOf(const std::string& host) { return *MatchHost(host).labels; }

  // Returns what that column of the schema is called on the host.
  LabelViews LabelsOf(const std::string& host, const Schema& schema, std::size_t column) {
    return LabelsOf(LabelsOf(host), schema, column);
  }
  LabelViews LabelsOf(const LabelMap& host_labels, const Schema& schema, std::size_t column);

 private:
  // What a query needs to know of a host.
  struct HostMatch {
    const LabelMap* labels = nullptr;
    bool wanted = false;  // by the matchers of its own labels
    const std::string* label_names =
        nullptr;  // joined: hosts with the same ones share what was found
  };

  // A matcher as it applies to one family.
  struct FamilyMatcher {
    const LabelMatcher* matcher;
    std::size_t label;  // place in label_names
  };

  const HostMatch& MatchHost(const std::string& host);
  // Returns the matchers of labels that the family has; nothing if its name or its lack of labels
  // rules it out.
  std::optional<std::vector<FamilyMatcher>> MatchersOf(const MetricFamily& family,
                                                       const LabelMap& host_labels) const;
  static bool Means(const std::vector<FamilyMatcher>& matchers, const Series& series);
  MatchedColumns FindAmong(const Schema& schema, const LabelMap& host_labels) const;
  std::string_view Exported(const std::string& label);

  const std::span<const LabelMatcher> matchers_;
  const HostLabelsPtr host_labels_;
  std::map<std::string, HostMatch, std::less<>> hosts_;
  std::deque<LabelMap> default_labels_;  // of hosts that nobody named
  std::set<std::string> names_;          // joined label names and exported ones, at fixed addresses
  std::map<std::pair<std::uint64_t, const std::string*>, MatchedColumns>
      found_;  // by schema, names
};

}  // namespace syspulse

#endif  // SERVICES_STORE_SERIES_MATCH_H_
