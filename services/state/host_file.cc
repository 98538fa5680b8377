#include "services/state/host_file.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"
#include "syspulse/v1/host.pb.h"

namespace syspulse {
namespace {

using google::protobuf::Struct;

constexpr const char* kVersion = "version";
constexpr int kThisVersion = 1;
constexpr const char* kHosts = "hosts";
constexpr const char* kHost = "host";
constexpr const char* kAssignedLabels = "assignedLabels";

// Returns the JSON object that a message is.
std::string ToJson(const google::protobuf::Message& message) {
  std::string json;
  // Cannot fail: the message is ours and holds valid UTF-8.
  if (!google::protobuf::util::MessageToJsonString(message, &json).ok()) {
    LogError("a %s cannot be written as JSON", message.GetTypeName());
  }
  return json;
}

std::string FormatEntry(const Host& host) {
  v1::Host message;
  ToProto(host, &message);
  message.clear_state();            // everyone is offline after a restart
  message.clear_assigned_labels();  // which stand beside it
  message.clear_completeness();
  message.clear_clock_skew();
  message.clear_conflict();
  std::string entry = absl::StrFormat("{\"%s\":%s", kHost, ToJson(message));
  if (!host.assigned_labels.empty()) {
    Struct labels;
    for (const auto& [key, value] : host.assigned_labels) {
      (*labels.mutable_fields())[key].set_string_value(value);
    }
    entry += absl::StrFormat(",\"%s\":%s", kAssignedLabels, ToJson(labels));
  }
  return entry + "}";
}

absl::StatusOr<Host> HostOf(const Struct& entry) {
  const auto description = entry.fields().find(kHost);
  if (description == entry.fields().end()) return absl::DataLossError("an entry has no host");
  std::string json;
  v1::Host message;
  google::protobuf::util::JsonParseOptions tolerant;
  tolerant.ignore_unknown_fields = true;  // of a later version
  if (!google::protobuf::util::MessageToJsonString(description->second, &json).ok() ||
      !google::protobuf::util::JsonStringToMessage(json, &message, tolerant).ok()) {
    return absl::DataLossError("an entry's host is not one");
  }
  ASSIGN_OR_RETURN(Host host, FromProto(message));
  if (const auto labels = entry.fields().find(kAssignedLabels); labels != entry.fields().end()) {
    for (const auto& [key, value] : labels->second.struct_value().fields()) {
      host.assigned_labels[key] = value.string_value();
    }
  }
  return host;
}

}  // namespace

std::string FormatHosts(const std::vector<HostPtr>& hosts) {
  std::string text = absl::StrFormat("{\"%s\":%d,\"%s\":[", kVersion, kThisVersion, kHosts);
  const char* between = "\n";
  for (const HostPtr& host : hosts) {
    text += between + FormatEntry(*host);
    between = ",\n";
  }
  return text + "\n]}\n";
}

absl::StatusOr<std::vector<Host>> ParseHosts(std::string_view text) {
  Struct file;
  const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(text), &file);
  if (!parsed.ok()) {
    return absl::DataLossError(absl::StrFormat("it is not JSON: %s", parsed.ToString()));
  }
  const auto version = file.fields().find(kVersion);
  if (version == file.fields().end() || version->second.number_value() != kThisVersion) {
    return absl::DataLossError("it is not a list of hosts of this version");
  }
  std::vector<Host> hosts;
  const auto list = file.fields().find(kHosts);
  if (list == file.fields().end()) return hosts;
  for (const google::protobuf::Value& entry : list->second.list_value().values()) {
    ASSIGN_OR_RETURN(Host host, HostOf(entry.struct_value()));
    hosts.push_back(std::move(host));
  }
  return hosts;
}

std::vector<Host> LoadHosts(const DataDir& dir) {
  const absl::StatusOr<std::string> text = dir.ReadFile(kHostFileName);
  if (absl::IsNotFound(text.status())) return {};
  absl::StatusOr<std::vector<Host>> hosts = text.ok() ? ParseHosts(*text) : text.status();
  if (hosts.ok()) return *std::move(hosts);
  const absl::Status set_aside = dir.SetAside(kHostFileName);
  LogWarning("%s/%s cannot be used and %s; hosts come back with their agents: %s", dir.path(),
             kHostFileName,
             set_aside.ok() ? absl::StrFormat("is kept as %s.corrupt", kHostFileName)
                            : absl::StrFormat("could not be set aside (%s)", set_aside.ToString()),
             hosts.status().ToString());
  return {};
}

}  // namespace syspulse
