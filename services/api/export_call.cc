#include "services/api/export_call.h"

#include "absl/strings/str_format.h"
#include "services/api/grpc_status.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr int kMostExports = 16;  // each holds a few megabytes

}  // namespace

grpc::ServerWriteReactor<v1::ExportSeriesResponse>* ExportCall::Open(
    const v1::ExportSeriesRequest& request, const absl::Status& allowed,
    const QueryEvaluator* queries, QueryPool* pool, std::atomic<int>* running) {
  auto* const call = new ExportCall(pool, running);
  ++*running;
  const absl::Status begun = allowed.ok() ? call->Begin(request, queries) : allowed;
  if (!begun.ok()) call->Finish(ToGrpcStatus(begun));
  return call;
}

absl::Status ExportCall::Begin(const v1::ExportSeriesRequest& request,
                               const QueryEvaluator* queries) {
  if (*running_ > kMostExports) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%d exports run already; try again when one has ended", kMostExports));
  }
  ASSIGN_OR_RETURN(series_, queries->Export(request));
  return pool_->Start(stop_, [this](const std::stop_token& stop) { FillAndSend(stop); });
}

void ExportCall::FillAndSend(const std::stop_token& stop) {
  message_.Clear();
  const absl::Status status = series_->Next(stop, &message_);
  if (!status.ok() || message_.series().empty()) {
    series_.reset();
    Finish(ToGrpcStatus(status));  // this may be gone now
  } else {
    StartWrite(&message_);
  }
}

void ExportCall::OnWriteDone(bool ok) {
  const absl::Status status =
      ok ? pool_->GoOn(stop_, [this](const std::stop_token& stop) { FillAndSend(stop); })
         : absl::CancelledError("the reader is gone");
  if (!status.ok()) Finish(ToGrpcStatus(status));
}

void ExportCall::OnDone() {
  --*running_;
  delete this;
}

}  // namespace syspulse
