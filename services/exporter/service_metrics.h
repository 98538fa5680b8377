// What the service counts of its own work: incremented where it happens, read by the exporter.
#ifndef SERVICES_EXPORTER_SERVICE_METRICS_H_
#define SERVICES_EXPORTER_SERVICE_METRICS_H_

#include <atomic>
#include <cstdint>

namespace syspulse {

// What came by one of the ways in that others speak. Of samples, each is counted as taken or as
// refused for one reason. Thread-safe. All but the last only grow.
struct WriteMetrics {
  std::atomic<std::int64_t> requests{0};
  std::atomic<std::int64_t> failed_requests{0};    // of which nothing counts
  std::atomic<std::int64_t> samples{0};            // taken, those that came twice among them
  std::atomic<std::int64_t> invalid_samples{0};    // refused for what they are or are called
  std::atomic<std::int64_t> beyond_samples{0};     // refused for their time
  std::atomic<std::int64_t> duplicate_samples{0};  // refused for another value at that time
  std::atomic<std::int64_t> unplaced_samples{0};   // refused as there are too many series
  std::atomic<std::int64_t> exemplars{0};          // overlooked
  std::atomic<std::int64_t> histograms{0};         // native ones, overlooked
  std::atomic<std::int64_t> series{0};             // now: that came within the last hour
};

// Thread-safe. All but the first two only grow.
struct ServiceMetrics {
  std::atomic<std::int64_t> agents{0};       // streams of agents that are open
  std::atomic<std::int64_t> subscribers{0};  // streams of readers that are open

  std::atomic<std::int64_t> agents_refused{0};  // connections: another agent speaks for their host
  std::atomic<std::int64_t> clock_steps{0};     // of agents' clocks that were set

  std::atomic<std::int64_t> frames_received{0};   // also those that arrived twice
  std::atomic<std::int64_t> samples_received{0};  // values of these frames
  std::atomic<std::int64_t> frames_refused{0};    // beyond limits, or of a time that is another agent's
  std::atomic<std::int64_t> process_tables_received{0};
  std::atomic<std::int64_t> interim_frames_received{0};  // none of the above

  WriteMetrics remote_write;
  WriteMetrics otlp;  // OpenTelemetry
  WriteMetrics push;  // PushMetrics

  std::atomic<std::int64_t> messages_sent{0};     // to readers
  std::atomic<std::int64_t> messages_dropped{0};  // because a reader was slow
  std::atomic<std::int64_t> bytes_sent{0};        // of these messages, before compression
  std::atomic<std::int64_t> streams_cut{0};       // because a reader took nothing
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_SERVICE_METRICS_H_
