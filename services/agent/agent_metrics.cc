#include "services/agent/agent_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/text.h"

namespace syspulse {
namespace {

// The order of the values in SampleOnce. A source is in it from its first frame on, so that its
// first drop is seen as an increase.
SchemaPtr AgentSchema(const std::vector<std::string>& sources) {
  std::vector<Series> series = {{.family = 0}, {.family = 1}, {.family = 2},
                                {.family = 3}, {.family = 4}, {.family = 5}};
  for (const std::string& source : sources) {
    series.push_back({.family = 6, .label_values = {source}});
  }
  const auto schema = Schema::Create(
      {{.name = "syspulse_agent_buffer_bytes",
        .type = MetricType::kGauge,
        .unit = "bytes",
        .help = "Memory of samples that wait for the service."},
       {.name = "syspulse_agent_spool_bytes",
        .type = MetricType::kGauge,
        .unit = "bytes",
        .help = "Bytes of files with samples that wait for the service."},
       {.name = "syspulse_agent_reconnects_total",
        .type = MetricType::kCounter,
        .help = "Streams to the service that were opened again."},
       {.name = "syspulse_agent_sent_bytes_total",
        .type = MetricType::kCounter,
        .unit = "bytes",
        .help = "Bytes of messages to the service."},
       {.name = "syspulse_agent_cpu_seconds_total",
        .type = MetricType::kCounter,
        .unit = "seconds",
        .help = "CPU time that the agent used."},
       {.name = "syspulse_agent_resident_bytes",
        .type = MetricType::kGauge,
        .unit = "bytes",
        .help = "Memory of the agent that is in RAM."},
       {.name = "syspulse_agent_frames_dropped_total",
        .type = MetricType::kCounter,
        .help = "Frames given up because memory and spool were full or the service could not take "
                "them.",
        .label_names = {"source"}}},
      std::move(series));
  return *schema;  // aborts if it breaks the rules above, which no input can cause
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::ToDoubleSeconds(absl::DurationFromTimeval(usage.ru_utime) +
                               absl::DurationFromTimeval(usage.ru_stime));
}

}  // namespace

AgentMetrics::AgentMetrics(const ProcFs& procfs, std::string host_id)
    : host_id_(std::move(host_id)),
      schema_(AgentSchema({})),
      statm_(procfs.Proc("self/statm", FileEnd::kShortRead)) {}

FramePtr AgentMetrics::SampleOnce(absl::Time time, const FrameBufferStats& buffer,
                                  const PushFigures& push) {
  // A clock that was set back starts a new count instead of a long silence.
  if (last_ && time >= *last_ && time - *last_ < kInterval) return nullptr;
  last_ = time;
  std::vector<double> values = {static_cast<double>(buffer.bytes),
                                static_cast<double>(buffer.spool_bytes),
                                static_cast<double>(push.reconnects),
                                static_cast<double>(push.sent_bytes),
                                CpuSeconds(),
                                ResidentBytes()};
  std::vector<std::string> sources;
  for (const auto& [source, dropped] : buffer.dropped) {
    sources.push_back(source);
    values.push_back(static_cast<double>(dropped));
  }
  if (sources != sources_) {
    schema_ = AgentSchema(sources);
    sources_ = std::move(sources);
  }
  return std::make_shared<const Frame>(Frame{.host = host_id_,
                                             .source = "agent",
                                             .schema = schema_,
                                             .time = time,
                                             .values = std::move(values)});
}

double AgentMetrics::ResidentBytes() {
  const auto text = statm_.Read();
  if (!text.ok()) return std::numeric_limits<double>::quiet_NaN();
  std::string_view rest = *text;
  TakeField(&rest);                                                // size
  const auto pages = ParseNumber<std::int64_t>(TakeField(&rest));  // resident; proc(5), statm
  if (!pages) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(*pages * sysconf(_SC_PAGESIZE));
}

}  // namespace syspulse
