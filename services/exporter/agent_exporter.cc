#include "services/exporter/agent_exporter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "prometheus/metric_family.h"
#include "services/base/version.h"
#include "services/collect/collector_spec.h"
#include "services/exporter/collector_query.h"
#include "services/exporter/current_frames.h"
#include "services/exporter/process_families.h"
#include "services/exporter/text_format.h"

namespace syspulse {
namespace {

constexpr std::string_view kAgentSource = "agent";
constexpr int kThreads = 1;  // a page is made in a millisecond

// Dashboards read the version of what they look at from here.
prometheus::MetricFamily BuildInfo() {
  prometheus::ClientMetric metric;
  metric.gauge.value = 1;
  metric.label = {{"version", kVersion}};
  return {.name = "node_exporter_build_info",
          .help = "Always 1; its label is the version of the agent.",
          .type = prometheus::MetricType::Gauge,
          .metric = {std::move(metric)}};
}

std::string EscapedForHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace

void AgentPages::OnFrames(const std::vector<FramePtr>& frames) {
  const MutexLock lock(mutex_);
  for (const FramePtr& frame : frames) {
    if (frame->source == kAgentSource && !options_.own_metrics) continue;
    latest_[frame->source] = frame;
  }
}

HttpAnswer AgentPages::Answer(std::string_view path, std::string_view query) const {
  if (path == options_.telemetry_path) return AnswerMetrics(query);
  if (path == "/healthz") return {.body = "ok\n"};
  if (path == "/") return AnswerLanding();
  return {.status = 404,
          .body = absl::StrFormat("there is no page '%s'; there are %s and /healthz\n", path,
                                  options_.telemetry_path)};
}

AgentPages::AgentPages(const ProcFs* procfs, AgentExporterOptions options)
    : options_(std::move(options)), stats_reader_(procfs) {
  own_names_.insert(BuildInfo().name);
  if (!options_.own_metrics) return;
  for (const auto& family : ProcessFamilies(ProcessStats{})) own_names_.insert(family.name);
}

std::vector<prometheus::MetricFamily> AgentPages::OwnFamilies() const {
  std::vector<prometheus::MetricFamily> own = {BuildInfo()};
  if (!options_.own_metrics) return own;
  const MutexLock lock(mutex_);
  if (const auto stats = stats_reader_.Read(); stats.ok()) {
    for (auto& family : ProcessFamilies(*stats)) own.push_back(std::move(family));
  }
  return own;
}

HttpAnswer AgentPages::AnswerMetrics(std::string_view query) const {
  const auto asked = CollectorQuery::Parse(query, options_.collectors);
  if (!asked.ok()) {
    return {.status = 400, .body = absl::StrFormat("%s\n", std::string(asked.status().message()))};
  }
  std::vector<FramePtr> frames;
  std::shared_ptr<const PageTemplate> page;
  {
    const MutexLock lock(mutex_);
    for (const auto& [source, frame] : latest_) frames.push_back(frame);
    page = page_;
  }
  if (frames.empty()) return {.status = 503, .body = "nothing has been sampled yet\n"};
  RemoveEnded(&frames);  // a reload may have switched a collector off
  // The first frame that has a series has it on the page: no file of others' metrics can hide what
  // was measured.
  std::ranges::stable_partition(
      frames, [](const FramePtr& frame) { return frame->source != kTextfileSource; });
  if (!asked->TakesAll()) {
    for (FramePtr& frame : frames) frame = asked->Narrowed(frame);
  }
  HttpAnswer answer{.type = kTextFormatType};
  for (const prometheus::MetricFamily& family : OwnFamilies()) AppendFamily(family, &answer.body);
  if (page == nullptr || !page->Fits(frames)) {
    page = std::make_shared<const PageTemplate>(frames, own_names_);
    const MutexLock lock(mutex_);
    if (asked->TakesAll()) page_ = page;
  }
  page->Append(frames, &answer.body);
  return answer;
}

HttpAnswer AgentPages::AnswerLanding() const {
  const std::string path = EscapedForHtml(options_.telemetry_path);
  return {.type = "text/html; charset=utf-8",
          .body = absl::StrFormat("<!DOCTYPE html>\n<html lang=\"en\">\n<head>"
                                  "<meta charset=\"utf-8\"><title>SysPulse agent</title></head>\n"
                                  "<body>\n<h1>SysPulse agent</h1>\n<p>Version %s</p>\n"
                                  "<p><a href=\"%s\">Metrics</a></p>\n</body>\n</html>\n",
                                  kVersion, path)};
}

absl::StatusOr<std::unique_ptr<AgentExporter>> AgentExporter::Create(
    const ProcFs* procfs, const AgentExporterOptions& options) {
  std::unique_ptr<AgentExporter> exporter(new AgentExporter(procfs, options));
  auto server = MetricsServer::Create(
      options.listen, "--exporter-listen", kThreads,
      [pages = &exporter->pages_](std::string_view path, std::string_view query) {
        return pages->Answer(path, query);
      });
  if (!server.ok()) return server.status();
  exporter->server_ = *std::move(server);
  return exporter;
}

}  // namespace syspulse
