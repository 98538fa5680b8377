#include "services/api/metrics_service.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/api/call.h"
#include "services/api/paging.h"
#include "services/api/snapshot_feed.h"
#include "services/api/snapshot_mask.h"
#include "services/model/metric_type_proto.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr PageLimits kMetricPages = {.default_size = 1000, .max_size = 10'000};

absl::StatusOr<v1::Snapshot> FindSnapshot(const ApiContext& api,
                                          const v1::GetSnapshotRequest& request) {
  RETURN_IF_ERROR(CheckHostName(request.host()));
  ASSIGN_OR_RETURN(const SnapshotMask mask, ParseSnapshotMask(request.read_mask()));
  ASSIGN_OR_RETURN(const HostPtr host, api.hub->FindHostOrOnly(request.host()));
  const std::optional<SnapshotInput> input = NewestSnapshot(*api.hub, host);
  if (!input) {
    return absl::NotFoundError(
        HostName(host->id) +
        (HasAgent(*host)
             ? " has sent nothing yet; its agent will soon"
             : " has no agent, so there is no snapshot of it; ask for its metrics by a query"));
  }
  return api.view->Make(*input, mask);
}

struct CountedFamily {
  const MetricFamily* family;
  std::int64_t series_count = 0;
};

// Returns the families of these schemas by name, with the number of series over all.
std::map<std::string, CountedFamily> CountFamilies(const std::map<SchemaPtr, std::int64_t>& uses) {
  std::map<std::string, CountedFamily> families;
  for (const auto& [schema, use_count] : uses) {
    for (const Series& series : schema->series()) {
      const MetricFamily& family = schema->families()[static_cast<std::size_t>(series.family)];
      const auto found = families.try_emplace(family.name, CountedFamily{.family = &family}).first;
      found->second.series_count += use_count;
    }
  }
  return families;
}

// Returns the metrics of agents and, if all hosts are asked for, of remote write, by name.
std::map<std::string, v1::Metric> AllMetrics(const ApiContext& api,
                                             const v1::ListMetricsRequest& request,
                                             const std::map<SchemaPtr, std::int64_t>& uses) {
  std::map<std::string, v1::Metric> metrics;
  for (const auto& [name, counted] : CountFamilies(uses)) {
    v1::Metric& metric = metrics[name];
    ToProto(*counted.family, metric.mutable_family());
    metric.set_series_count(counted.series_count);
  }
  if (!request.host().empty()) return metrics;
  for (const auto& [name, meaning] : api.written_metadata->All()) {
    if (metrics.contains(name)) continue;
    v1::Metric& metric = metrics[name];
    metric.set_remote_write(true);
    metric.mutable_family()->set_name(name);
    metric.mutable_family()->set_type(MetricTypeNamed(meaning.type));
    metric.mutable_family()->set_unit(meaning.unit);
    metric.mutable_family()->set_help(meaning.help);
  }
  return metrics;
}

absl::Status FillMetrics(const ApiContext& api, const v1::ListMetricsRequest& request,
                         v1::ListMetricsResponse* response) {
  ASSIGN_OR_RETURN(const std::size_t page_size, PageSize(request.page_size(), kMetricPages));
  const v1::ListMetricsRequest arguments = ArgumentsOf(request);
  ASSIGN_OR_RETURN(const std::string after, ParsePageToken(arguments, request.page_token()));
  RETURN_IF_ERROR(CheckHostName(request.host()));
  std::vector<HostPtr> hosts;
  if (request.host().empty()) {
    hosts = api.hub->Hosts();
  } else {
    ASSIGN_OR_RETURN(HostPtr host, api.hub->FindHost(request.host()));
    hosts.push_back(std::move(host));
  }

  std::map<SchemaPtr, std::int64_t> uses;  // like hosts share schemas
  for (const HostPtr& host : hosts) {
    for (const FramePtr& frame : api.hub->LatestParts(host->id)) ++uses[frame->schema];
  }
  std::map<std::string, v1::Metric> metrics = AllMetrics(api, request, uses);
  for (auto it = metrics.upper_bound(after); it != metrics.end(); ++it) {
    if (static_cast<std::size_t>(response->metrics_size()) == page_size) {
      response->set_next_page_token(MakePageToken(
          arguments, response->metrics(response->metrics_size() - 1).family().name()));
      break;
    }
    v1::Metric* const metric = response->add_metrics();
    *metric = std::move(it->second);
    metric->set_name(MetricName(it->first));
  }
  return absl::OkStatus();
}

}  // namespace

MetricsService::MetricsService(const ApiContext& api) : api_(api) {}

grpc::ServerUnaryReactor* MetricsService::GetSnapshot(grpc::CallbackServerContext* context,
                                                      const v1::GetSnapshotRequest* request,
                                                      v1::GetSnapshotResponse* response) {
  return Answer(api_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(*response->mutable_snapshot(), FindSnapshot(api_, *request));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* MetricsService::WatchSnapshots(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return Watch<v1::WatchSnapshotsRequest>(api_, Envelope::kSnapshots, *context, *request,
                                          OneTopic<v1::WatchSnapshotsRequest>);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* MetricsService::WatchFrames(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return Watch<v1::WatchFramesRequest>(api_, Envelope::kFrames, *context, *request,
                                       OneTopic<v1::WatchFramesRequest>);
}

grpc::ServerUnaryReactor* MetricsService::ListMetrics(grpc::CallbackServerContext* context,
                                                      const v1::ListMetricsRequest* request,
                                                      v1::ListMetricsResponse* response) {
  return Answer(api_, context, *request, [&] { return FillMetrics(api_, *request, response); });
}

}  // namespace syspulse
