#include "services/store/series_page.h"

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/store/schema_visit.h"
#include "services/store/series_match.h"

namespace syspulse {
namespace {

void AppendKey(std::string_view name, std::string_view value, std::string* key) {
  key->append(name).push_back('\0');
  key->append(value).push_back('\0');
}

// A schema that rows of some hosts have.
struct UsedSchema {
  SchemaPtr schema;
  std::vector<const std::string*> hosts;
  // Columns by family, once one of them is asked for.
  std::vector<std::vector<std::uint32_t>> columns;

  const std::vector<std::uint32_t>& ColumnsOf(std::size_t family) {
    if (columns.empty()) {
      columns.resize(schema->families().size());
      for (std::uint32_t i = 0; i < schema->series().size(); ++i) {
        columns[static_cast<std::size_t>(schema->series()[i].family)].push_back(i);
      }
    }
    return columns[family];
  }
};

// The series of one name on hosts that are called the same.
struct Place {
  UsedSchema* schema = nullptr;
  std::size_t family = 0;
  const std::string* host = nullptr;
};

class Lister {
 public:
  Lister(const ContentsView& contents, const SeriesQuery& query, const SeriesPosition& after)
      : query_(query), after_(after) {
    for (const std::vector<LabelMatcher>& selector : query.selectors) {
      matches_.push_back(std::make_unique<SeriesMatch>(selector, contents.host_labels));
    }
    VisitSchemas(contents, query.range, [this](const std::string& host, const SchemaPtr& schema) {
      UsedSchema& used = schemas_[schema->id()];
      used.schema = schema;
      used.hosts.push_back(&*hosts_.insert(hosts_.end(), host));
    });
    FindMetrics();
  }

  absl::StatusOr<std::vector<ListedSeries>> Behind(std::size_t most,
                                                   const std::function<absl::Status()>& check) {
    std::vector<ListedSeries> page;
    for (const auto& [metric, families] : metrics_) {
      for (const auto& [host, places] : PlacesOf(metric, families)) {
        if (page.size() >= most) return page;
        RETURN_IF_ERROR(check());
        Add(SeriesPosition{.metric = std::string(metric), .host = std::string(host)}, places,
            most - page.size(), &page);
      }
    }
    return page;
  }

 private:
  using Families = std::vector<std::pair<UsedSchema*, std::size_t>>;

  bool IsMeant(const MetricFamily& family) const {
    return std::ranges::any_of(query_.selectors, [&](const std::vector<LabelMatcher>& selector) {
      return std::ranges::all_of(selector, [&](const LabelMatcher& matcher) {
        return matcher.name() != kNameLabel || matcher.Matches(family.name);
      });
    });
  }

  void FindMetrics() {
    for (auto& [id, used] : schemas_) {
      const std::vector<MetricFamily>& families = used.schema->families();
      for (std::size_t i = 0; i < families.size(); ++i) {
        if (families[i].name >= after_.metric && IsMeant(families[i])) {
          metrics_[families[i].name].emplace_back(&used, i);
        }
      }
    }
  }

  const std::string& KeyOfHost(const std::string& host) {
    const auto [found, is_new] = host_keys_.try_emplace(host);
    if (is_new) {
      for (const auto& [name, value] : matches_.front()->LabelsOf(host)) {
        AppendKey(name, value, &found->second);
      }
    }
    return found->second;
  }

  // Returns where series of that name stand, by host.
  std::map<std::string_view, std::vector<Place>> PlacesOf(std::string_view metric,
                                                          const Families& families) {
    std::map<std::string_view, std::vector<Place>> places;
    for (const auto& [used, family] : families) {
      for (const std::string* host : used->hosts) {
        const std::string& key = KeyOfHost(*host);
        if (metric == after_.metric && key < after_.host) continue;
        places[key].push_back({.schema = used, .family = family, .host = host});
      }
    }
    return places;
  }

  // Adds the first `most` series of these places to the page.
  void Add(SeriesPosition position, const std::vector<Place>& places, std::size_t most,
           std::vector<ListedSeries>* page) {
    const bool goes_on = position.metric == after_.metric && position.host == after_.host;
    std::map<std::string, LabelViews> found;
    std::string key;
    for (const Place& place : places) {
      for (const std::unique_ptr<SeriesMatch>& match : matches_) {
        match->VisitFamily(*place.host, *place.schema->schema, place.family,
                           place.schema->ColumnsOf(place.family), [&](LabelViews labels) {
                             key.clear();
                             for (const auto& [name, value] : labels) AppendKey(name, value, &key);
                             if (goes_on && key <= after_.labels) return;
                             if (found.size() == most && key >= found.rbegin()->first) return;
                             found.emplace(key, std::move(labels));
                             if (found.size() > most) found.erase(std::prev(found.end()));
                           });
      }
    }
    for (auto& [text, labels] : found) {
      position.labels = text;
      page->push_back({.labels = {labels.begin(), labels.end()}, .position = position});
    }
  }

  const SeriesQuery& query_;
  const SeriesPosition& after_;
  std::vector<std::unique_ptr<SeriesMatch>> matches_;  // of each selector
  std::list<std::string> hosts_;                       // at fixed addresses
  std::unordered_map<std::uint64_t, UsedSchema> schemas_;
  std::map<std::string_view, Families> metrics_;
  std::unordered_map<std::string, std::string> host_keys_;
};

}  // namespace

std::string ToText(const SeriesPosition& position) {
  return absl::StrFormat("%d.%d.", position.metric.size(), position.host.size()) + position.metric +
         position.host + position.labels;
}

absl::StatusOr<SeriesPosition> ParseSeriesPosition(std::string_view text) {
  const auto metric = ParseNumber<std::size_t>(TakeUntil(&text, '.'));
  const auto host = ParseNumber<std::size_t>(TakeUntil(&text, '.'));
  if (!metric || !host || *metric > text.size() || *host > text.size() - *metric) {
    return absl::InvalidArgumentError("this is not the position of a series");
  }
  return SeriesPosition{.metric = std::string(text.substr(0, *metric)),
                        .host = std::string(text.substr(*metric, *host)),
                        .labels = std::string(text.substr(*metric + *host))};
}

absl::StatusOr<std::vector<ListedSeries>> ListSeriesBehind(
    const ContentsView& contents, const SeriesQuery& query, const SeriesPosition& after,
    std::size_t most, const std::function<absl::Status()>& check) {
  if (query.selectors.empty()) return std::vector<ListedSeries>();
  return Lister(contents, query, after).Behind(most, check);
}

}  // namespace syspulse
