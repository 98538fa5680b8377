#include "services/api/metrics_service.h"

#include <gmock/gmock.h>

#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

class MetricsServiceTest : public ::testing::Test {
 protected:
  grpc::Status GetSnapshot(const v1::GetSnapshotRequest& request) {
    TestContext context;
    return stub_->GetSnapshot(&context, request, &response_);
  }

  TestStream<v1::WatchSnapshotsResponse> Watch(const v1::WatchSnapshotsRequest& request) {
    return TestStream<v1::WatchSnapshotsResponse>(
        [&](grpc::ClientContext* context) { return stub_->WatchSnapshots(context, request); });
  }

  TestService service_;
  std::unique_ptr<v1::MetricsService::Stub> stub_ = service_.Stub<v1::MetricsService>();
  v1::GetSnapshotResponse response_;
};

TEST_F(MetricsServiceTest, AnswersWithTheSnapshotOfTheOnlyHost) {
  TestAgent agent(&service_);
  agent.Push(1, 1024);
  const grpc::Status status = GetSnapshot({});
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.snapshot().host(), "hosts/web-1");
  EXPECT_EQ(response_.snapshot().memory().total_bytes(), 1024);
}

TEST_F(MetricsServiceTest, AsksWhichHostWhereThereAreSeveral) {
  TestAgent one(&service_, "web-1");
  TestAgent two(&service_, "web-2");
  const grpc::Status status = GetSnapshot({});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("web-2"));
}

TEST_F(MetricsServiceTest, SaysThatAHostHasSentNothingYet) {
  TestAgent agent(&service_);
  const grpc::Status status = GetSnapshot({});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("hosts/web-1 has sent nothing yet"));
}

TEST_F(MetricsServiceTest, RefusesAMaskOfNoField) {
  TestAgent agent(&service_);
  agent.Push(1, 1024);
  v1::GetSnapshotRequest request;
  request.mutable_read_mask()->add_paths("memory.nothing");
  const grpc::Status status = GetSnapshot(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("memory.nothing"));
}

TEST_F(MetricsServiceTest, StreamsTheCurrentSnapshotAndThenEachNewOne) {
  TestAgent agent(&service_);
  agent.Push(1, 1024);
  auto stream = Watch({});
  EXPECT_EQ(stream.Next().snapshot().memory().total_bytes(), 1024);
  agent.Push(2, 2048);
  const v1::WatchSnapshotsResponse next = stream.Next();
  EXPECT_EQ(next.snapshot().memory().total_bytes(), 2048);
  EXPECT_EQ(next.dropped_count(), 0);
}

}  // namespace
}  // namespace syspulse
