// Reads a server stream for as long as the user wants it, over lost connections too.
#ifndef CLIENTS_CLI_COMMAND_STREAM_H_
#define CLIENTS_CLI_COMMAND_STREAM_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <functional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/command/session.h"
#include "clients/cpp/watch.h"

namespace syspulse {

template <typename Response>
struct StreamHandler {
  // Opens the stream, as in Watch().
  std::function<void(grpc::ClientContext*, grpc::ClientReadReactor<Response>*)> open;
  // Takes one message. Returns whether to read on.
  std::function<absl::StatusOr<bool>(const Response&)> on_message;
};

// Reads until the session is stopped or `on_message` says so; returns OK then. Tells the user when
// the connection is lost and when it is back. Returns why, if there is no service to begin with, if
// it refuses the request, or if `on_message` failed.
template <typename Response>
absl::Status ReadStream(const Session& session, const StreamHandler<Response>& handler) {
  std::stop_source stop;
  const std::stop_callback forward(session.stop, [&] { stop.request_stop(); });
  absl::Status failure;
  bool lost = false;
  const absl::Status end = Watch<Response>(
      handler.open,
      [&](const Response& response) {
        if (stop.stop_requested()) return;
        const absl::StatusOr<bool> go_on = handler.on_message(response);
        failure = go_on.status();
        if (!go_on.ok() || !*go_on) stop.request_stop();
      },
      [&](const WatchState& state) {
        if (!state.live && !lost) {
          session.tell_user(std::string(state.reason.message()) + "; trying again");
        }
        if (state.live && lost) session.tell_user("connected again");
        lost = !state.live;
      },
      {.server = session.server, .fail_if_unreachable = true}, stop.get_token());
  return failure.ok() ? end : failure;
}

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_STREAM_H_
