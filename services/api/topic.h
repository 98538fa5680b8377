// What a stream can carry, checked: the requests of all Watch rpcs come down to a list of these.
#ifndef SERVICES_API_TOPIC_H_
#define SERVICES_API_TOPIC_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/api/host_listing.h"
#include "services/api/process_query.h"
#include "services/api/query_topic.h"
#include "services/api/snapshot_mask.h"
#include "services/model/host.h"
#include "syspulse/v1/host_service.pb.h"
#include "syspulse/v1/live_service.pb.h"
#include "syspulse/v1/metrics_service.pb.h"
#include "syspulse/v1/process_service.pb.h"

namespace syspulse {

// How much of the past a stream sends before the present.
struct HistoryTopic {
  absl::Duration duration;
  absl::Duration step;  // zero = the service chooses
  SnapshotMask mask;
};

// Snapshots of a host, or of all.
struct SnapshotTopic {
  std::string host;  // as the caller wrote it; empty = all
  SnapshotMask mask;
  std::string mask_text;    // the mask, the same for equal masks
  absl::Duration interval;  // the least time between two snapshots of a host
  std::optional<HistoryTopic> history;
};

// Processes of a host, or of all, merged.
struct ProcessTopic {
  std::string host;
  ProcessQuery query;
  std::size_t limit;
  absl::Duration interval;  // the least time between two tables
};

// Frames of a host, or of all.
struct FrameTopic {
  std::string host;
  std::string source;  // empty = all
};

// The list of hosts, or a part of it.
struct HostTopic {
  HostListing listing;
  std::size_t limit;  // 0 = all
  std::size_t skip;
  std::optional<absl::Duration> summary_interval;  // nothing = without summaries
};

// One of several that cannot be watched: it ends by itself, and the others go on.
struct InvalidTopic {
  absl::Status reason;
};

using Topic =
    std::variant<SnapshotTopic, ProcessTopic, FrameTopic, HostTopic, QueryTopic, InvalidTopic>;

// All of these return InvalidArgument, with a sentence, for what the protos do not allow.
absl::StatusOr<SnapshotTopic> ParseTopic(const v1::WatchSnapshotsRequest& request);
absl::StatusOr<ProcessTopic> ParseTopic(const v1::WatchProcessesRequest& request);
absl::StatusOr<FrameTopic> ParseTopic(const v1::WatchFramesRequest& request);
absl::StatusOr<HostTopic> ParseTopic(const v1::WatchHostsRequest& request);
// An error only if none of the topics is valid.
absl::StatusOr<std::vector<Topic>> ParseTopics(const v1::WatchRequest& request);

// Returns the mask, checked; InvalidArgument for an unknown path or more than anyone needs.
absl::StatusOr<SnapshotMask> ParseSnapshotMask(const google::protobuf::FieldMask& mask);

// Returns OK if a host could be called `name`, now or later: a resource name, an id or a hostname,
// or empty.
absl::Status CheckHostName(const std::string& name);

// Returns whether `name`, as a caller wrote it, means this host.
bool MeansHost(const std::string& name, const Host& host);

}  // namespace syspulse

#endif  // SERVICES_API_TOPIC_H_
