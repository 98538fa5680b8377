#include "services/exporter/service_collectable.h"

#include <iterator>
#include <set>
#include <utility>

#include "services/base/version.h"
#include "services/exporter/process_families.h"
#include "services/exporter/process_stats.h"
#include "services/model/instance_names.h"

namespace syspulse {
namespace {

using prometheus::ClientMetric;
using Type = prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// Adds families one after another.
class Families {
 public:
  void Start(Type type, const std::string& name, const std::string& help) {
    families_.emplace_back();
    families_.back().name = name;
    families_.back().help = help;
    families_.back().type = type;
  }
  void Add(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (families_.back().type == Type::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    families_.back().metric.push_back(std::move(metric));
  }
  void Gauge(const std::string& name, double value, const std::string& help) {
    Start(Type::Gauge, name, help);
    Add(value);
  }
  void Counter(const std::string& name, double value, const std::string& help) {
    Start(Type::Counter, name, help);
    Add(value);
  }
  void Add(std::vector<prometheus::MetricFamily> others) {
    families_.insert(families_.end(), std::make_move_iterator(others.begin()),
                     std::make_move_iterator(others.end()));
  }
  std::vector<prometheus::MetricFamily> Take() { return std::move(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

void AddCompleteness(const std::vector<HostPtr>& hosts,
                     const std::map<std::string, std::string>& instances, Families* out) {
  const auto add = [&](Type type, const std::string& name, const std::string& help,
                       const auto& value_of) {
    out->Start(type, name, help);
    for (const HostPtr& host : hosts) {
      if (!host->completeness) continue;
      out->Add(static_cast<double>(value_of(*host->completeness)),
               {{"instance", instances.at(host->id)}, {"host", host->id}});
    }
  };
  using One = HostCompleteness;
  add(Type::Gauge, "syspulse_agent_gap_seconds",
      "Seconds of the last day, since the first sample of the host, that have no sample.",
      [](const One& one) { return absl::ToDoubleSeconds(one.gap); });
  add(Type::Counter, "syspulse_agent_samples_expected_total",
      "Samples of the host that should have come: one for each interval.",
      [](const One& one) { return one.expected_samples; });
  add(Type::Counter, "syspulse_agent_samples_received_total",
      "Samples of the host that came, each counted once.",
      [](const One& one) { return one.received_samples; });
  add(Type::Counter, "syspulse_agent_samples_late_total",
      "Samples of the host that came after a break, beside newer ones.",
      [](const One& one) { return one.late_samples; });
  add(Type::Counter, "syspulse_agent_samples_duplicate_total",
      "Samples of the host that came again.", [](const One& one) { return one.duplicate_samples; });
}

void AddClocks(const std::vector<HostPtr>& hosts,
               const std::map<std::string, std::string>& instances, Families* out) {
  out->Start(Type::Gauge, "syspulse_agent_clock_skew_seconds",
             "Seconds that the host's clock is ahead of the service's, to within what the network "
             "takes.");
  for (const HostPtr& host : hosts) {
    if (!host->clock_skew) continue;
    out->Add(absl::ToDoubleSeconds(*host->clock_skew),
             {{"instance", instances.at(host->id)}, {"host", host->id}});
  }
}

void AddHosts(const std::vector<HostPtr>& hosts, Families* out) {
  constexpr std::pair<HostState, const char*> kStates[] = {{HostState::kOnline, "online"},
                                                           {HostState::kStale, "stale"},
                                                           {HostState::kOffline, "offline"}};
  out->Start(Type::Gauge, "syspulse_hosts", "Hosts that the service knows, by state.");
  for (const auto& [state, name] : kStates) {
    double count = 0;
    for (const HostPtr& host : hosts) count += host->state == state ? 1 : 0;
    out->Add(count, {{"state", name}});
  }
  if (hosts.empty()) return;
  const auto instances = InstancesOf(hosts);
  out->Start(Type::Gauge, "syspulse_host_up",
             "Whether frames of the host arrive in time (1) or not (0).");
  for (const HostPtr& host : hosts) {
    out->Add(host->state == HostState::kOnline ? 1 : 0,
             {{"instance", instances.at(host->id)}, {"host", host->id}});
  }
  AddClocks(hosts, instances, out);
  out->Start(Type::Gauge, "syspulse_agent_conflict",
             "Whether another agent says it is the host, and is refused (1), or not (0).");
  for (const HostPtr& host : hosts) {
    out->Add(host->conflict ? 1 : 0, {{"instance", instances.at(host->id)}, {"host", host->id}});
  }
  AddCompleteness(hosts, instances, out);
}

void AddWork(const ServiceMetrics& metrics, Families* out) {
  const auto number = [](const std::atomic<std::int64_t>& counter) {
    return static_cast<double>(counter.load(std::memory_order_relaxed));
  };
  out->Gauge("syspulse_agents", number(metrics.agents), "Streams of agents that are open.");
  out->Gauge("syspulse_subscribers", number(metrics.subscribers),
             "Streams of readers that are open.");
  out->Counter("syspulse_agents_refused_total", number(metrics.agents_refused),
               "Connections of agents refused because another agent speaks for their host.");
  out->Counter("syspulse_agent_clock_steps_total", number(metrics.clock_steps),
               "How often clocks of agents' machines were set, by a second or more.");
  out->Counter("syspulse_frames_received_total", number(metrics.frames_received),
               "Frames received from agents, also those that arrived twice.");
  out->Counter("syspulse_samples_received_total", number(metrics.samples_received),
               "Values of the frames received.");
  out->Counter("syspulse_frames_refused_total", number(metrics.frames_refused),
               "Frames left out because a host may not send that much, or because of their "
               "time: it cannot be, or another agent spoke for their host then.");
  out->Counter("syspulse_process_tables_received_total", number(metrics.process_tables_received),
               "Process tables received from agents.");
  out->Counter("syspulse_interim_frames_received_total", number(metrics.interim_frames_received),
               "Frames received only because readers wanted more of them; not kept.");
  out->Counter("syspulse_messages_sent_total", number(metrics.messages_sent),
               "Messages sent to readers' streams.");
  out->Counter("syspulse_messages_dropped_total", number(metrics.messages_dropped),
               "Messages not sent because a reader was slow.");
  out->Counter("syspulse_sent_bytes_total", number(metrics.bytes_sent),
               "Bytes of the messages sent, before compression.");
  out->Counter("syspulse_streams_cut_total", number(metrics.streams_cut),
               "Streams cut because their reader took nothing.");
}

// `way` is what its metrics are called by, `words` what people call it.
void AddWrites(const WriteMetrics& metrics, const std::string& way, const std::string& words,
               Families* out) {
  const auto number = [](const std::atomic<std::int64_t>& counter) {
    return static_cast<double>(counter.load(std::memory_order_relaxed));
  };
  const std::string prefix = "syspulse_" + way;
  out->Counter(prefix + "_requests_total", number(metrics.requests), "Requests of " + words + ".");
  out->Counter(prefix + "_requests_failed_total", number(metrics.failed_requests),
               "Requests of " + words + " of which nothing counts.");
  out->Counter(prefix + "_samples_total", number(metrics.samples),
               "Samples taken by " + words + ", also those that came twice.");
  out->Start(Type::Counter, prefix + "_samples_refused_total",
             "Samples of " + words + " that cannot be kept, by reason.");
  out->Add(number(metrics.invalid_samples), {{"reason", "labels"}});
  out->Add(number(metrics.beyond_samples), {{"reason", "time"}});
  out->Add(number(metrics.duplicate_samples), {{"reason", "duplicate"}});
  out->Add(number(metrics.unplaced_samples), {{"reason", "series_limit"}});
  out->Gauge(prefix + "_series", number(metrics.series),
             "Series that came by " + words + " within the last hour, about.");
}

void AddRemoteWrite(const WriteMetrics& metrics, Families* out) {
  AddWrites(metrics, "remote_write", "remote write", out);
  out->Counter("syspulse_remote_write_exemplars_dropped_total",
               static_cast<double>(metrics.exemplars),
               "Exemplars that came by remote write, which are not kept.");
  out->Counter("syspulse_remote_write_histograms_dropped_total",
               static_cast<double>(metrics.histograms),
               "Native histograms that came by remote write, which are not kept.");
}

void AddStore(const StoreStats& stats, Families* out) {
  const auto number = [](auto count) { return static_cast<double>(count); };
  out->Counter("syspulse_store_samples_appended_total", number(stats.appended_samples),
               "Samples that the store took, those that were not measured among them.");
  out->Counter("syspulse_store_frames_duplicate_total", number(stats.duplicate_frames),
               "Frames that the store had already.");
  out->Counter("syspulse_store_samples_conflicting_total", number(stats.conflicting_values),
               "Samples that came again with another value; the first one counts.");
  out->Gauge("syspulse_store_frames_waiting", number(stats.waiting_frames),
             "Frames that wait for the disk.");
  out->Gauge("syspulse_store_head_samples", number(stats.head_samples),
             "Samples in memory, not yet in a block.");
  out->Gauge("syspulse_store_head_series", number(stats.head_series),
             "Series with samples in memory.");
  out->Gauge("syspulse_store_blocks", number(stats.blocks), "Blocks on the disk.");
  out->Gauge("syspulse_store_block_bytes", number(stats.block_bytes), "Bytes of all blocks.");
  out->Gauge("syspulse_store_block_samples", number(stats.block_samples), "Samples in all blocks.");
  out->Gauge("syspulse_store_log_bytes", number(stats.log_bytes),
             "Bytes of the log since its last segment began.");
  out->Gauge("syspulse_store_damaged_units", number(stats.damaged_units),
             "Blocks, groups and records found damaged since the start; the log says which.");
  out->Gauge("syspulse_store_writable", stats.writing ? 1 : 0,
             "Whether the disk takes what comes (1) or is full or broken (0).");
}

}  // namespace

std::vector<prometheus::MetricFamily> ServiceCollectable::Collect() const {
  Families families;
  families.Start(Type::Gauge, "syspulse_build_info", "Always 1; its label is the version.");
  families.Add(1, {{"version", kVersion}});
  AddHosts(parts_.hub->Hosts(), &families);
  AddWork(*parts_.metrics, &families);
  AddRemoteWrite(parts_.metrics->remote_write, &families);
  AddWrites(parts_.metrics->otlp, "otlp", "OTLP", &families);
  AddWrites(parts_.metrics->push, "push", "PushMetrics", &families);
  if (parts_.store != nullptr) AddStore(parts_.store(), &families);
  if (const auto stats = ProcessStatsReader(parts_.procfs).Read(); stats.ok()) {
    families.Add(ProcessFamilies(*stats));
  }
  return families.Take();
}

}  // namespace syspulse
