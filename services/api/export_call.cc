#include "services/api/export_call.h"

#include <utility>

#include "services/api/grpc_status.h"
#include "services/api/refused_stream.h"
#include "services/base/log.h"

namespace syspulse {

grpc::ServerWriteReactor<v1::ExportSeriesResponse>* ExportCall::Open(
    const ApiContext& api, const grpc::CallbackServerContext& context,
    const v1::ExportSeriesRequest& request) {
  using Refused = RefusedStream<v1::ExportSeriesResponse>;
  absl::Status allowed = api.access->Check(*request.GetDescriptor());
  if (!allowed.ok()) return new Refused(allowed);
  auto series = api.queries->Export(request);
  if (!series.ok()) return new Refused(series.status());
  const auto call = std::make_shared<ExportCall>(api, context);
  call->series_ = *std::move(series);
  if (absl::Status added = api.exports->Add(call); !added.ok()) return new Refused(added);
  absl::Status begun = api.transfer_pool->Start(
      call->stop_, [call](const std::stop_token& stop) { call->FillAndSend(stop); });
  if (begun.ok()) return call.get();
  api.exports->Remove(call.get());
  return new Refused(begun);
}

void ExportCall::FillAndSend(const std::stop_token& stop) {
  message_.Clear();
  const absl::Status status = series_->Next(stop, &message_);
  if (!status.ok() || message_.series().empty()) {
    series_.reset();
    Finish(ToGrpcStatus(status));
    return;
  }
  const MutexLock lock(mutex_);
  ++messages_;
  writing_ = true;
  StartWrite(&message_);
}

void ExportCall::OnWriteDone(bool ok) {
  {
    const MutexLock lock(mutex_);
    writing_ = false;
  }
  const absl::Status status =
      ok ? pool_->GoOn(stop_, [this](const std::stop_token& stop) { FillAndSend(stop); })
         : absl::CancelledError("the reader is gone");
  if (!status.ok()) Finish(ToGrpcStatus(status));
}

void ExportCall::CutIfStalled() {
  const MutexLock lock(mutex_);
  if (done_ || !writing_) return;
  if (std::exchange(waited_for_, messages_) != messages_) return;
  ++metrics_->streams_cut;
  LogInfo("a reader at %s takes nothing of its export, which is cut", context_.peer());
  context_.TryCancel();
}

void ExportCall::OnDone() {
  {
    const MutexLock lock(mutex_);
    done_ = true;
  }
  registry_->Remove(this);  // may delete this
}

}  // namespace syspulse
