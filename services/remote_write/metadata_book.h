// What senders of remote write say their metrics mean: type, help and unit, by name.
//
// Prometheus tells it once a minute, apart from the samples, so it is kept in memory only.
// Thread-safe.
#ifndef SERVICES_REMOTE_WRITE_METADATA_BOOK_H_
#define SERVICES_REMOTE_WRITE_METADATA_BOOK_H_

#include <cstddef>
#include <functional>
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

  // Takes what was sent, in place of what was known. Longer texts are cut. Returns false if there
  // is no room for another metric, or it is none.
  bool Take(const MetadataMessage& message);

  // Returns all metrics, by name.
  std::map<std::string, MetricMeaning, std::less<>> All() const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, MetricMeaning, std::less<>> metrics_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_REMOTE_WRITE_METADATA_BOOK_H_
