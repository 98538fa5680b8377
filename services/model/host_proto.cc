#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

v1::HostState StateToProto(HostState state) {
  switch (state) {
    case HostState::kOnline:
      return v1::HOST_STATE_ONLINE;
    case HostState::kStale:
      return v1::HOST_STATE_STALE;
    case HostState::kOffline:
      return v1::HOST_STATE_OFFLINE;
  }
  return v1::HOST_STATE_OFFLINE;
}

HostState StateFromProto(v1::HostState state) {
  switch (state) {
    case v1::HOST_STATE_ONLINE:
      return HostState::kOnline;
    case v1::HOST_STATE_STALE:
      return HostState::kStale;
    default:
      return HostState::kOffline;
  }
}

// Absent times stay unknown.
absl::StatusOr<absl::Time> TimeOrUnknown(bool present, const google::protobuf::Timestamp& in) {
  if (!present) return absl::InfinitePast();
  return syspulse::FromProto(in);
}

void ToProtoUnlessUnknown(absl::Time time, auto mutable_field) {
  if (time != absl::InfinitePast()) syspulse::ToProto(time, mutable_field());
}

void ToProto(const HostCompleteness& completeness, v1::HostCompleteness* out) {
  out->set_expected_count(completeness.expected_samples);
  out->set_received_count(completeness.received_samples);
  out->set_late_count(completeness.late_samples);
  out->set_duplicate_count(completeness.duplicate_samples);
  out->set_dropped_frame_count(completeness.dropped_frames);
  syspulse::ToProto(completeness.gap, out->mutable_gap());
}

void ToProto(const HostConflict& conflict, v1::HostConflict* out) {
  out->set_address(conflict.address);
  out->set_hostname(conflict.hostname);
  out->set_same_boot(conflict.same_boot);
  ToProtoUnlessUnknown(conflict.first, [&] { return out->mutable_first_time(); });
  ToProtoUnlessUnknown(conflict.last, [&] { return out->mutable_last_time(); });
  out->set_refused_count(conflict.refusals);
}

}  // namespace

void ToProto(const Host& host, v1::Host* out) {
  out->set_name(HostName(host.id));
  out->set_hostname(host.hostname);
  out->set_display_name(host.display_name);
  for (const auto& [key, value] : host.labels) (*out->mutable_labels())[key] = value;
  for (const auto& [key, value] : host.assigned_labels) {
    (*out->mutable_assigned_labels())[key] = value;
  }
  out->set_os_name(host.os_name);
  out->set_kernel_release(host.kernel_release);
  out->set_architecture(host.architecture);
  out->set_core_count(host.core_count);
  out->set_memory_bytes(host.memory_bytes);
  ToProtoUnlessUnknown(host.boot_time, [&] { return out->mutable_boot_time(); });
  out->set_agent_version(host.agent_version);
  ToProto(host.sample_interval, out->mutable_sample_interval());
  out->set_address(host.address);
  out->set_state(StateToProto(host.state));
  ToProtoUnlessUnknown(host.first_seen, [&] { return out->mutable_first_seen_time(); });
  ToProtoUnlessUnknown(host.last_seen, [&] { return out->mutable_last_seen_time(); });
  for (const std::string& limitation : host.limitations) out->add_limitations(limitation);
  if (host.completeness) ToProto(*host.completeness, out->mutable_completeness());
  if (host.clock_skew) ToProto(*host.clock_skew, out->mutable_clock_skew());
  if (host.conflict) ToProto(*host.conflict, out->mutable_conflict());
}

absl::StatusOr<Host> FromProto(const v1::Host& in) {
  Host host{.id = std::string(HostIdOf(in.name())),
            .hostname = in.hostname(),
            .display_name = in.display_name(),
            .labels = {in.labels().begin(), in.labels().end()},
            .os_name = in.os_name(),
            .kernel_release = in.kernel_release(),
            .architecture = in.architecture(),
            .core_count = in.core_count(),
            .memory_bytes = in.memory_bytes(),
            .agent_version = in.agent_version(),
            .address = in.address(),
            .state = StateFromProto(in.state()),
            .limitations = {in.limitations().begin(), in.limitations().end()}};
  if (!IsHostId(host.id)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is not a host name; it is hosts/ and up to 63 of a-z, 0-9 and -", in.name()));
  }
  ASSIGN_OR_RETURN(host.boot_time, TimeOrUnknown(in.has_boot_time(), in.boot_time()));
  ASSIGN_OR_RETURN(host.first_seen, TimeOrUnknown(in.has_first_seen_time(), in.first_seen_time()));
  ASSIGN_OR_RETURN(host.last_seen, TimeOrUnknown(in.has_last_seen_time(), in.last_seen_time()));
  if (in.has_sample_interval()) {
    ASSIGN_OR_RETURN(host.sample_interval, FromProto(in.sample_interval()));
    if (host.sample_interval <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError("the sample interval of a host is above zero");
    }
  }
  return host;
}

}  // namespace syspulse
