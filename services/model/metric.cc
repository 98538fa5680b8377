#include "services/model/metric.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/metric_name.h"

namespace syspulse {
namespace {

// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv): a stable hash of short texts.
class Fnv {
 public:
  void Add(std::string_view text) {
    for (const char c : text) AddByte(static_cast<unsigned char>(c));
    AddByte(0);  // ends the text, so that "ab","c" and "a","bc" differ
  }
  void Add(int number) { Add(absl::StrFormat("%d", number)); }
  std::uint64_t hash() const { return hash_; }

 private:
  void AddByte(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3U; }

  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

std::uint64_t Hash(const std::vector<MetricFamily>& families, const std::vector<Series>& series) {
  Fnv fnv;
  for (const MetricFamily& family : families) {
    fnv.Add(family.name);
    fnv.Add(static_cast<int>(family.type));
    fnv.Add(family.unit);
    fnv.Add(family.help);
    fnv.Add(static_cast<int>(family.label_names.size()));
    for (const std::string& label : family.label_names) fnv.Add(label);
  }
  for (const Series& one : series) {
    fnv.Add(one.family);
    for (const std::string& value : one.label_values) fnv.Add(value);
  }
  return fnv.hash();
}

absl::Status CheckFamilies(const std::vector<MetricFamily>& families) {
  std::set<std::string_view> seen;
  for (const MetricFamily& family : families) {
    if (!IsMetricName(family.name)) {
      return absl::InvalidArgumentError(absl::StrFormat("'%s' is not a metric name", family.name));
    }
    if (!seen.insert(family.name).second) {
      return absl::InvalidArgumentError(absl::StrFormat("family %s stands twice", family.name));
    }
    std::set<std::string_view> labels;
    for (const std::string& label : family.label_names) {
      if (!IsLabelName(label)) {
        return absl::InvalidArgumentError(
            absl::StrFormat("'%s' of metric %s is not a label name", label, family.name));
      }
      if (!labels.insert(label).second) {
        return absl::InvalidArgumentError(
            absl::StrFormat("label %s of metric %s stands twice", label, family.name));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSeries(const std::vector<MetricFamily>& families,
                         const std::vector<Series>& series) {
  using Key = std::pair<int, const std::vector<std::string>*>;
  const auto less = [](const Key& a, const Key& b) {
    return a.first != b.first ? a.first < b.first : *a.second < *b.second;
  };
  std::set<Key, decltype(less)> seen(less);
  for (const Series& one : series) {
    if (one.family < 0 || static_cast<std::size_t>(one.family) >= families.size()) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "series of family %d in a schema of %d families", one.family, families.size()));
    }
    const MetricFamily& family = families[static_cast<std::size_t>(one.family)];
    if (one.label_values.size() != family.label_names.size()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("series of %s has %d label values, its family %d label names",
                          family.name, one.label_values.size(), family.label_names.size()));
    }
    if (!seen.insert({one.family, &one.label_values}).second) {
      return absl::InvalidArgumentError(
          absl::StrFormat("a series of %s stands twice", family.name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SchemaPtr> Schema::Create(std::vector<MetricFamily> families,
                                         std::vector<Series> series) {
  if (absl::Status status = CheckFamilies(families); !status.ok()) return status;
  if (absl::Status status = CheckSeries(families, series); !status.ok()) return status;
  return SchemaPtr(new Schema(std::move(families), std::move(series)));
}

Schema::Schema(std::vector<MetricFamily> families, std::vector<Series> series)
    : families_(std::move(families)), series_(std::move(series)), id_(Hash(families_, series_)) {}

}  // namespace syspulse
