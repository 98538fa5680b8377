// What senders of remote write say their metrics mean: type, help and unit, by name.
//
// Prometheus tells it once a minute, apart from the samples, so it is kept in memory only. Of too
// many metrics those are forgotten that nobody told of for longest.
// Thread-safe.
#ifndef SERVICES_REMOTE_WRITE_METADATA_BOOK_H_
#define SERVICES_REMOTE_WRITE_METADATA_BOOK_H_

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/remote_write/write_request.h"

namespace syspulse {

// What a metric means, in the words of OpenMetrics.
struct MetricMeaning {
  std::string type;  // "counter", "histogram", …; "unknown" if nobody says
  std::string help;
  std::string unit;

  bool operator==(const MetricMeaning&) const = default;
};

class MetadataBook {
 public:
  static constexpr std::size_t kMostMetrics = 20'000;   // that are remembered
  static constexpr std::size_t kMostTextBytes = 1'024;  // of a name, a help, a unit

  MetadataBook() = default;
  MetadataBook(const MetadataBook&) = delete;
  MetadataBook& operator=(const MetadataBook&) = delete;

  // Takes what was sent, in place of what was known. Longer texts are cut. Returns false if that
  // cannot be the name of a metric.
  bool Take(const MetadataMessage& message);
  bool Take(std::string_view metric, MetricMeaning meaning);

  // Returns all metrics, by name.
  std::map<std::string, MetricMeaning, std::less<>> All() const;

 private:
  using Names = std::list<std::string_view>;
  struct Told {
    MetricMeaning meaning;
    Names::iterator order;
  };

  mutable Mutex mutex_;
  std::map<std::string, Told, std::less<>> metrics_ ABSL_GUARDED_BY(mutex_);
  Names order_ ABSL_GUARDED_BY(mutex_);  // of metrics_, told of last at the end
};

}  // namespace syspulse

#endif  // SERVICES_REMOTE_WRITE_METADATA_BOOK_H_
