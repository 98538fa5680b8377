// What the service counts of its own work: incremented where it happens, read by the exporter.
#ifndef SERVICES_EXPORTER_SERVICE_METRICS_H_
#define SERVICES_EXPORTER_SERVICE_METRICS_H_

#include <atomic>
#include <cstdint>

namespace syspulse {

// Thread-safe. All but the first two and written_series only grow.
struct ServiceMetrics {
  std::atomic<std::int64_t> agents{0};       // streams of agents that are open
  std::atomic<std::int64_t> subscribers{0};  // streams of readers that are open

  std::atomic<std::int64_t> frames_received{0};   // also those that arrived twice
  std::atomic<std::int64_t> samples_received{0};  // values of these frames
  std::atomic<std::int64_t> frames_refused{0};    // beyond the limits of what a host may send
  std::atomic<std::int64_t> process_tables_received{0};

  // Remote write. Of samples, each is counted as taken or as refused for one reason.
  std::atomic<std::int64_t> writes_received{0};          // requests
  std::atomic<std::int64_t> writes_failed{0};            // requests of which nothing counts
  std::atomic<std::int64_t> written_samples{0};          // taken, those that came twice among them
  std::atomic<std::int64_t> written_invalid_samples{0};  // refused for their labels
  std::atomic<std::int64_t> written_beyond_samples{0};   // refused for their time
  std::atomic<std::int64_t> written_duplicate_samples{0};  // refused for another value at that time
  std::atomic<std::int64_t> written_unplaced_samples{0};   // refused as there are too many series
  std::atomic<std::int64_t> written_exemplars{0};          // overlooked
  std::atomic<std::int64_t> written_histograms{0};         // native ones, overlooked
  std::atomic<std::int64_t> written_series{0};             // now: that came within the last hour

  std::atomic<std::int64_t> messages_sent{0};     // to readers
  std::atomic<std::int64_t> messages_dropped{0};  // because a reader was slow
  std::atomic<std::int64_t> bytes_sent{0};        // of these messages, before compression
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_SERVICE_METRICS_H_
