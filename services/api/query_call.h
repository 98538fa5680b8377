// A unary call that a thread of the pool answers.
//
//   return QueryCall<v1::QueryResponse>::Open(api, status, response,
//       [](const QueryEvaluator& queries, const std::stop_token& stop,
//          v1::QueryResponse* response) { ...; return status; });
//
// While all threads are busy, a query is tried in the lanes for quick ones first; its work may
// therefore be begun several times. Its timeout counts from the call on, and ends its waiting. A
// caller who goes away stops it. Deletes itself.
#ifndef SERVICES_API_QUERY_CALL_H_
#define SERVICES_API_QUERY_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <functional>
#include <stop_token>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/api/api_context.h"
#include "services/api/grpc_status.h"
#include "services/api/query_pool.h"

namespace syspulse {

template <typename Response>
class QueryCall final : public grpc::ServerUnaryReactor {
 public:
  using Work = std::function<absl::Status(const QueryEvaluator& queries,
                                          const std::stop_token& stop, Response* response)>;

  // Begins the call, which may take so long; `response` is gRPC's, which keeps it until OnDone.
  // What is not OK already is answered at once.
  static grpc::ServerUnaryReactor* Open(const ApiContext& api,
                                        const absl::StatusOr<absl::Duration>& timeout,
                                        Response* response, Work work) {
    auto* const call = new QueryCall(api, response, std::move(work));
    const absl::Status started = timeout.ok() ? call->Start(*timeout) : timeout.status();
    if (!started.ok()) call->Finish(ToGrpcStatus(started));
    return call;
  }

  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  QueryCall(const ApiContext& api, Response* response, Work work)
      : api_(api),
        response_(response),
        work_(std::move(work)),
        asked_(api.queries->clock().Monotonic()) {}

  absl::Status Start(absl::Duration timeout) {
    patience_ = {
        .until = asked_ + timeout, .end = [this] {
          Finish(ToGrpcStatus(absl::DeadlineExceededError("query timed out in query queue")));
        }};
    const auto answer = [this](const std::stop_token& stop) { Answer(stop); };
    if (api_.query_pool->StartIfFree(stop_, answer)) return absl::OkStatus();
    return StartInLane();
  }

  // After Finish `this` may be gone.
  void Answer(const std::stop_token& stop) {
    Finish(ToGrpcStatus(work_(api_.queries->Since(asked_), stop, response_)));
  }

  absl::Status StartInLane() {
    if (lane_ == api_.quick_lanes.size()) {
      return api_.query_pool->Start(
          stop_, [this](const std::stop_token& stop) { Answer(stop); }, patience_);
    }
    return api_.quick_lanes[lane_].pool->Start(
        stop_, [this](const std::stop_token& stop) { AnswerQuickly(stop); }, patience_);
  }

  void AnswerQuickly(const std::stop_token& stop) {
    absl::Status status = work_(api_.quick_lanes[lane_].queries->Since(asked_), stop, response_);
    if (absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status)) {
      response_->Clear();
      ++lane_;
      status = StartInLane();
      if (status.ok()) return;
    }
    Finish(ToGrpcStatus(status));
  }

  const ApiContext& api_;
  Response* const response_;
  const Work work_;
  const absl::Duration asked_;  // monotonic
  std::size_t lane_ = 0;        // in which it is
  QueryPatience patience_;
  std::stop_source stop_;
};

}  // namespace syspulse

#endif  // SERVICES_API_QUERY_CALL_H_
