#include "services/exporter/host_families.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace syspulse {
namespace {

using prometheus::ClientMetric;
using Labels = std::vector<ClientMetric::Label>;

constexpr const char* kInstance = "instance";

// A frame with its columns in the order of families.
class Columns {
 public:
  explicit Columns(const Frame& frame)
      : order_(frame.schema->series().size()), starts_(frame.schema->families().size() + 1) {
    for (const Series& series : frame.schema->series()) ++starts_[FamilyOf(series) + 1];
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
    for (std::size_t i = 0; i < order_.size(); ++i) {
      order_[next[FamilyOf(frame.schema->series()[i])]++] = i;
    }
  }

  std::span<const std::size_t> Of(std::size_t family) const {
    return std::span(order_).subspan(starts_[family], starts_[family + 1] - starts_[family]);
  }

 private:
  static std::size_t FamilyOf(const Series& series) {
    return static_cast<std::size_t>(series.family);
  }

  std::vector<std::size_t> order_;
  std::vector<std::size_t> starts_;  // of each family within the order
};

// The part of a family that one frame has.
struct Part {
  const HostFrames* host = nullptr;
  const Frame* frame = nullptr;
  const MetricFamily* family = nullptr;
  std::span<const std::size_t> columns;
};

prometheus::MetricType TypeOf(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricType::kUntyped:
      return prometheus::MetricType::Untyped;
  }
  return prometheus::MetricType::Untyped;
}

// Returns the names of the labels as they are exported: none twice.
std::vector<std::string> LabelNames(const Part& part) {
  std::vector<std::string> names = part.family->label_names;
  if (!part.host->instance) return names;
  const auto own = std::ranges::find(names, kInstance);
  if (own == names.end()) return names;
  do {
    own->insert(0, "exported_");
  } while (std::ranges::count(names, *own) > 1);
  return names;
}

void SetValue(double value, prometheus::MetricType type, ClientMetric* metric) {
  switch (type) {
    case prometheus::MetricType::Counter:
      metric->counter.value = value;
      return;
    case prometheus::MetricType::Gauge:
      metric->gauge.value = value;
      return;
    default:
      metric->untyped.value = value;
  }
}

// Adds the values of a part. `seen`, where it is given, holds the series of the host so far.
void AddSeries(const Part& part, std::set<Labels>* seen, prometheus::MetricFamily* out) {
  const std::vector<std::string> names = LabelNames(part);
  for (const std::size_t column : part.columns) {
    const double value = part.frame->values[column];
    if (std::isnan(value)) continue;
    const Series& series = part.frame->schema->series()[column];
    ClientMetric metric;
    metric.label.reserve(names.size() + 1);
    if (part.host->instance) metric.label.push_back({kInstance, *part.host->instance});
    for (std::size_t i = 0; i < names.size(); ++i) {
      // An empty label is no label; and two series that differ in one only are one series.
      if (!series.label_values[i].empty())
        metric.label.push_back({names[i], series.label_values[i]});
    }
    if (seen != nullptr) {
      Labels key = metric.label;
      std::sort(key.begin(), key.end());
      if (!seen->insert(std::move(key)).second) continue;
    }
    SetValue(value, out->type, &metric);
    out->metric.push_back(std::move(metric));
  }
}

// Leaves out what has another type than the first part of its host: what a host says of itself is
// not in the power of a file of others' metrics.
std::vector<Part> OfOneTypeEach(const std::vector<Part>& parts) {
  std::vector<Part> kept;
  MetricType type = MetricType::kUntyped;
  for (const Part& part : parts) {
    if (kept.empty() || kept.back().host != part.host) type = part.family->type;
    if (part.family->type == type) kept.push_back(part);
  }
  return kept;
}

prometheus::MetricFamily Merge(const std::vector<Part>& parts) {
  const MetricFamily& first = *parts.front().family;
  const bool agreed =
      std::ranges::all_of(parts, [&](const Part& part) { return part.family->type == first.type; });
  prometheus::MetricFamily merged;
  merged.name = first.name;
  merged.help = first.help;
  merged.type = agreed ? TypeOf(first.type) : prometheus::MetricType::Untyped;
  std::set<Labels> seen;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool starts = i == 0 || parts[i - 1].host != parts[i].host;
    const bool ends = i + 1 == parts.size() || parts[i + 1].host != parts[i].host;
    if (starts) seen.clear();
    // Schemas hold no series twice: only where a host has several parts can there be another.
    AddSeries(parts[i], starts && ends ? nullptr : &seen, &merged);
  }
  return merged;
}

}  // namespace

void ForEachFamily(const std::vector<HostFrames>& hosts,
                   const std::function<void(const prometheus::MetricFamily&)>& take) {
  std::vector<Columns> columns;  // of all frames, in order
  std::size_t frames = 0;
  for (const HostFrames& host : hosts) frames += host.frames.size();
  columns.reserve(frames);  // what points at them stays
  std::map<std::string_view, std::vector<Part>> parts;
  for (const HostFrames& host : hosts) {
    for (const FramePtr& frame : host.frames) {
      const Columns& of_frame = columns.emplace_back(*frame);
      const std::vector<MetricFamily>& families = frame->schema->families();
      for (std::size_t i = 0; i < families.size(); ++i) {
        if (of_frame.Of(i).empty()) continue;
        parts[families[i].name].push_back({.host = &host,
                                           .frame = frame.get(),
                                           .family = &families[i],
                                           .columns = of_frame.Of(i)});
      }
    }
  }
  for (const auto& [name, of_family] : parts) {
    const prometheus::MetricFamily family = Merge(OfOneTypeEach(of_family));
    if (!family.metric.empty()) take(family);
  }
}

}  // namespace syspulse
