// The smallest useful client in C++: a line for every snapshot of every host, over restarts of the
// service.
//
//   build/examples/syspulse-example 127.0.0.1:50051
#include <cstdio>
#include <stop_token>
#include <string>

#include "clients/cpp/channel.h"
#include "clients/cpp/watch.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"

int main(int argc, char** argv) {
  const std::string server = argc > 1 ? argv[1] : "127.0.0.1:50051";
  const auto stub = syspulse::v1::MetricsService::NewStub(
      syspulse::MakeChannel({.server = server, .program = "example"}));
  syspulse::v1::WatchSnapshotsRequest request;
  request.mutable_read_mask()->add_paths("host");
  request.mutable_read_mask()->add_paths("cpu.utilization_ratio");
  request.mutable_read_mask()->add_paths("memory.utilization_ratio");

  const absl::Status end = syspulse::Watch<syspulse::v1::WatchSnapshotsResponse>(
      [&](grpc::ClientContext* context, auto* reactor) {
        stub->async()->WatchSnapshots(context, &request, reactor);
      },
      [](const syspulse::v1::WatchSnapshotsResponse& response) {
        const auto& snapshot = response.snapshot();
        std::printf("%s  cpu %.0f%%  memory %.0f%%\n", snapshot.host().c_str(),
                    snapshot.cpu().utilization_ratio() * 100,
                    snapshot.memory().utilization_ratio() * 100);
        std::fflush(stdout);
      },
      [](const syspulse::WatchState& state) {
        if (!state.live) std::fprintf(stderr, "%s\n", state.reason.ToString().c_str());
      },
      {.server = server, .fail_if_unreachable = true}, std::stop_token());
  std::fprintf(stderr, "%s\n", end.ToString().c_str());
  return 1;  // without a stop token it only ends when it fails
}
