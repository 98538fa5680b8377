// Remote write as the service takes it: who is answered when, and with what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/api/write_intake.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "tests/testing/service.h"
#include "tests/testing/write_request.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::int64_t kNow = absl::ToUnixMillis(TestTime(0));

TestWrite Samples(const std::string& name, const std::vector<WrittenSample>& samples) {
  return TestWrite().Series({{"__name__", name}, {"instance", "a"}, {"job", "node"}}, samples);
}

struct Answered {
  grpc::Status status;
  v1::WriteSeriesResponse response;
};

Answered Write(TestService* service, const std::string& body) {
  TestContext context;
  v1::WriteSeriesRequest request;
  request.set_snappy_write_request(body);
  Answered answered;
  answered.status =
      service->Stub<v1::IngestService>()->WriteSeries(&context, request, &answered.response);
  return answered;
}

// A call that somebody waits for while a test goes on.
class PendingWrite {
 public:
  PendingWrite(TestService* service, const std::string& body)
      : stub_(service->Stub<v1::IngestService>()) {
    request_.set_snappy_write_request(body);
    stub_->async()->WriteSeries(&context_, &request_, &answered_.response,
                                [this](grpc::Status status) {
                                  const MutexLock lock(mutex_);
                                  answered_.status = std::move(status);
                                  done_ = true;
                                  changed_.notify_all();
                                });
  }
  bool done() {
    const MutexLock lock(mutex_);
    return done_;
  }
  Answered Wait() {
    const MutexLock lock(mutex_);
    changed_.wait(mutex_, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return done_; });
    return answered_;
  }
  void Cancel() { context_.TryCancel(); }

 private:
  TestContext context_;
  std::unique_ptr<v1::IngestService::Stub> stub_;
  v1::WriteSeriesRequest request_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  Answered answered_;
  bool done_ = false;
};

// Waits until the keeper has so many frames.
void WaitForFrames(TestService* service, std::size_t count) {
  while (service->keeper.frames().size() < count) std::this_thread::yield();
}

TEST(WriteSeries, KeepsPartsOfRowsAndSaysHowManySamples) {
  TestService service;
  const Answered answered = Write(&service, Samples("up", {{1, kNow}, {2, kNow + 1000}}).Body());
  EXPECT_TRUE(answered.status.ok()) << answered.status.error_message();
  EXPECT_EQ(answered.response.sample_count(), 2);
  ASSERT_THAT(service.keeper.frames(), SizeIs(2));
  EXPECT_EQ(service.keeper.frames()[0]->host, "~4:nodea");
  EXPECT_EQ(service.metrics.remote_write.samples, 2);
  EXPECT_EQ(service.metrics.remote_write.series, 1);
  EXPECT_THAT(service.hub.Hosts(), IsEmpty());  // nothing live comes of it
}

TEST(WriteSeries, AnswersOnceAllIsKept) {
  TestService service;
  service.keeper.Wait();
  PendingWrite first(&service, Samples("a", {{1, kNow}}).Body());
  WaitForFrames(&service, 1);
  PendingWrite second(&service, Samples("b", {{1, kNow}}).Body());
  WaitForFrames(&service, 2);
  EXPECT_FALSE(first.done());
  service.keeper.KeepAll();
  EXPECT_TRUE(first.Wait().status.ok());
  EXPECT_TRUE(second.Wait().status.ok());
}

TEST(WriteSeries, ARequestWithoutSamplesIsAnsweredAtOnce) {
  TestService service;
  service.keeper.Wait();
  EXPECT_TRUE(Write(&service, TestWrite().Body()).status.ok());
  EXPECT_TRUE(Write(&service, TestWrite().Metadata(2, "up", "Whether.", "").Body()).status.ok());
}

