// What Prometheus scrapes of an agent: this host, as its own node_exporter would say it.
//
//   /           a page for people who look whether it is there
//   /metrics    the latest of all sources, or of what ?collect[]= asks for, and what the agent says
//               of itself
//   /healthz    `ok`
//
// Nothing is read for a scrape: the page shows what was sampled last, so that any number of
// scrapers cost the host no more than their text.
#ifndef SERVICES_EXPORTER_AGENT_EXPORTER_H_
#define SERVICES_EXPORTER_AGENT_EXPORTER_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "prometheus/metric_family.h"
#include "services/base/mutex.h"
#include "services/collect/collector_settings.h"
#include "services/collect/procfs.h"
#include "services/exporter/metrics_server.h"
#include "services/exporter/page_template.h"
#include "services/exporter/process_stats.h"
#include "services/model/frame.h"

namespace syspulse {

struct AgentExporterOptions {
  std::string listen;                       // as MetricsServer takes it
  std::string telemetry_path = "/metrics";  // where the metrics are
  bool own_metrics = true;  // whether the agent's own process_* and source `agent` are there too
  CollectorSettings collectors;  // by which a scrape may ask for those that run
};

// Answers the paths above. Thread-safe.
class AgentPages {
 public:
  // `procfs` must outlive this.
  AgentPages(const ProcFs* procfs, AgentExporterOptions options);

  // Keeps the newest frame of each source.
  void OnFrames(const std::vector<FramePtr>& frames);

  // `query` is the one of the URL, encoded; see CollectorQuery for what it may ask.
  HttpAnswer Answer(std::string_view path, std::string_view query = "") const;

 private:
  HttpAnswer AnswerMetrics(std::string_view query) const;
  HttpAnswer AnswerLanding() const;
  std::vector<prometheus::MetricFamily> OwnFamilies() const;

  const AgentExporterOptions options_;
  std::set<std::string, std::less<>> own_names_;  // of the agent's own families: on a page once
  mutable Mutex mutex_;
  mutable ProcessStatsReader stats_reader_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, FramePtr, std::less<>> latest_ ABSL_GUARDED_BY(mutex_);  // by source
  mutable std::shared_ptr<const PageTemplate> page_ ABSL_GUARDED_BY(mutex_);  // of the last scrape
};

// The pages with their HTTP server. Stops when destroyed. Thread-safe.
class AgentExporter {
 public:
  // Listens; errors as MetricsServer's, naming --exporter-listen. `procfs` must outlive this.
  static absl::StatusOr<std::unique_ptr<AgentExporter>> Create(const ProcFs* procfs,
                                                               const AgentExporterOptions& options);

  void OnFrames(const std::vector<FramePtr>& frames) { pages_.OnFrames(frames); }
  int port() const { return server_->port(); }

 private:
  AgentExporter(const ProcFs* procfs, const AgentExporterOptions& options)
      : pages_(procfs, options) {}

  AgentPages pages_;
  std::unique_ptr<MetricsServer> server_;  // stops before the pages go
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_AGENT_EXPORTER_H_
