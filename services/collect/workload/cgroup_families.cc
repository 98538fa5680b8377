#include "services/collect/workload/cgroup_families.h"

#include <optional>

#include "services/collect/workload/cgroup_path.h"

namespace syspulse {
namespace {

constexpr Family Of(MetricType type, std::string_view name, std::string_view help,
                    std::string_view third = "", std::string_view fourth = "") {
  std::string_view stem = name;
  if (stem.ends_with("_total")) stem.remove_suffix(6);
  const std::string_view unit = stem.ends_with("_bytes")     ? "bytes"
                                : stem.ends_with("_seconds") ? "seconds"
                                                             : "";
  return {name, type, unit, help, {"id", "name", third, fourth}};
}
constexpr Family Counter(std::string_view name, std::string_view help, std::string_view third = "",
                         std::string_view fourth = "") {
  return Of(MetricType::kCounter, name, help, third, fourth);
}
constexpr Family Gauge(std::string_view name, std::string_view help) {
  return Of(MetricType::kGauge, name, help);
}

constexpr Family kCpuUsage =
    Counter("container_cpu_usage_seconds_total", "Cumulative cpu time consumed in seconds.", "cpu");
constexpr Family kCpuUser =
    Counter("container_cpu_user_seconds_total", "Cumulative user cpu time consumed in seconds.");
constexpr Family kCpuSystem = Counter("container_cpu_system_seconds_total",
                                      "Cumulative system cpu time consumed in seconds.");
constexpr Family kPeriods =
    Counter("container_cpu_cfs_periods_total", "Number of elapsed enforcement period intervals.");
constexpr Family kThrottledPeriods =
    Counter("container_cpu_cfs_throttled_periods_total", "Number of throttled period intervals.");
constexpr Family kThrottledSeconds =
    Counter("container_cpu_cfs_throttled_seconds_total",
            "Total time duration the container has been throttled.");

constexpr Family kCache = Gauge("container_memory_cache", "Number of bytes of page cache memory.");
constexpr Family kRss = Gauge("container_memory_rss", "Size of RSS in bytes.");
constexpr Family kMappedFile =
    Gauge("container_memory_mapped_file", "Size of memory mapped files in bytes.");
constexpr Family kSwap = Gauge("container_memory_swap", "Container swap usage in bytes.");
constexpr Family kFailures =
    Counter("container_memory_failcnt", "Number of memory usage hits limits");
constexpr Family kUsage =
    Gauge("container_memory_usage_bytes",
          "Current memory usage in bytes, including all memory regardless of when it was accessed");
constexpr Family kPeak =
    Gauge("container_memory_max_usage_bytes", "Maximum memory usage recorded in bytes");
constexpr Family kWorkingSet =
    Gauge("container_memory_working_set_bytes", "Current working set in bytes.");
constexpr Family kActiveFile =
    Gauge("container_memory_total_active_file_bytes", "Current total active file in bytes.");
constexpr Family kInactiveFile =
    Gauge("container_memory_total_inactive_file_bytes", "Current total inactive file in bytes.");
constexpr Family kFaults =
    Counter("container_memory_failures_total", "Cumulative count of memory allocation failures.",
            "failure_type", "scope");
constexpr Family kOomEvents = Counter("container_oom_events_total",
                                      "Count of out of memory events observed for the container");

constexpr Family kReadBytes =
    Counter("container_fs_reads_bytes_total", "Cumulative count of bytes read", "device");
constexpr Family kReads =
    Counter("container_fs_reads_total", "Cumulative count of reads completed", "device");
constexpr Family kWrittenBytes =
    Counter("container_fs_writes_bytes_total", "Cumulative count of bytes written", "device");
constexpr Family kWrites =
    Counter("container_fs_writes_total", "Cumulative count of writes completed", "device");

constexpr Family kProcesses =
    Gauge("container_processes", "Number of processes running inside the container.");
constexpr Family kThreads =
    Gauge("container_threads", "Number of threads running inside the container");
constexpr Family kThreadsMax =
    Gauge("container_threads_max",
          "Maximum number of threads allowed inside the container, infinity if value is zero");

constexpr Family kCpuStalled = Counter(
    "container_pressure_cpu_stalled_seconds_total",
    "Total time duration no tasks in the container could make progress due to CPU congestion.");
constexpr Family kCpuWaiting =
    Counter("container_pressure_cpu_waiting_seconds_total",
            "Total time duration tasks in the container have waited due to CPU congestion.");
constexpr Family kMemoryStalled = Counter(
    "container_pressure_memory_stalled_seconds_total",
    "Total time duration no tasks in the container could make progress due to memory congestion.");
constexpr Family kMemoryWaiting =
    Counter("container_pressure_memory_waiting_seconds_total",
            "Total time duration tasks in the container have waited due to memory congestion.");
constexpr Family kIoStalled = Counter(
    "container_pressure_io_stalled_seconds_total",
    "Total time duration no tasks in the container could make progress due to IO congestion.");
constexpr Family kIoWaiting =
    Counter("container_pressure_io_waiting_seconds_total",
            "Total time duration tasks in the container have waited due to IO congestion.");

constexpr Family kCpuPeriod = Gauge("container_spec_cpu_period", "CPU period of the container.");
constexpr Family kCpuQuota = Gauge("container_spec_cpu_quota", "CPU quota of the container.");
constexpr Family kCpuShares = Gauge("container_spec_cpu_shares", "CPU share of the container.");
constexpr Family kMemoryLimit =
    Gauge("container_spec_memory_limit_bytes", "Memory limit for the container.");
constexpr Family kSwapLimit =
    Gauge("container_spec_memory_swap_limit_bytes", "Memory swap limit for the container.");
constexpr Family kReservation = Gauge("container_spec_memory_reservation_limit_bytes",
                                      "Memory reservation limit for the container.");

constexpr Family kLastSeen =
    Gauge("container_last_seen", "Last time a container was seen by the exporter");
constexpr Family kStartTime = Gauge("container_start_time_seconds",
                                    "Start time of the container since unix epoch in seconds.");

constexpr Family kOwner{
    "container_cgroup_info",
    MetricType::kGauge,
    "",
    "What a cgroup stands for, as far as its path tells; the value is 1.",
    {"id", "name", "container_id", "runtime", "pod_uid", "unit", "user_unit", "slice"}};

constexpr double kMicroseconds = 1e6;

// Adds the metrics of one cgroup.
class Adder {
 public:
  Adder(const CgroupLabels& labels, MetricWriter* writer) : labels_(labels), writer_(writer) {}

