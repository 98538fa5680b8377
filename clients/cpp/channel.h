// The connection to a service, with settings that suit live data: a dead peer is noticed, a
// restarted service is found within 3 seconds, unless there are so many clients that each may take
// longer.
//
//   ChannelOptions options{.server = "10.0.0.5:50051", .program = "my-service"};
//   RETURN_IF_ERROR(ParseServer(options.server).status());  // a sentence for whoever typed it
//   const auto stub = v1::MetricsService::NewStub(MakeChannel(options));
//
// A channel connects by itself, when its first call is made, and again after each loss. Calls fail
// with UNAVAILABLE while it cannot; those that would rather wait set `wait_for_ready` in their
// context. FromGrpc (status.h) makes a sentence of the failure.
#ifndef CLIENTS_CPP_CHANNEL_H_
#define CLIENTS_CPP_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace syspulse {

struct ChannelOptions {
  std::string server = "127.0.0.1:50051";  // see ParseServer in server_address.h
  std::string program;                     // who calls, put before the version in the user agent
  int max_receive_bytes = 64 << 20;        // a fleet's merged process table is the largest answer
  // Upper bound of the pauses between attempts to connect; gRPC draws each one 20 % up or down.
  absl::Duration longest_pause = absl::Seconds(2);
  // Whether large answers are expected, over networks that take long: gRPC finds out by pings then
  // how much may be on its way.
  bool large_answers = true;
};

// Returns a channel to the service. It is not connected yet, and never null: every call of a
// channel to an address that ParseServer refuses fails. Thread-safe, as the channel is.
std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options);

}  // namespace syspulse

#endif  // CLIENTS_CPP_CHANNEL_H_
