// Collectors that share a frame.
//
// A collector that fails costs the others nothing and says so in metrics of its own, as
// node_exporter's do.
#ifndef SERVICES_COLLECT_SOURCE_H_
#define SERVICES_COLLECT_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/collector.h"
#include "services/collect/metric_writer.h"
#include "services/model/frame.h"

namespace syspulse {

// How a collector did.
struct CollectorOutcome {
  std::string_view name;
  bool success = false;
  absl::Duration duration;
};

// Adds node_scrape_collector_success and node_scrape_collector_duration_seconds.
void AddOutcome(const CollectorOutcome& outcome, MetricWriter* writer);

// Confined to one thread, except for what says otherwise.
class Source {
 public:
  // `clock` must outlive this.
  Source(std::string host_id, std::string name, const Clock* clock,
         std::vector<std::unique_ptr<Collector>> collectors);

  // Reads all collectors; null if what they say makes no frame, which is logged.
  FramePtr Read(absl::Time time);

  const std::string& host_id() const { return host_id_; }
  const std::string& name() const { return name_; }

  // Returns the names of the collectors, in their order. Thread-safe.
  std::vector<std::string_view> CollectorNames() const;
  // Returns the position of the collector that Read is at, or was at last. Thread-safe.
  std::size_t position() const { return position_; }

 private:
  CollectorOutcome Collect(Collector* collector);

  const std::string host_id_;
  const std::string name_;
  const Clock* const clock_;
  const std::vector<std::unique_ptr<Collector>> collectors_;
  MetricWriter writer_;
  std::set<std::string_view> failing_;  // collectors whose failure was logged
  std::atomic<std::size_t> position_ = 0;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_SOURCE_H_