  template <typename... Labels>
  void Count(const Family& family, const CgroupNumber& number, const Labels&... labels) const {
    if (number) Add(family, static_cast<double>(*number), labels...);
  }
  template <typename... Labels>
  void Seconds(const Family& family, const CgroupNumber& microseconds,
               const Labels&... labels) const {
    if (microseconds) Add(family, static_cast<double>(*microseconds) / kMicroseconds, labels...);
  }
  // No limit is 0 to cAdvisor.
  void Limit(const Family& family, const CgroupNumber& limit) const {
    if (limit) Add(family, *limit == kNoLimit ? 0 : static_cast<double>(*limit));
  }
  template <typename... Labels>
  void Add(const Family& family, double value, const Labels&... labels) const {
    writer_->Add(family, value, labels_.id, labels_.name, labels...);
  }

 private:
  const CgroupLabels& labels_;
  MetricWriter* const writer_;
};

bool HasQuota(const CgroupLimits& limits) {
  return limits.cpu && limits.cpu->quota_microseconds != kNoLimit;
}

void AddMemory(const CgroupStats& stats, const Adder& add) {
  const CgroupMemory& memory = stats.memory;
  add.Count(kCache, memory.file);
  add.Count(kRss, memory.anonymous);
  add.Count(kMappedFile, memory.mapped_file);
  add.Count(kSwap, stats.swap_bytes);
  add.Count(kFailures, stats.memory_events.max);
  add.Count(kUsage, stats.memory_bytes);
  add.Count(kPeak, stats.memory_peak_bytes);
  if (stats.memory_bytes && memory.inactive_file) {
    const bool more = *stats.memory_bytes > *memory.inactive_file;
    add.Count(kWorkingSet, more ? *stats.memory_bytes - *memory.inactive_file : 0);
  }
  add.Count(kActiveFile, memory.active_file);
  add.Count(kInactiveFile, memory.inactive_file);
  for (const std::string_view scope : {"container", "hierarchy"}) {
    add.Count(kFaults, memory.faults, "pgfault", scope);
    add.Count(kFaults, memory.major_faults, "pgmajfault", scope);
  }
  add.Count(kOomEvents, stats.memory_events.oom_kill);
}

void AddIo(const CgroupStats& stats, const Adder& add) {
  for (const CgroupIo& io : stats.io) {
    add.Count(kReadBytes, io.counts.read_bytes, io.device);
    add.Count(kReads, io.counts.reads, io.device);
    add.Count(kWrittenBytes, io.counts.written_bytes, io.device);
    add.Count(kWrites, io.counts.writes, io.device);
  }
}

}  // namespace

void AddCgroupStats(const CgroupLabels& labels, const CgroupStats& stats,
                    const CgroupLimits& limits, MetricWriter* writer) {
  const Adder add(labels, writer);
  add.Seconds(kCpuUsage, stats.cpu.usage_microseconds, "total");
  add.Seconds(kCpuUser, stats.cpu.user_microseconds);
  add.Seconds(kCpuSystem, stats.cpu.system_microseconds);
  if (HasQuota(limits)) {
    add.Count(kPeriods, stats.cpu.periods);
    add.Count(kThrottledPeriods, stats.cpu.throttled_periods);
    add.Seconds(kThrottledSeconds, stats.cpu.throttled_microseconds);
  }
  AddMemory(stats, add);
  AddIo(stats, add);
  add.Count(kProcesses, stats.processes);
  add.Count(kThreads, stats.threads);
  add.Seconds(kCpuStalled, stats.cpu_pressure.full_microseconds);
  add.Seconds(kCpuWaiting, stats.cpu_pressure.some_microseconds);
  add.Seconds(kMemoryStalled, stats.memory_pressure.full_microseconds);
  add.Seconds(kMemoryWaiting, stats.memory_pressure.some_microseconds);
  add.Seconds(kIoStalled, stats.io_pressure.full_microseconds);
  add.Seconds(kIoWaiting, stats.io_pressure.some_microseconds);
}

void AddCgroupLimits(const CgroupLabels& labels, const CgroupLimits& limits, MetricWriter* writer) {
  const Adder add(labels, writer);
  if (limits.cpu) add.Count(kCpuPeriod, limits.cpu->period_microseconds);
  if (HasQuota(limits)) add.Count(kCpuQuota, limits.cpu->quota_microseconds);
  // Weights of 1 to 10,000 on the scale of shares, 2 to 262,144, as runtimes map the two.
  if (limits.cpu_weight && *limits.cpu_weight >= 1 && *limits.cpu_weight <= 10'000) {
    add.Count(kCpuShares, 2 + (*limits.cpu_weight - 1) * 262'142 / 9'999);
  }
  add.Limit(kMemoryLimit, limits.memory_bytes);
  add.Limit(kSwapLimit, limits.swap_bytes);
  add.Limit(kReservation, limits.reserved_bytes);
  add.Limit(kThreadsMax, limits.threads);
}

void AddCgroupTimes(const CgroupLabels& labels, double start, double now, MetricWriter* writer) {
  const Adder add(labels, writer);
  add.Add(kStartTime, start);
  add.Add(kLastSeen, now);
}

void AddCgroupOwner(const CgroupLabels& labels, MetricWriter* writer) {
  const CgroupOwner owner = ParseCgroupPath(labels.id);
  const CgroupContainer& container = owner.container;
  if (container.id.empty() && container.pod_uid.empty() && owner.unit.empty()) return;
  writer->Add(kOwner, 1, labels.id, labels.name, container.id, container.runtime, container.pod_uid,
              owner.unit, owner.user_unit, owner.slice);
}

}  // namespace syspulse
