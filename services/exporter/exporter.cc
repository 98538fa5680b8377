#include "services/exporter/exporter.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "prometheus/metric_family.h"
#include "services/exporter/current_frames.h"
#include "services/exporter/host_families.h"
#include "services/exporter/text_format.h"
#include "services/model/instance_names.h"

namespace syspulse {
namespace {

// A page of a thousand hosts takes a second; others need not wait for it.
constexpr int kThreads = 4;
constexpr std::string_view kHostPrefix = "/hosts/";
constexpr std::string_view kHostSuffix = "/metrics";
constexpr std::string_view kSystem = "system";

// Returns the frames of a host that say what is now. The system's come first, so that no other
// source can stand in for it.
std::vector<FramePtr> CurrentFrames(const Hub& hub, const std::string& host_id) {
  std::vector<FramePtr> frames = hub.LatestParts(host_id);
  RemoveEnded(&frames);
  std::ranges::stable_partition(frames,
                                [](const FramePtr& frame) { return frame->source == kSystem; });
  return frames;
}

// Adds the hosts' series to a family of the service's own, such as process_open_fds, unless that
// would make them look like the service's: what it says of itself no host can say.
void Extend(prometheus::MetricFamily* own, const prometheus::MetricFamily& of_hosts) {
  const bool names_instances = std::ranges::any_of(own->metric, [](const auto& metric) {
    return std::ranges::any_of(metric.label,
                               [](const auto& label) { return label.name == "instance"; });
  });
  if (names_instances || own->type != of_hosts.type) return;
  own->metric.insert(own->metric.end(), of_hosts.metric.begin(), of_hosts.metric.end());
}

HttpAnswer Sentence(int status, std::string_view sentence) {
  return HttpAnswer{.status = status, .body = absl::StrFormat("%s\n", sentence)};
}

int StatusOf(const absl::Status& status) {
  return status.code() == absl::StatusCode::kNotFound ? 404 : 409;
}

}  // namespace

HttpAnswer ExporterPages::Answer(std::string_view path) const {
  if (path == "/metrics") return AnswerFleet();
  if (path == "/healthz") return Sentence(200, "ok");
  if (path.starts_with(kHostPrefix) && path.ends_with(kHostSuffix) &&
      path.size() > kHostPrefix.size() + kHostSuffix.size()) {
    path.remove_prefix(kHostPrefix.size());
    path.remove_suffix(kHostSuffix.size());
    return AnswerHost(path);
  }
  return Sentence(404, absl::StrFormat("there is no page '%s'; there are /metrics, "
                                       "/hosts/{host}/metrics and /healthz",
                                       path));
}

HttpAnswer ExporterPages::AnswerFleet() const {
  std::vector<prometheus::MetricFamily> own = service_.Collect();
  const std::vector<HostPtr> hosts = hub_->Hosts();
  const std::map<std::string, std::string> instances = InstancesOf(hosts);
  std::vector<HostFrames> live;
  for (const HostPtr& host : hosts) {
    if (host->state != HostState::kOnline) continue;
    live.push_back({.frames = CurrentFrames(*hub_, host->id), .instance = instances.at(host->id)});
  }
  std::string of_hosts;
  ForEachFamily(live, [&](const prometheus::MetricFamily& family) {
    const auto same = std::ranges::find(own, family.name, &prometheus::MetricFamily::name);
    if (same == own.end()) {
      AppendFamily(family, &of_hosts);
    } else {
      Extend(&*same, family);
    }
  });
  HttpAnswer answer{.type = kTextFormatType};
  for (const prometheus::MetricFamily& family : own) AppendFamily(family, &answer.body);
  answer.body += of_hosts;
  return answer;
}

HttpAnswer ExporterPages::AnswerHost(std::string_view name) const {
  const auto host = hub_->FindHost(name);
  if (!host.ok()) return Sentence(StatusOf(host.status()), std::string(host.status().message()));
  if ((*host)->state != HostState::kOnline) {
    return Sentence(503, absl::StrFormat("host %s is %s; it was last heard from at %s", (*host)->id,
                                         (*host)->state == HostState::kStale ? "stale" : "offline",
                                         absl::FormatTime((*host)->last_seen)));
  }
  HttpAnswer answer{.type = kTextFormatType};
  ForEachFamily(
      {{.frames = CurrentFrames(*hub_, (*host)->id)}},
      [&](const prometheus::MetricFamily& family) { AppendFamily(family, &answer.body); });
  return answer;
}

absl::StatusOr<std::unique_ptr<Exporter>> Exporter::Create(const std::string& listen,
                                                           ServiceParts parts) {
  std::unique_ptr<Exporter> exporter(new Exporter(std::move(parts)));
  auto server = MetricsServer::Create(
      listen, "--exporter-listen", kThreads,
      [pages = &exporter->pages_](std::string_view path, std::string_view /*query*/) {
        return pages->Answer(path);
      });
  if (!server.ok()) return server.status();
  exporter->server_ = *std::move(server);
  return exporter;
}

}  // namespace syspulse
