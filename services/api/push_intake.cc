#include "services/api/push_intake.h"

#include <google/protobuf/arena.h>

#include <utility>

#include "services/api/pushed_metrics.h"
#include "services/base/status_macros.h"
#include "services/model/resource_name.h"

namespace syspulse {

PushIntake::PushIntake(Hub* hub, Fanout* fanout, FrameKeeper* keeper,
                       const SeriesBudgetOptions& budget, const Clock* clock, WriteMetrics* metrics)
    : hub_(hub),
      fanout_(fanout),
      keeper_(keeper),
      clock_(clock),
      metrics_(metrics),
      budget_(budget),
      intake_(keeper, metrics) {}

absl::Status PushIntake::Start(const RequestBytes& request, const std::string& address,
                               const std::shared_ptr<v1::PushMetricsResponse>& response,
                               WriteIntake::Answered answered) {
  return intake_.Start(
      request.view().size(),
      [this, request, address, response] { return Take(request, address, response.get()); },
      std::move(answered));
}

absl::StatusOr<WrittenParts> PushIntake::Take(const RequestBytes& request,
                                              const std::string& address,
                                              v1::PushMetricsResponse* response) {
  RETURN_IF_ERROR(CheckPushedShape(request.view()));
  google::protobuf::Arena arena;
  auto* const message = google::protobuf::Arena::CreateMessage<v1::PushMetricsRequest>(&arena);
  if (!message->ParseFromArray(request.view().data(), static_cast<int>(request.view().size()))) {
    return absl::InvalidArgumentError("read the request: it is not a PushMetricsRequest");
  }
  ASSIGN_OR_RETURN(PushedMetrics pushed,
                   ToFrames(*message, clock_->Now(), keeper_->times(), &pool_));
  absl::Status placed = hub_->CheckCustomFrames(pushed.host, pushed.frames);
  if (placed.ok()) {  // else it costs nobody's budget
    placed = budget_.Take(HostName(pushed.host.id), pushed.series, clock_->Monotonic());
    metrics_->series = static_cast<std::int64_t>(budget_.size());
  }
  if (absl::IsResourceExhausted(placed)) metrics_->unplaced_samples += pushed.samples;
  RETURN_IF_ERROR(placed);
  RETURN_IF_ERROR(hub_->PushCustomFrames(pushed.host, address, pushed.frames).status());
  fanout_->Publish(pushed.host.id);
  response->set_host(HostName(pushed.host.id));
  response->set_source(pushed.source);
  return WrittenParts{.frames = std::move(pushed.frames),
                      .outcome = std::move(pushed.outcome),
                      .samples = pushed.samples};
}

}  // namespace syspulse
