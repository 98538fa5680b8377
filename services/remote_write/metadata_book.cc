#include "services/remote_write/metadata_book.h"

#include <array>
#include <utility>

#include "services/base/metric_name.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

// prometheus.MetricMetadata.MetricType, by number.
constexpr std::array<std::string_view, 8> kTypes = {
    "unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"};

std::string Cut(std::string_view text) {
  return ToUtf8(text.substr(0, MetadataBook::kMostTextBytes));
}

}  // namespace

bool MetadataBook::Take(const MetadataMessage& message) {
  return Take(message.family,
              {.type = std::string(kTypes[message.type < kTypes.size() ? message.type : 0]),
               .help = std::string(message.help),
               .unit = std::string(message.unit)});
}

bool MetadataBook::Take(std::string_view metric, MetricMeaning meaning) {
  if (metric.size() > kMostTextBytes || !IsMetricName(metric)) return false;
  meaning.help = Cut(meaning.help);
  meaning.unit = Cut(meaning.unit);
  const MutexLock lock(mutex_);
  const auto [known, is_new] = metrics_.try_emplace(std::string(metric));
  known->second.meaning = std::move(meaning);
  if (!is_new) {
    order_.splice(order_.end(), order_, known->second.order);
    return true;
  }
  known->second.order = order_.insert(order_.end(), known->first);
  if (metrics_.size() > kMostMetrics) {
    metrics_.erase(metrics_.find(order_.front()));
    order_.pop_front();
  }
  return true;
}

std::map<std::string, MetricMeaning, std::less<>> MetadataBook::All() const {
  const MutexLock lock(mutex_);
  std::map<std::string, MetricMeaning, std::less<>> all;
  for (const auto& [name, told] : metrics_) all.emplace_hint(all.end(), name, told.meaning);
  return all;
}

}  // namespace syspulse
