#include "services/api/all_processes_call.h"

#include <memory>

#include "services/api/grpc_status.h"

namespace syspulse {
namespace {

// A call that is answered as it begins.
class AnsweredCall final : public grpc::ServerUnaryReactor {
 public:
  AnsweredCall(const absl::StatusOr<v1::ListProcessesResponse>& answer,
               v1::ListProcessesResponse* response) {
    if (answer.ok()) *response = *answer;
    Finish(ToGrpcStatus(answer.status()));
  }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerUnaryReactor* AllProcessesCall::Open(const ApiContext& api, ProcessListing listing,
                                                 v1::ListProcessesResponse* response) {
  absl::StatusOr<std::string> host_id = listing.HostId(*api.hub);
  if (!host_id.ok()) return new AnsweredCall(host_id.status(), response);
  ReaderDemand::Lease lease = api.hub->reader_demand().WantAll(*std::move(host_id));
  MissingTables missing = listing.Missing(*api.hub);
  if (missing.host_ids.empty()) return new AnsweredCall(listing.Answer(*api.hub), response);
  const auto call = std::make_shared<AllProcessesCall>(api, listing, response);
  call->lease_ = std::move(lease);
  if (!api.watchers->Add(call).ok()) {
    return new AnsweredCall(listing.Answer(*api.hub), response);
  }
  api.fanout->AwaitCompleteTables(std::move(missing.host_ids), missing.patience,
                                  [waiting = std::weak_ptr(call)] {
                                    if (const auto call = waiting.lock()) call->Answer();
                                  });
  return call.get();
}

void AllProcessesCall::Answer() {
  absl::StatusOr<v1::ListProcessesResponse> answer = listing_.Answer(*hub_);
  MutexLock lock(mutex_);
  if (finished_) return;
  if (answer.ok()) *response_ = *std::move(answer);
  FinishLocked(ToGrpcStatus(answer.status()));
}

void AllProcessesCall::End(const grpc::Status& status) {
  MutexLock lock(mutex_);
  FinishLocked(status);
}

void AllProcessesCall::OnCancel() {
  MutexLock lock(mutex_);
  FinishLocked(grpc::Status::CANCELLED);
}

void AllProcessesCall::OnDone() {
  registry_->Remove(this);  // may delete this
}

void AllProcessesCall::FinishLocked(const grpc::Status& status) {
  if (finished_) return;
  finished_ = true;
  Finish(status);
}

}  // namespace syspulse
