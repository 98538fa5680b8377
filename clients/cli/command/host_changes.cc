// Commands that change hosts: names and labels, and those that are gone.
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/host_tables.h"
#include "clients/cli/output/safe_text.h"
#include "services/base/status_macros.h"
#include "syspulse/v1/host_service.grpc.pb.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {
namespace {

// Returns the labels that `assigned` becomes. The rest is the service's to check.
absl::StatusOr<std::map<std::string, std::string>> LabelsAfter(
    std::map<std::string, std::string> assigned, const UpdateHostArguments& options) {
  for (const std::string& text : options.labels) {
    const auto equals = text.find('=');
    if (equals == text.npos || equals == 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("'%s' is not a label; it is such as env=prod", text));
    }
    assigned[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const std::string& key : options.unset_labels) {
    if (assigned.erase(key) == 0) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "the host was given no label '%s'; those of its agent are changed where it runs", key));
    }
  }
  return assigned;
}

absl::StatusOr<v1::Host> GetHost(const Session& session, v1::HostService::Stub* stub,
                                 const std::string& name) {
  v1::GetHostRequest request;
  request.set_name(name);
  v1::GetHostResponse response;
  RETURN_IF_ERROR(CallOnce(session, [&](grpc::ClientContext* context) {
    return stub->GetHost(context, request, &response);
  }));
  return std::move(*response.mutable_host());
}

}  // namespace

absl::Status RunUpdateHost(const Session& session, const UpdateHostArguments& options) {
  const bool changes_labels = !options.labels.empty() || !options.unset_labels.empty();
  if (!options.display_name && !changes_labels) {
    return absl::InvalidArgumentError(
        "say what to change: --display-name, --label or --unset-label");
  }
  const auto stub = v1::HostService::NewStub(session.channel);
  ASSIGN_OR_RETURN(const v1::Host host, GetHost(session, stub.get(), options.host));
  v1::UpdateHostRequest request;
  request.mutable_host()->set_name(host.name());
  if (options.display_name) {
    request.mutable_host()->set_display_name(*options.display_name);
    request.mutable_update_mask()->add_paths("display_name");
  }
  if (changes_labels) {
    ASSIGN_OR_RETURN(
        const auto labels,
        LabelsAfter({host.assigned_labels().begin(), host.assigned_labels().end()}, options));
    request.mutable_host()->mutable_labels()->insert(labels.begin(), labels.end());
    request.mutable_update_mask()->add_paths("labels");
  }
  v1::UpdateHostResponse response;
  RETURN_IF_ERROR(CallOnce(session, [&](grpc::ClientContext* context) {
    return stub->UpdateHost(context, request, &response);
  }));
  v1::HostList list;
  *list.add_hosts() = response.host();
  return session.writer->Write({.message = &response.host(),
                                .tables = {HostTable(list, session.clock->Now())},
                                .records = HostRecords(list)});
}

absl::Status RunDeleteHost(const Session& session, const DeleteHostArguments& options) {
  const auto stub = v1::HostService::NewStub(session.channel);
  v1::DeleteHostRequest request;
  request.set_name(options.host);
  request.set_delete_history(options.history);
  v1::DeleteHostResponse response;
  RETURN_IF_ERROR(CallOnce(session, [&](grpc::ClientContext* context) {
    return stub->DeleteHost(context, request, &response);
  }));
  session.tell_user(SafeText(absl::StrFormat(
      "%s is forgotten%s", options.host,
      options.history ? ", and all that was measured of it" : "; its history stays")));
  return absl::OkStatus();
}

}  // namespace syspulse
