#include "clients/cpp/watch.h"

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "clients/cpp/channel.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Writes one snapshot to each stream, then either ends it or lets it stand.
class OneSnapshot final : public grpc::ServerWriteReactor<v1::WatchSnapshotsResponse> {
 public:
  OneSnapshot(const std::string& host, grpc::Status end, bool stand) : end_(end), stand_(stand) {
    response_.mutable_snapshot()->set_host(host);
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok || !stand_) Finish(end_);
  }
  void OnCancel() override {
    if (stand_) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  v1::WatchSnapshotsResponse response_;
  const grpc::Status end_;
  const bool stand_;
};

class FakeMetrics final : public v1::MetricsService::CallbackService {
 public:
  grpc::ServerWriteReactor<v1::WatchSnapshotsResponse>* WatchSnapshots(
      grpc::CallbackServerContext*, const v1::WatchSnapshotsRequest*) override {
    return new OneSnapshot("hosts/" + std::to_string(++streams), end, stand);
  }

  std::atomic<int> streams = 0;
  grpc::Status end;
  bool stand = true;
};

std::unique_ptr<grpc::Server> Serve(FakeMetrics* service, int* port) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(*port), grpc::InsecureServerCredentials(),
                           port);
  builder.RegisterService(service);
  return builder.BuildAndStart();
}

void Kill(std::unique_ptr<grpc::Server> server) {
  server->Shutdown(std::chrono::system_clock::now());
  server->Wait();
}

// Watches on a thread of its own and remembers what it was told.
class Watcher {
 public:
  Watcher(int port, bool fail_if_unreachable)
      : server_("127.0.0.1:" + std::to_string(port)),
        stub_(v1::MetricsService::NewStub(MakeChannel({.server = server_}))),
        thread_([this, fail_if_unreachable](const std::stop_token& stop) {
          Run(fail_if_unreachable, stop);
        }) {}

  // Waits, 10 s at most, until that many messages and changes of state have come.
  bool WaitFor(std::size_t messages, std::size_t states) {
    return WaitUntil(
        [=, this] { return messages_.size() >= messages && states_.size() >= states; });
  }
  // Waits, 10 s at most, for the end of the watch.
  absl::Status WaitForEnd() {
    EXPECT_TRUE(WaitUntil([this] { return ended_; }));
    MutexLock lock(mutex_);
    return end_;
  }
  void Stop() { thread_.request_stop(); }

  std::vector<std::string> messages() {
    MutexLock lock(mutex_);
    return messages_;
  }
  std::vector<WatchState> states() {
    MutexLock lock(mutex_);
    return states_;
  }

 private:
  void Run(bool fail_if_unreachable, const std::stop_token& stop) {
    absl::Status end = Watch<v1::WatchSnapshotsResponse>(
        [this](grpc::ClientContext* context, auto* reactor) {
          stub_->async()->WatchSnapshots(context, &request_, reactor);
        },
        [this](const v1::WatchSnapshotsResponse& response) {
          Change([&] { messages_.push_back(response.snapshot().host()); });
        },
        [this](const WatchState& state) { Change([&] { states_.push_back(state); }); },
        {.server = server_, .fail_if_unreachable = fail_if_unreachable}, stop);
    Change([&] {
      end_ = std::move(end);
      ended_ = true;
    });
  }
  void Change(const std::function<void()>& change) {
    MutexLock lock(mutex_);
    change();
    changed_.notify_all();
  }
  bool WaitUntil(const std::function<bool()>& condition) {
    MutexLock lock(mutex_);
    return changed_.wait_for(mutex_, std::chrono::seconds(10), condition);
  }

  const std::string server_;
  const std::unique_ptr<v1::MetricsService::Stub> stub_;
  const v1::WatchSnapshotsRequest request_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::string> messages_;
  std::vector<WatchState> states_;
  absl::Status end_;
  bool ended_ = false;
  std::jthread thread_;
};

TEST(Watch, ResumesWithinThreeSecondsWhenTheServiceIsRestarted) {
  FakeMetrics service;
  int port = 0;
  auto server = Serve(&service, &port);
  Watcher watcher(port, false);
  ASSERT_TRUE(watcher.WaitFor(1, 1));
  Kill(std::move(server));
  ASSERT_TRUE(watcher.WaitFor(1, 2));
  const auto restarted = std::chrono::steady_clock::now();
  server = Serve(&service, &port);
  ASSERT_TRUE(watcher.WaitFor(2, 3));
  EXPECT_LT(std::chrono::steady_clock::now() - restarted, std::chrono::seconds(3));
  EXPECT_THAT(watcher.messages(), ElementsAre("hosts/1", "hosts/2"));
  EXPECT_TRUE(watcher.states()[0].live);
  EXPECT_FALSE(watcher.states()[1].live);
  EXPECT_FALSE(watcher.states()[1].reason.ok());
  EXPECT_TRUE(watcher.states()[2].live);
  watcher.Stop();
  EXPECT_THAT(watcher.WaitForEnd(), IsOk());
  Kill(std::move(server));
}

TEST(Watch, WaitsForAServiceThatIsNotThereYetAndSaysSo) {
  FakeMetrics service;
  int port = 0;
  Kill(Serve(&service, &port));
  Watcher watcher(port, false);
  ASSERT_TRUE(watcher.WaitFor(0, 1));
  EXPECT_THAT(watcher.states()[0].reason,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("is it running?")));
  auto server = Serve(&service, &port);
  EXPECT_TRUE(watcher.WaitFor(1, 2));
  watcher.Stop();
  EXPECT_THAT(watcher.WaitForEnd(), IsOk());
  Kill(std::move(server));
}

TEST(Watch, EndsAtOnceWithoutAServiceWhenAskedTo) {
  FakeMetrics service;
  int port = 0;
  Kill(Serve(&service, &port));
  Watcher watcher(port, true);
  EXPECT_THAT(watcher.WaitForEnd(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("is it running?")));
  EXPECT_TRUE(watcher.states().empty());
}

TEST(Watch, EndsWithTheReasonWhenTheServiceRefuses) {
  FakeMetrics service;
  service.end = grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no field 'cpus'");
  service.stand = false;
  int port = 0;
  auto server = Serve(&service, &port);
  Watcher watcher(port, false);
  EXPECT_THAT(watcher.WaitForEnd(),
              StatusIs(absl::StatusCode::kInvalidArgument, "no field 'cpus'"));
  EXPECT_EQ(service.streams, 1);
  Kill(std::move(server));
}

TEST(Watch, OpensAgainWhenTheServiceEndsTheStream) {
  FakeMetrics service;
  service.stand = false;
  int port = 0;
  auto server = Serve(&service, &port);
  Watcher watcher(port, false);
  EXPECT_TRUE(watcher.WaitFor(3, 5));
  watcher.Stop();
  EXPECT_THAT(watcher.WaitForEnd(), IsOk());
  Kill(std::move(server));
}

TEST(Watch, StopEndsAWatchThatWaitsForTheService) {
  FakeMetrics service;
  int port = 0;
  Kill(Serve(&service, &port));
  Watcher watcher(port, false);
  ASSERT_TRUE(watcher.WaitFor(0, 1));
  watcher.Stop();
  EXPECT_THAT(watcher.WaitForEnd(), IsOk());
}

}  // namespace
}  // namespace syspulse
