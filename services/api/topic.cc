#include "services/api/topic.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr int kMostTopics = 64;  // a screen shows a few dozen things; see WatchRequest
constexpr absl::Duration kLongestInterval = absl::Hours(1);
constexpr absl::Duration kLongestHistory =
    absl::Hours(24);                               // more than any service keeps in memory
constexpr std::int64_t kMostHistoryPoints = 3600;  // no screen has more columns to show
constexpr std::int32_t kDefaultRows = 50;
constexpr std::int32_t kMostRows = 1000;
constexpr absl::Duration kMergedInterval = absl::Seconds(1);  // of tables that merge all hosts
constexpr absl::Duration kSummaryInterval = absl::Seconds(2);
constexpr absl::Duration kLeastSummaryInterval =
    absl::Milliseconds(100);  // agents sample no faster
constexpr absl::Duration kMostSummaryInterval = absl::Minutes(1);
constexpr std::size_t kLongestHostname = 253;  // RFC 1035, section 2.3.4
constexpr std::size_t kLongestSource = 128;
constexpr int kMostMaskPaths = 64;  // Snapshot has a dozen fields; keeps a mask cheap to apply
constexpr std::size_t kLongestMaskPath = 128;

absl::StatusOr<absl::Duration> DurationBetween(const google::protobuf::Duration& in,
                                               absl::Duration most, std::string_view field) {
  ASSIGN_OR_RETURN(const absl::Duration duration, FromProto(in));
  if (duration < absl::ZeroDuration() || duration > most) {
    return absl::InvalidArgumentError(absl::StrFormat("%s is %s; it is from 0 to %s", field,
                                                      absl::FormatDuration(duration),
                                                      absl::FormatDuration(most)));
  }
  return duration;
}

// Returns the mask as text that is the same for masks that want the same.
std::string CanonicalMask(const google::protobuf::FieldMask& mask) {
  google::protobuf::FieldMask canonical;
  google::protobuf::util::FieldMaskUtil::ToCanonicalForm(mask, &canonical);
  return google::protobuf::util::FieldMaskUtil::ToString(canonical);
}

absl::Status CheckNotNegative(std::int32_t value, std::string_view field) {
  if (value >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("%s is %d; it is 0 or more", field, value));
}

absl::StatusOr<ProcessTopic> MakeProcessTopic(const auto& request) {
  RETURN_IF_ERROR(CheckHostName(request.host()));
  RETURN_IF_ERROR(CheckNotNegative(request.limit(), "limit"));
  ASSIGN_OR_RETURN(ProcessQuery query,
                   ProcessQuery::Create(request.order_by(), request.filter(), request.tree()));
  const std::int32_t limit =
      request.limit() == 0 ? kDefaultRows : std::min(request.limit(), kMostRows);
  ProcessTopic topic{.host = request.host(),
                     .query = std::move(query),
                     .limit = static_cast<std::size_t>(limit),
                     .interval = request.host().empty() ? kMergedInterval : absl::ZeroDuration()};
  if (request.has_interval()) {
    ASSIGN_OR_RETURN(topic.interval,
                     DurationBetween(request.interval(), kLongestInterval, "interval"));
  }
  return topic;
}

absl::StatusOr<std::optional<absl::Duration>> MakeSummaryInterval(const auto& request,
                                                                  const HostListing& listing) {
  if (!request.has_summary_interval()) {
    return listing.NeedsSummaries() ? std::optional(kSummaryInterval) : std::nullopt;
  }
  ASSIGN_OR_RETURN(const absl::Duration interval, FromProto(request.summary_interval()));
  if (interval < kLeastSummaryInterval || interval > kMostSummaryInterval) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "summary_interval is %s; it is from %s to %s", absl::FormatDuration(interval),
        absl::FormatDuration(kLeastSummaryInterval), absl::FormatDuration(kMostSummaryInterval)));
  }
  return interval;
}

absl::StatusOr<HostTopic> MakeHostTopic(const auto& request) {
  RETURN_IF_ERROR(CheckNotNegative(request.limit(), "limit"));
  RETURN_IF_ERROR(CheckNotNegative(request.skip(), "skip"));
  HostTopic topic{.limit = static_cast<std::size_t>(request.limit()),
                  .skip = static_cast<std::size_t>(request.skip())};
  ASSIGN_OR_RETURN(topic.listing, HostListing::Create(request.filter(), request.order_by()));
  ASSIGN_OR_RETURN(topic.summary_interval, MakeSummaryInterval(request, topic.listing));
  return topic;
}

absl::StatusOr<SnapshotTopic> MakeSnapshotTopic(const auto& request) {
  RETURN_IF_ERROR(CheckHostName(request.host()));
  SnapshotTopic topic{.host = request.host(), .mask_text = CanonicalMask(request.read_mask())};
  ASSIGN_OR_RETURN(topic.mask, ParseSnapshotMask(request.read_mask()));
  ASSIGN_OR_RETURN(topic.interval,
                   DurationBetween(request.interval(), kLongestInterval, "interval"));
  return topic;
}

