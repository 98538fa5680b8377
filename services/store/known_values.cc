#include "services/store/known_values.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/model/target.h"
#include "services/store/head_group.h"
#include "services/store/merged_rows.h"

namespace syspulse {
namespace {

const MetricFamily& FamilyOf(const Schema& schema, std::size_t column) {
  return schema.families()[static_cast<std::size_t>(schema.series()[column].family)];
}

// A series, as text that tells it from all others of any schema.
std::string KeyOf(const Schema& schema, std::size_t column) {
  const MetricFamily& family = FamilyOf(schema, column);
  std::map<std::string, std::string> labels;
  for (std::size_t i = 0; i < family.label_names.size(); ++i) {
    labels.emplace(family.label_names[i], schema.series()[column].label_values[i]);
  }
  std::string key = family.name;
  for (const auto& [name, value] : labels) {
    key.append(1, '\0').append(name).append(1, '\0').append(value);
  }
  return key;
}

bool IsSameSeries(const Schema& a, const Schema& b, std::size_t column) {
  return column < b.series().size() &&
         a.series()[column].label_values == b.series()[column].label_values &&
         FamilyOf(a, column).name == FamilyOf(b, column).name &&
         FamilyOf(a, column).label_names == FamilyOf(b, column).label_names;
}

// Finds the series of one schema in another.
class ColumnFinder {
 public:
  ColumnFinder(const Schema& from, const Schema& to) : from_(from), to_(to) {}

  std::optional<std::size_t> Find(std::size_t column) {
    // A schema that grows keeps its columns, mostly.
    if (IsSameSeries(from_, to_, column)) return column;
    if (by_key_.empty()) {
      for (std::size_t i = 0; i < to_.series().size(); ++i) by_key_.emplace(KeyOf(to_, i), i);
    }
    const auto found = by_key_.find(KeyOf(from_, column));
    return found == by_key_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  const Schema& from_;
  const Schema& to_;
  std::map<std::string, std::size_t> by_key_;
};

// Takes what `row`, of that schema, has out of the rest.
void Compare(const Frame& frame, const Schema& schema, const std::vector<double>& row,
             KnownValues* known) {
  if (known->rest.empty()) known->rest = frame.values;
  ColumnFinder finder(*frame.schema, schema);
  for (std::size_t column = 0; column < known->rest.size(); ++column) {
    double& value = known->rest[column];
    if (IsAbsent(value)) continue;
    const std::optional<std::size_t> there = finder.Find(column);
    if (!there || IsAbsent(row[*there])) continue;
    ++known->known;
    if (std::memcmp(&row[*there], &value, sizeof(value)) != 0 && known->conflicting++ == 0) {
      known->first_conflict = column;
    }
    value = AbsentValue();
  }
}

}  // namespace

KnownValues FindKnownValues(const Frame& frame, std::int64_t time_ms, const ContentsView& contents,
                            bool with_own_group) {
  KnownValues known;
  const auto look_in = [&](const Head& head, bool active) {
    for (const HeadGroupPtr& group : head.GroupsOf(frame.host, frame.source)) {
      const bool own = group->schema()->id() == frame.schema->id();
      if (active && own && !with_own_group) continue;
      if (const auto row = group->ReadRow(time_ms)) Compare(frame, *group->schema(), *row, &known);
    }
  };
  if (contents.frozen != nullptr && !contents.IsDeletedInFrozen(frame.host))
    look_in(*contents.frozen, /*active=*/false);
  look_in(*contents.active, /*active=*/true);
  return known;
}

std::string DescribeSample(const Frame& frame, std::size_t column) {
  const MetricFamily& family = FamilyOf(*frame.schema, column);
  std::string labels;
  const auto add = [&labels](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    labels += absl::StrFormat("%s%s=\"%s\"", labels.empty() ? "" : ",", name, value);
  };
  const std::optional<Target> target = TargetOf(frame.host);
  add("instance", target ? target->instance : frame.host);
  if (target) add("job", target->job);
  for (std::size_t i = 0; i < family.label_names.size(); ++i) {
    add(family.label_names[i], frame.schema->series()[column].label_values[i]);
  }
  constexpr std::size_t kMostBytes = 200;
  return absl::StrFormat("%s{%s} at %s", family.name, labels.substr(0, kMostBytes),
                         absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", frame.time, absl::UTCTimeZone()));
}

}  // namespace syspulse
