#include "services/api/delete_host_call.h"

#include <utility>

#include "services/api/grpc_status.h"
#include "services/api/topic.h"
#include "services/base/status_macros.h"
#include "services/model/resource_name.h"

namespace syspulse {

grpc::ServerUnaryReactor* DeleteHostCall::Open(const ApiContext& api,
                                               const v1::DeleteHostRequest& request) {
  auto* const call = new DeleteHostCall();
  const std::shared_ptr<Ending> ending = call->ending_;
  {
    const MutexLock lock(ending->mutex);
    ending->call = call;
  }
  const absl::Status begun = Begin(api, request, ending);
  if (!begun.ok() || !request.delete_history()) Finish(ending.get(), begun);
  return call;
}

absl::Status DeleteHostCall::Begin(const ApiContext& api, const v1::DeleteHostRequest& request,
                                   const std::shared_ptr<Ending>& ending) {
  RETURN_IF_ERROR(api.access->Check(*v1::DeleteHostRequest::descriptor()));
  if (request.name().empty()) {
    return absl::InvalidArgumentError("name is empty; it says which host is meant");
  }
  RETURN_IF_ERROR(CheckHostName(request.name()));
  const absl::StatusOr<HostPtr> host = api.hub->FindHost(request.name());
  if (!request.delete_history()) {
    RETURN_IF_ERROR(host.status());
    return api.hub->DeleteHost((*host)->id);
  }
  // A host that was forgotten before may have left its history.
  const std::string id = host.ok() ? (*host)->id : std::string(HostIdOf(request.name()));
  if (!host.ok() && (!absl::IsNotFound(host.status()) || !IsHostId(id))) return host.status();
  // The history goes first: if it cannot, nothing has changed.
  api.keeper->DeleteHost(
      id, [hub = api.hub, ending, id, unknown = host.status()](const absl::Status& deleted) {
        absl::Status status = deleted;
        if (absl::IsNotFound(deleted)) status = unknown;
        if (status.ok() && unknown.ok()) status = hub->DeleteHost(id);
        Finish(ending.get(), status);
      });
  return absl::OkStatus();
}

void DeleteHostCall::Finish(Ending* ending, const absl::Status& status) {
  DeleteHostCall* call = nullptr;
  {
    const MutexLock lock(ending->mutex);
    call = std::exchange(ending->call, nullptr);
  }
  if (call == nullptr) return;
  static_cast<grpc::ServerUnaryReactor*>(call)->Finish(ToGrpcStatus(status));
}

void DeleteHostCall::OnCancel() {
  Finish(ending_.get(), absl::CancelledError("the caller is gone"));
}

}  // namespace syspulse
