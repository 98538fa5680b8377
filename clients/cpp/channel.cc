#include "clients/cpp/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "absl/strings/str_format.h"
#include "clients/cpp/server_address.h"
#include "services/base/version.h"

namespace syspulse {
namespace {

// A peer that vanished without a word is noticed after 40 s; the same while no call is open.
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;

// The first pause between attempts; each is 1.6 times the one before.
constexpr int kFirstReconnectMs = 200;

// An attempt that the network swallows is given up after this time.
constexpr int kConnectTimeoutMs = 5'000;

grpc::ChannelArguments Arguments(const ChannelOptions& options, bool loopback) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS,
                   static_cast<int>(absl::ToInt64Milliseconds(options.longest_pause)));
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetMaxReceiveMessageSize(options.max_receive_bytes);
  if (!options.large_answers) arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // No proxy stands between a machine and itself, whatever http_proxy says.
  if (loopback) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const std::string library = absl::StrFormat("syspulse/%s", kVersion);
  arguments.SetUserAgentPrefix(options.program.empty() ? library : options.program + " " + library);
  return arguments;
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options) {
  const auto address = ParseServer(options.server);
  return grpc::CreateCustomChannel(address.ok() ? address->target : options.server,
                                   grpc::InsecureChannelCredentials(),
                                   Arguments(options, address.ok() && address->loopback));
}

}  // namespace syspulse
