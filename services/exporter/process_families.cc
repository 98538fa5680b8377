#include "services/exporter/process_families.h"

#include <string>

namespace syspulse {
namespace {

prometheus::MetricFamily Gauge(const std::string& name, double value, const std::string& help) {
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  return {.name = name,
          .help = help,
          .type = prometheus::MetricType::Gauge,
          .metric = {std::move(metric)}};
}

prometheus::MetricFamily Counter(const std::string& name, double value, const std::string& help) {
  prometheus::ClientMetric metric;
  metric.counter.value = value;
  return {.name = name,
          .help = help,
          .type = prometheus::MetricType::Counter,
          .metric = {std::move(metric)}};
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessFamilies(const ProcessStats& stats) {
  return {
      Counter("process_cpu_seconds_total", stats.cpu_seconds,
              "Total user and system CPU time spent in seconds."),
      Gauge("process_open_fds", stats.open_files, "Number of open file descriptors."),
      Gauge("process_max_fds", stats.max_files, "Maximum number of open file descriptors."),
      Gauge("process_virtual_memory_bytes", stats.virtual_bytes, "Virtual memory size in bytes."),
      Gauge("process_resident_memory_bytes", stats.resident_bytes,
            "Resident memory size in bytes."),
      Gauge("process_start_time_seconds", stats.start_time_seconds,
            "Start time of the process since unix epoch in seconds."),
  };
}

}  // namespace syspulse
