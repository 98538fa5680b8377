// A unary call that a thread of the pool answers.
//
//   return QueryCall<v1::QueryResponse>::Open(api, status, response,
//       [](const std::stop_token& stop, v1::QueryResponse* response) { ...; return status; });
//
// A caller who goes away stops the work. Deletes itself.
#ifndef SERVICES_API_QUERY_CALL_H_
#define SERVICES_API_QUERY_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <stop_token>
#include <utility>

#include "absl/status/status.h"
#include "services/api/grpc_status.h"
#include "services/api/query_pool.h"

namespace syspulse {

template <typename Response>
class QueryCall final : public grpc::ServerUnaryReactor {
 public:
  using Work = std::function<absl::Status(const std::stop_token& stop, Response* response)>;

  // Begins the call; `response` is gRPC's, which keeps it until OnDone. What is not OK already is
  // answered at once.
  static grpc::ServerUnaryReactor* Open(QueryPool* pool, const absl::Status& allowed,
                                        Response* response, Work work) {
    auto* const call = new QueryCall;
    absl::Status started = allowed;
    if (started.ok()) {
      started = pool->Start(
          call->stop_, [call, response, work = std::move(work)](const std::stop_token& stop) {
            call->Finish(ToGrpcStatus(work(stop, response)));  // `call` may be gone now
          });
    }
    if (!started.ok()) call->Finish(ToGrpcStatus(started));
    return call;
  }

  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  QueryCall() = default;

  std::stop_source stop_;
};

}  // namespace syspulse

#endif  // SERVICES_API_QUERY_CALL_H_
