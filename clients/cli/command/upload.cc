#include "clients/cli/command/upload.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "services/base/status_macros.h"

namespace syspulse {
namespace {

// The service packs what it got in seconds; it may also be restarted meanwhile.
constexpr absl::Duration kPatience = absl::Minutes(1);
constexpr absl::Duration kFirstPause = absl::Milliseconds(20);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

// Returns whether a service answers there: as soon as a connection stands, or one failed.
bool Answers(grpc::Channel* channel, absl::Duration patience) {
  const gpr_timespec deadline =
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                   gpr_time_from_millis(absl::ToInt64Milliseconds(patience), GPR_TIMESPAN));
  grpc_connectivity_state state = channel->GetState(/*try_to_connect=*/true);
  while (state != GRPC_CHANNEL_READY && state != GRPC_CHANNEL_TRANSIENT_FAILURE &&
         channel->WaitForStateChange(state, deadline)) {
    state = channel->GetState(/*try_to_connect=*/true);
  }
  return state == GRPC_CHANNEL_READY;
}

bool MayWorkLater(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         absl::IsDeadlineExceeded(status);
}

}  // namespace

Upload::Upload(const Session& session)
    : session_(session), stub_(v1::IngestService::NewStub(session.channel)) {}

Upload::~Upload() {
  if (sending_.valid()) sending_.wait();
}

Upload::Sent Upload::SendPatiently(const v1::ImportSeriesRequest& batch) const {
  const Clock& clock = *session_.clock;
  const absl::Duration begin = clock.Monotonic();
  absl::Duration pause = kFirstPause;
  while (true) {
    Sent sent;
    sent.status = CallOnce(session_, [&](grpc::ClientContext* context) {
      return stub_->ImportSeries(context, batch, &sent.response);
    });
    const bool again = MayWorkLater(sent.status) &&
                       (reached_ || absl::IsResourceExhausted(sent.status)) &&
                       clock.Monotonic() - begin < kPatience;
    if (!again || !clock.SleepUntil(clock.Monotonic() + pause, session_.stop)) return sent;
    pause = std::min(2 * pause, kLongestPause);
  }
}

absl::Status Upload::Finish() {
  if (!sending_.valid()) return absl::OkStatus();
  const Sent sent = sending_.get();
  RETURN_IF_ERROR(sent.status);
  reached_ = true;
  count_.samples += sent.response.sample_count();
  count_.expired_samples += sent.response.expired_sample_count();
  count_.future_samples += sent.response.future_sample_count();
  count_.repeated_samples += sent.response.repeated_sample_count();
  count_.conflicting_samples += sent.response.conflicting_sample_count();
  if (count_.first_conflict.empty()) count_.first_conflict = sent.response.first_conflict();
  return absl::OkStatus();
}

absl::Status Upload::Send(v1::ImportSeriesRequest batch) {
  RETURN_IF_ERROR(Finish());
  if (batch.series().empty()) return absl::OkStatus();
  if (!reached_) reached_ = Answers(session_.channel.get(), session_.timeout);
  sending_ = std::async(std::launch::async,
                        [this, shared = std::make_shared<const v1::ImportSeriesRequest>(
                                   std::move(batch))] { return SendPatiently(*shared); });
  return absl::OkStatus();
}

}  // namespace syspulse
