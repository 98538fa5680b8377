// What the service counts of its own work: incremented where it happens, read by the exporter.
#ifndef SERVICES_EXPORTER_SERVICE_METRICS_H_
#define SERVICES_EXPORTER_SERVICE_METRICS_H_

#include <atomic>
#include <cstdint>

namespace syspulse {

// Thread-safe. All but the first two only grow.
struct ServiceMetrics {
  std::atomic<std::int64_t> agents{0};       // streams of agents that are open
  std::atomic<std::int64_t> subscribers{0};  // streams of readers that are open

  std::atomic<std::int64_t> frames_received{0};   // also those that arrived twice
  std::atomic<std::int64_t> samples_received{0};  // values of these frames
  std::atomic<std::int64_t> frames_refused{0};    // beyond the limits of what a host may send
  std::atomic<std::int64_t> process_tables_received{0};
  std::atomic<std::int64_t> messages_sent{0};     // to readers
  std::atomic<std::int64_t> messages_dropped{0};  // because a reader was slow
  std::atomic<std::int64_t> bytes_sent{0};        // of these messages, before compression
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_SERVICE_METRICS_H_
