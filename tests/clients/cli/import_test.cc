// `import` from its arguments to its exit code, against a fake service over real gRPC.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/cli.h"
#include "services/base/mutex.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Takes what is imported, after it refused as often as it is told to.
class FakeIngestServer final : private v1::IngestService::Service {
 public:
  explicit FakeIngestServer(std::vector<grpc::Status> refusals = {})
      : refusals_(std::move(refusals)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.SetMaxReceiveMessageSize(16 << 20);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeIngestServer() override { server_->Shutdown(std::chrono::system_clock::now()); }

  std::string address() const { return absl::StrFormat("127.0.0.1:%d", port_); }
  std::int64_t samples() const {
    const MutexLock lock(mutex_);
    return samples_;
  }
  // Answers from now on that two samples were there already.
  void SayConflicts() {
    const MutexLock lock(mutex_);
    conflicts_ = true;
  }

 private:
  grpc::Status ImportSeries(grpc::ServerContext*, const v1::ImportSeriesRequest* request,
                            v1::ImportSeriesResponse* response) override {
    const MutexLock lock(mutex_);
    if (!refusals_.empty()) {
      const grpc::Status refusal = refusals_.front();
      refusals_.erase(refusals_.begin());
      if (!refusal.ok()) return refusal;
    }
    std::int64_t count = 0;
    for (const v1::MatrixSeries& series : request->series()) count += series.values_size();
    samples_ += count;
    response->set_sample_count(count);
    response->set_expired_sample_count(7);
    if (conflicts_) {
      response->set_sample_count(count - 2);
      response->set_repeated_sample_count(2);
      response->set_conflicting_sample_count(1);
      response->set_first_conflict("x{} at noon");
    }
    return grpc::Status::OK;
  }

  mutable Mutex mutex_;
  std::vector<grpc::Status> refusals_ ABSL_GUARDED_BY(mutex_);  // of the next calls
  std::int64_t samples_ ABSL_GUARDED_BY(mutex_) = 0;
  bool conflicts_ ABSL_GUARDED_BY(mutex_) = false;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

struct Outcome {
  int code;
  std::string told;
};

Outcome RunImportOf(std::vector<const char*> arguments, const std::string& server,
                    const std::stop_token& stop = {}) {
  arguments.insert(arguments.begin(), {"syspulse", "--server", server.c_str(), "import"});
  const SystemClock clock;
  StringSink sink;
  std::string told;
  const int code = RunCli(static_cast<int>(arguments.size()), arguments.data(),
                          {.out = &sink,
                           .tell_user = [&](std::string_view text) { told += text; },
                           .clock = &clock,
                           .zone = absl::UTCTimeZone(),
                           .stop_by_signal = [&] { return stop; }});
  return {.code = code, .told = told};
}

class ImportCommandTest : public ::testing::Test {
 protected:
  ~ImportCommandTest() override { unlink(path_.c_str()); }

  Outcome Import(const std::string& content, const FakeIngestServer& server) {
    std::ofstream(path_) << content;
    return RunImportOf({path_.c_str()}, server.address());
  }
  static std::string Lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += absl::StrFormat("x 1 %d\n", 1'700'000'000'000 + i);
    return text;
  }

  const std::string path_ = ::testing::TempDir() + "/import_" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(ImportCommandTest, SaysHowMuchItWasAndWhatWasLeftOut) {
  const FakeIngestServer server;
  const Outcome outcome = Import(Lines(260'000), server);
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_EQ(outcome.told,
            "260,000 samples imported; 14 are older than the service keeps any, and were left out");
  EXPECT_EQ(server.samples(), 260'000);
}

TEST_F(ImportCommandTest, SaysWhatItLeftOutAndWhy) {
  FakeIngestServer server;
  server.SayConflicts();
  const Outcome outcome = Import("x 2 1700000000000\n" + Lines(3), server);
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_EQ(outcome.told,
            "1 sample imported; 7 are older than the service keeps any, and were left out; 2 were "
            "there already, and stay as they were: 1 with another value, such as x{} at "
            "noon; 1 stand behind another value of the same time, and were left out");
}

TEST_F(ImportCommandTest, AServiceThatIsBusyIsAskedAgain) {
  const FakeIngestServer server({{grpc::StatusCode::OK, ""},
                                 {grpc::StatusCode::UNAVAILABLE, "busy"},
                                 {grpc::StatusCode::RESOURCE_EXHAUSTED, "others import"}});
  const Outcome outcome = Import(Lines(260'000), server);
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_EQ(server.samples(), 260'000);
}

TEST_F(ImportCommandTest, AServiceThatIsThereIsAskedAgainFromTheFirstBatchOn) {
  const FakeIngestServer server({{grpc::StatusCode::UNAVAILABLE, "the service is stopping"}});
  const Outcome outcome = Import(Lines(1), server);
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_EQ(server.samples(), 1);
}

TEST_F(ImportCommandTest, WhatTheServiceRefusesFailsWithItsReason) {
  const FakeIngestServer server({{grpc::StatusCode::INVALID_ARGUMENT, "its times do not ascend"}});
  const Outcome outcome = Import(Lines(1), server);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.told, HasSubstr("its times do not ascend"));
  EXPECT_THAT(outcome.told, Not(HasSubstr("before that"))) << "nothing was";
}

TEST_F(ImportCommandTest, AMistakeInTheFileFailsAndWhatStandsBeforeIsIn) {
  const FakeIngestServer server;
  const Outcome outcome = Import(Lines(3) + "x\n", server);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.told, HasSubstr(":4: there is no value: x; before that, 3 samples imported"));
  EXPECT_EQ(server.samples(), 3);
}

TEST_F(ImportCommandTest, LabelsThatTheServiceDoesNotTakeFailAtOnce) {
  const FakeIngestServer server;
  const std::string huge = "x{a=\"" + std::string(20 << 20, 'b') + "\"} 1 1700000000000\n";
  const Outcome outcome = Import(Lines(1) + huge, server);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.told, HasSubstr(":2: the labels of a series take 20971530 bytes"));
  EXPECT_THAT(outcome.told, HasSubstr("before that, 1 sample imported"));
  EXPECT_LT(outcome.told.size(), 1000u);
}

TEST_F(ImportCommandTest, StoppedItSaysWhatIsIn) {
  const FakeIngestServer server;
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  std::stop_source stop;
  // Opened for reading too, so that it waits for no reader.
  const int writer = open(path_.c_str(), O_RDWR);
  const std::string text = Lines(3) + "x 1";
  ASSERT_EQ(write(writer, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  std::jthread stopper([&] {  // once all of it was read
    int unread = 1;
    while (unread > 0 && !stop.stop_requested()) ioctl(writer, FIONREAD, &unread);
    stop.request_stop();
  });
  const Outcome outcome = RunImportOf({path_.c_str()}, server.address(), stop.get_token());
  stop.request_stop();
  stopper.join();
  close(writer);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.told, StartsWith("stopped; before that, 3 samples imported; "));
}

TEST_F(ImportCommandTest, NoServiceAndNoFileAreSentences) {
  std::ofstream(path_) << Lines(1);
  const Outcome away = RunImportOf({path_.c_str()}, "127.0.0.1:1");
  EXPECT_EQ(away.code, 1);
  EXPECT_THAT(away.told, HasSubstr("cannot reach syspulsed"));
  const FakeIngestServer server;
  const Outcome missing = RunImportOf({"/no/such/file"}, server.address());
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.told, HasSubstr("cannot read /no/such/file: No such file or directory"));
  EXPECT_EQ(RunImportOf({}, server.address()).code, 2);
  EXPECT_EQ(RunImportOf({"--timestamp", "soon", path_.c_str()}, server.address()).code, 2);
}

}  // namespace
}  // namespace syspulse
