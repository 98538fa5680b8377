#include "services/remote_write/metadata_book.h"

#include <array>
#include <utility>

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
  if (message.family.empty() || message.family.size() > kMostTextBytes) return false;
  MetricMeaning meaning{
      .type = std::string(kTypes[message.type < kTypes.size() ? message.type : 0]),
      .help = Cut(message.help),
      .unit = Cut(message.unit)};
  const MutexLock lock(mutex_);
  const auto known = metrics_.find(message.family);
  if (known != metrics_.end()) {
    known->second = std::move(meaning);
    return true;
  }
  if (metrics_.size() >= kMostMetrics) return false;
  metrics_.emplace(ToUtf8(message.family), std::move(meaning));
  return true;
}

std::map<std::string, MetricMeaning, std::less<>> MetadataBook::All() const {
  const MutexLock lock(mutex_);
  return metrics_;
}

}  // namespace syspulse