absl::StatusOr<std::optional<HistoryTopic>> MakeHistoryTopic(const v1::SnapshotTopic& request) {
  HistoryTopic history;
  ASSIGN_OR_RETURN(history.duration, DurationBetween(request.history_duration(), kLongestHistory,
                                                     "history_duration"));
  ASSIGN_OR_RETURN(history.step,
                   DurationBetween(request.history_step(), kLongestHistory, "history_step"));
  ASSIGN_OR_RETURN(history.mask, ParseSnapshotMask(request.history_mask().paths().empty()
                                                       ? request.read_mask()
                                                       : request.history_mask()));
  if (history.step > absl::ZeroDuration() && history.duration / history.step > kMostHistoryPoints) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "history_duration %s in steps of %s is more than %d snapshots; make history_step larger",
        absl::FormatDuration(history.duration), absl::FormatDuration(history.step),
        kMostHistoryPoints));
  }
  if (history.duration == absl::ZeroDuration()) return std::nullopt;
  return history;
}

absl::StatusOr<Topic> ParseLiveTopic(const v1::LiveTopic& topic) {
  switch (topic.topic_case()) {
    case v1::LiveTopic::kSnapshots: {
      ASSIGN_OR_RETURN(SnapshotTopic snapshots, MakeSnapshotTopic(topic.snapshots()));
      ASSIGN_OR_RETURN(snapshots.history, MakeHistoryTopic(topic.snapshots()));
      return snapshots;
    }
    case v1::LiveTopic::kProcesses:
      return MakeProcessTopic(topic.processes());
    case v1::LiveTopic::kHosts:
      return MakeHostTopic(topic.hosts());
    case v1::LiveTopic::kQuery:
      return ParseTopic(topic.query());
    case v1::LiveTopic::TOPIC_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      "it says neither snapshots, nor processes, nor hosts, nor a query");
}

}  // namespace

absl::StatusOr<SnapshotTopic> ParseTopic(const v1::WatchSnapshotsRequest& request) {
  return MakeSnapshotTopic(request);
}

absl::StatusOr<ProcessTopic> ParseTopic(const v1::WatchProcessesRequest& request) {
  return MakeProcessTopic(request);
}

absl::StatusOr<FrameTopic> ParseTopic(const v1::WatchFramesRequest& request) {
  RETURN_IF_ERROR(CheckHostName(request.host()));
  if (request.source().size() > kLongestSource) {
    return absl::InvalidArgumentError(absl::StrFormat("source has %d bytes; it may have %d at most",
                                                      request.source().size(), kLongestSource));
  }
  return FrameTopic{.host = request.host(), .source = request.source()};
}

absl::StatusOr<HostTopic> ParseTopic(const v1::WatchHostsRequest& request) {
  return MakeHostTopic(request);
}

absl::StatusOr<std::vector<Topic>> ParseTopics(const v1::WatchRequest& request) {
  if (request.topics().empty() || request.topics_size() > kMostTopics) {
    return absl::InvalidArgumentError(absl::StrFormat("the request has %d topics; it has 1 to %d",
                                                      request.topics_size(), kMostTopics));
  }
  std::vector<Topic> topics;
  absl::Status invalid;
  for (const v1::LiveTopic& one : request.topics()) {
    absl::StatusOr<Topic> topic = ParseLiveTopic(one);
    invalid.Update(topic.status());
    topics.push_back(topic.ok() ? *std::move(topic) : InvalidTopic{.reason = topic.status()});
  }
  const bool any = std::ranges::any_of(
      topics, [](const Topic& topic) { return !std::holds_alternative<InvalidTopic>(topic); });
  if (!any) return invalid;
  return topics;
}

absl::StatusOr<SnapshotMask> ParseSnapshotMask(const google::protobuf::FieldMask& mask) {
  const bool too_long = std::ranges::any_of(
      mask.paths(), [](const std::string& path) { return path.size() > kLongestMaskPath; });
  if (mask.paths_size() > kMostMaskPaths || too_long) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "a mask has at most %d paths of at most %d bytes", kMostMaskPaths, kLongestMaskPath));
  }
  return SnapshotMask::Create(mask);
}

absl::Status CheckHostName(const std::string& name) {
  const std::string_view id = HostIdOf(name);
  const bool has_prefix = id.size() != name.size();
  const bool printable =
      std::ranges::all_of(id, [](char c) { return c > ' ' && c != '/' && c != 0x7f; });
  if (name.empty() || (has_prefix && IsHostId(id)) ||
      (!has_prefix && id.size() <= kLongestHostname && printable)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' cannot be a host; write hosts/{id}, an id or a hostname",
                      std::string_view(name).substr(0, kLongestHostname)));
}

bool MeansHost(const std::string& name, const Host& host) {
  return HostIdOf(name) == host.id || name == host.hostname;
}

}  // namespace syspulse
