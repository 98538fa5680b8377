// What every command works with: the connection, where answers go, and when to stop.
#ifndef CLIENTS_CLI_COMMAND_SESSION_H_
#define CLIENTS_CLI_COMMAND_SESSION_H_

#include <grpc/support/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/cli/output/writer.h"
#include "clients/cpp/status.h"
#include "services/base/clock.h"

namespace syspulse {

struct Session {
  std::shared_ptr<grpc::Channel> channel;
  std::string server;      // as the user wrote it, for sentences
  absl::Duration timeout;  // of one unary call
  ReportWriter* writer;    // must outlive the session, as the clock must
  const Clock* clock;
  absl::TimeZone zone;                              // of times for people
  std::function<void(std::string_view)> tell_user;  // says a sentence beside the answer
  std::stop_token stop;                             // ends streams
  // Shows how far a long command is, in a line that the next one replaces; null without a terminal.
  std::function<void(std::string_view)> show_progress;
};

// Makes one unary call, `method(&context)`. Returns a sentence for the user if it fails.
template <typename Method>
absl::Status CallOnce(const Session& session, const Method& method) {
  grpc::ClientContext context;
  // Of gRPC's own clock, so that no step of the system's time cuts a call short.
  context.set_deadline(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                   gpr_time_from_millis(absl::ToInt64Milliseconds(session.timeout), GPR_TIMESPAN)));
  return FromGrpc(method(&context), session.server);
}

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_SESSION_H_
