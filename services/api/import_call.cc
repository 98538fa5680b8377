#include "services/api/import_call.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "services/api/grpc_status.h"
#include "services/api/series_frames.h"
#include "services/base/status_macros.h"
#include "services/model/metric_type_proto.h"

namespace syspulse {
namespace {

constexpr int kMostImports = 2;  // each holds some 100 MB at most
constexpr std::size_t kFramesBetweenChecks = 10'000;

}  // namespace

grpc::ServerUnaryReactor* ImportCall::Open(const ApiContext& api,
                                           const v1::ImportSeriesRequest* request,
                                           v1::ImportSeriesResponse* response,
                                           std::atomic<int>* running) {
  auto* const call = new ImportCall(api, request, response, running);
  ++*running;
  api.keeper->AddListener(call);
  if (const absl::Status begun = call->Begin(); !begun.ok()) call->End(begun);
  return call;
}

absl::Status ImportCall::Begin() {
  RETURN_IF_ERROR(access_->Check(*request_->GetDescriptor()));
  if (*running_ > kMostImports) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%d imports run already; try again in a moment", kMostImports));
  }
  if (!keeper_->has_room()) {
    return absl::UnavailableError(
        "what came before is still being packed, or the disk is full; try again in a moment");
  }
  return pool_->Start(stop_, [this](const std::stop_token& stop) { Take(stop); });
}

void ImportCall::Take(const std::stop_token& stop) {
  const absl::StatusOr<std::uint64_t> ticket = KeepAll(stop);
  if (!ticket.ok()) {
    End(ticket.status());  // this may be gone now
    return;
  }
  {
    const MutexLock lock(mutex_);
    ticket_ = *ticket;
    // What came before this is seen here, what comes later ends the waiting.
    waiting_ = keeper_->kept() < ticket_ && !stop.stop_requested();
    if (waiting_) return;  // this may be gone as soon as the lock is
  }
  End(stop.stop_requested() ? absl::CancelledError("the caller is gone") : absl::OkStatus());
}

// Ends the call, if nobody else did since all frames were taken.
void ImportCall::EndWaiting(const absl::Status& status) {
  {
    const MutexLock lock(mutex_);
    if (!std::exchange(waiting_, false)) return;
  }
  End(status);
}

void ImportCall::Respond() {
  // Those that others sent at the same time come to light later.
  const std::int64_t late = outcome_->repeated_values();
  response_->set_sample_count(samples_ - late);
  response_->set_repeated_sample_count(known_.count + late);
  response_->set_conflicting_sample_count(known_.conflicting + outcome_->conflicting_values());
  response_->set_first_conflict(known_.first_conflict.empty() ? outcome_->first_conflict()
                                                              : known_.first_conflict);
  metrics_->samples_received += samples_ - late;
}

// A caller who has the answer may import again: this one counts no more then.
void ImportCall::End(const absl::Status& status) {
  --*running_;
  if (status.ok()) Respond();
  Finish(ToGrpcStatus(status));
}

void ImportCall::OnKept(std::uint64_t ticket) {
  {
    const MutexLock lock(mutex_);
    if (!waiting_ || ticket < ticket_) return;
  }
  EndWaiting(absl::OkStatus());
}

void ImportCall::OnCancel() {
  stop_.request_stop();
  EndWaiting(absl::CancelledError("the caller is gone"));
}

void ImportCall::OnDone() {
  keeper_->RemoveListener(this);  // waits until it calls this no more
  delete this;
}

absl::StatusOr<std::uint64_t> ImportCall::KeepAll(const std::stop_token& stop) {
  RETURN_IF_ERROR(CheckImport(*request_));
  const KeptTimes times = keeper_->times();
  const SampleBounds bounds{.oldest_ms = absl::ToUnixMillis(times.oldest),
                            .newest_ms = absl::ToUnixMillis(times.newest)};
  const promql::QueryContext context({.time = absl::InfiniteDuration()}, queries_->clock(), stop);
  ASSIGN_OR_RETURN(
      known_,
      FindKnownSamples(*request_, {.start_ms = bounds.oldest_ms, .end_ms = bounds.newest_ms},
                       queries_->series(), context));
  ASSIGN_OR_RETURN(const SeriesFrames made, FramesOf(*request_, bounds, known_));
  known_.known = {};
  // What a query sees may not have reached the disk yet: then somebody waits for it, and so does
  // this call, before it says that it is there.
  std::uint64_t ticket = known_.count > 0 ? keeper_->taken() : 0;
  for (std::size_t i = 0; i < made.frames.size(); ++i) {
    if (i % kFramesBetweenChecks == 0 && stop.stop_requested()) {
      return absl::CancelledError("the caller is gone");
    }
    ASSIGN_OR_RETURN(ticket, keeper_->Keep(made.frames[i]));
  }
  for (const v1::MetricFamily& family : request_->families()) {
    metadata_->Take(family.name(), {.type = std::string(MetricTypeName(family.type())),
                                    .help = family.help(),
                                    .unit = family.unit()});
  }
  samples_ = made.samples;
  outcome_ = made.outcome;
  response_->set_expired_sample_count(made.expired_samples);
  response_->set_future_sample_count(made.future_samples);
  return ticket;
}

}  // namespace syspulse