TEST(WriteSeries, WhatIsWrongWithABodyIsSaid) {
  TestService service;
  for (const std::string& body : {std::string(), std::string("abc")}) {
    const Answered answered = Write(&service, body);
    EXPECT_EQ(answered.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  std::string bomb;
  PutWireVarint(1 << 30, &bomb);
  EXPECT_EQ(Write(&service, bomb).status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_THAT(service.keeper.frames(), IsEmpty());
  EXPECT_EQ(service.metrics.remote_write.failed_requests, 2);  // the empty one is no request
}

TEST(WriteSeries, SamplesThatCannotBeKeptAreToldOnceTheOthersAreKept) {
  TestService service;
  const Answered answered = Write(&service, Samples("up", {{1, kNow}, {2, kNow}, {3, 0}}).Body());
  EXPECT_EQ(answered.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answered.status.error_message(),
            "2 of 3 samples were refused, the other 1 are kept: the sample of "
            R"(up{instance="a",job="node"} at 2023-11-14T22:13:20.000Z has another value in )"
            "the same request, which counts as it came first");
  EXPECT_THAT(service.keeper.frames(), SizeIs(1));
  EXPECT_EQ(service.metrics.remote_write.samples, 1);
  EXPECT_EQ(service.metrics.remote_write.duplicate_samples, 1);
  EXPECT_EQ(service.metrics.remote_write.beyond_samples, 1);
}

TEST(WriteSeries, ConflictsThatTheKeeperFindsAreTold) {
  TestService service;
  service.keeper.Wait();
  PendingWrite write(&service, Samples("up", {{1, kNow}}).Body());
  WaitForFrames(&service, 1);
  service.keeper.frames()[0]->outcome->NoteConflicts(1, "up{} at noon");
  service.keeper.KeepAll();
  const Answered answered = write.Wait();
  EXPECT_EQ(answered.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(answered.status.error_message(),
            "1 of 1 samples were refused, none is kept: the sample of up{} at noon has another "
            "value already, which counts as it came first");
  EXPECT_EQ(service.metrics.remote_write.samples, 0);
}

TEST(WriteSeries, AFullDiskIsToldAsSomethingThatPasses) {
  TestService service;
  service.keeper.Refuse(absl::UnavailableError("the disk is full"));
  const Answered refused = Write(&service, Samples("up", {{1, kNow}}).Body());
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(refused.status.error_message(), "the disk is full");
  service.keeper.Refuse(absl::OkStatus());
  EXPECT_TRUE(Write(&service, Samples("up", {{1, kNow}}).Body()).status.ok());
}

TEST(WriteSeries, NobodyWaitsForADiskThatTakesNothing) {
  TestService service;
  service.keeper.Wait();
  PendingWrite before(&service, Samples("up", {{1, kNow}}).Body());
  WaitForFrames(&service, 1);
  service.keeper.SetKeeping(false);
  const Answered refused = Write(&service, Samples("up", {{1, kNow + 1}}).Body());
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("the disk is full or broken"));
  EXPECT_THAT(service.keeper.frames(), SizeIs(1));
  EXPECT_FALSE(before.done());
  service.keeper.SetKeeping(true);
  service.keeper.KeepAll();
  EXPECT_TRUE(before.Wait().status.ok());
}

TEST(WriteSeries, ACallerWhoGoesAwayDisturbsNobody) {
  TestService service;
  service.keeper.Wait();
  PendingWrite gone(&service, Samples("a", {{1, kNow}}).Body());
  WaitForFrames(&service, 1);
  gone.Cancel();
  EXPECT_EQ(gone.Wait().status.error_code(), grpc::StatusCode::CANCELLED);
  service.keeper.KeepAll();
  PendingWrite next(&service, Samples("a", {{1, kNow + 1}}).Body());
  WaitForFrames(&service, 2);
  service.keeper.KeepAll();
  EXPECT_TRUE(next.Wait().status.ok());
}

TEST(WriteSeries, TooManyThatWaitAreRefused) {
  TestService service;
  service.keeper.Wait();
  std::vector<std::unique_ptr<PendingWrite>> waiting;
  for (std::size_t i = 0; i < WriteIntake::kMostWaiting; ++i) {
    waiting.push_back(std::make_unique<PendingWrite>(
        &service, Samples("a", {{1, kNow + static_cast<std::int64_t>(i)}}).Body()));
  }
  WaitForFrames(&service, waiting.size());
  const Answered refused = Write(&service, Samples("b", {{1, kNow}}).Body());
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("256 requests wait for the disk already"));
  service.keeper.KeepAll();
  for (const auto& one : waiting) EXPECT_TRUE(one->Wait().status.ok());
}

TEST(WriteSeries, WhoWaitsIsToldWhenTheServiceStops) {
  TestService service;
  service.keeper.Wait();
  PendingWrite write(&service, Samples("a", {{1, kNow}}).Body());
  WaitForFrames(&service, 1);
  service.server->Stop();
  EXPECT_EQ(write.Wait().status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(WriteSeries, MetadataIsAmongTheMetrics) {
  TestService service;
  TestAgent agent(&service);
  agent.Push(0, 1);
  Write(&service, TestWrite()
                      .Metadata(3, "a_seconds", "Time.", "seconds")
                      .Metadata(1, "node_memory_MemTotal_bytes", "Another.", "")
                      .Body());
  TestContext context;
  v1::ListMetricsResponse metrics;
  ASSERT_TRUE(service.Stub<v1::MetricsService>()->ListMetrics(&context, {}, &metrics).ok());
  ASSERT_EQ(metrics.metrics_size(), 2);
  EXPECT_EQ(metrics.metrics(0).name(), "metrics/a_seconds");
  EXPECT_TRUE(metrics.metrics(0).remote_write());
  EXPECT_EQ(metrics.metrics(0).family().type(), v1::METRIC_TYPE_HISTOGRAM);
  EXPECT_EQ(metrics.metrics(0).family().unit(), "seconds");
  EXPECT_EQ(metrics.metrics(0).family().help(), "Time.");
  EXPECT_FALSE(metrics.metrics(1).remote_write());
  EXPECT_EQ(metrics.metrics(1).family().type(), v1::METRIC_TYPE_GAUGE);
}

}  // namespace
}  // namespace syspulse
