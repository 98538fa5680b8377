// Agents whose measurements come from a script on stdin: for tests that need to know to the last
// sample what was sent, and what was acknowledged.
//
//   feed-agent 127.0.0.1:50051 < script        see feed_reader.h for the script
//
// Each host has a connection and a buffer as an agent has, so what is not acknowledged comes again
// over restarts of the service. Prints `acknowledged HOST COUNT` whenever the count of a host's
// frames grows that the service has acknowledged, and ends once it has acknowledged all.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cpp/channel.h"
#include "services/agent/frame_buffer.h"
#include "services/agent/push_stream.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "tests/feeder/feed_reader.h"

namespace syspulse {
namespace {

constexpr std::int64_t kBufferBytes = std::int64_t{1} << 30;  // of each host: nothing is dropped
constexpr auto kReportInterval = std::chrono::milliseconds(10);

// One host and its connection.
struct FedHost {
  std::string hostname;
  FrameBuffer buffer{kBufferBytes, SendOrder::kOldestFirst};
  std::int64_t fed = 0;       // frames
  std::int64_t reported = 0;  // frames that were said to be acknowledged
  std::unique_ptr<PushStream> stream;
};

// Thread-safe.
class Feeder {
 public:
  explicit Feeder(std::string server)
      : server_(std::move(server)),
        channel_(MakeChannel({.server = server_, .program = "feeder"})),
        reports_([this](const std::stop_token& stop) { ReportUntil(stop); }) {}

  // Makes a host, or lets one connect again under another hostname.
  void SetHost(const std::string& id, const std::string& hostname) {
    MutexLock lock(mutex_);
    FedHost& host = hosts_[id];
    if (host.stream != nullptr && host.hostname == hostname) return;
    host.hostname = hostname;
    host.stream.reset();
    host.buffer.Rewind();
    host.stream = std::make_unique<PushStream>(
        channel_, &host.buffer, &clock_,
        PushOptions{.server = server_,
                    .host = {.id = id, .hostname = hostname},
                    .session_id = absl::StrFormat("feeder-%s-%d", id, ++sessions_),
                    .backoff = {.initial = absl::Milliseconds(20), .max = absl::Milliseconds(100)},
                    .refused_wait = absl::Milliseconds(100)});
  }

  void Feed(const FramePtr& frame) {
    MutexLock lock(mutex_);
    FedHost& host = hosts_.at(frame->host);
    ++host.fed;
    host.buffer.Add({frame}, nullptr);
    host.stream->Wake();
  }

  void WaitUntilAllIsAcknowledged() {
    MutexLock lock(mutex_);
    acknowledged_.wait(mutex_, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      for (const auto& [id, host] : hosts_) {
        if (host.reported < host.fed) return false;
      }
      return true;
    });
  }

 private:
  void ReportUntil(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      {
        MutexLock lock(mutex_);
        ReportLocked();
        acknowledged_.notify_all();
      }
      std::this_thread::sleep_for(kReportInterval);
    }
  }

  void ReportLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (auto& [id, host] : hosts_) {
      const FrameBufferStats stats = host.buffer.Stats();
      const std::int64_t acknowledged = host.fed - stats.batches - stats.dropped_frames;
      if (stats.dropped_frames > 0) std::cout << "dropped " << id << std::endl;
      if (acknowledged == host.reported) continue;
      host.reported = acknowledged;
      std::cout << "acknowledged " << id << " " << acknowledged << std::endl;
    }
  }

  const SystemClock clock_;
  const std::string server_;
  const std::shared_ptr<grpc::Channel> channel_;
  Mutex mutex_;
  std::condition_variable_any acknowledged_;
  std::map<std::string, FedHost> hosts_ ABSL_GUARDED_BY(mutex_);  // by id
  int sessions_ ABSL_GUARDED_BY(mutex_) = 0;
  std::jthread reports_;
};

int Main(const char* server) {
  Feeder feeder(server);
  FeedReader reader({.on_host = [&](const std::string& id,
                                    const std::string& hostname) { feeder.SetHost(id, hostname); },
                     .on_frame = [&](const FramePtr& frame) { feeder.Feed(frame); }});
  std::string line;
  absl::Status status;
  while (status.ok() && std::getline(std::cin, line)) status = reader.Take(line);
  if (status.ok()) status = reader.EndFrame();
  if (!status.ok()) {
    std::cerr << "feed-agent: " << status.message() << "\n";
    return 1;
  }
  feeder.WaitUntilAllIsAcknowledged();
  return 0;
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  if (argc == 2) return syspulse::Main(argv[1]);
  std::cerr << "usage: feed-agent HOST:PORT < SCRIPT\n";
  return 2;
}
