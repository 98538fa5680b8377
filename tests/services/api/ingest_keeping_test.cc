// What an agent is told of frames that are not on the disk yet.
#include <gmock/gmock.h>

#include <cstddef>
#include <cstdint>
#include <thread>

#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

class IngestKeepingTest : public ::testing::Test {
 protected:
  // Waits until the keeper was given as many frames.
  void WaitForFrames(std::size_t count) {
    while (service_.keeper.frames().size() < count) std::this_thread::yield();
  }
  std::int64_t NextAcknowledged() {
    v1::PushFramesResponse response;
    EXPECT_TRUE(agent_.Read(&response)) << "the stream ended";
    return response.acknowledgement().sequence();
  }

  TestService service_;
  TestAgent agent_{&service_};
};

TEST_F(IngestKeepingTest, AcknowledgesWhatIsKept) {
  service_.keeper.Wait();
  for (int second = 1; second <= 3; ++second) ASSERT_TRUE(agent_.Send(agent_.Batch(second, 1)));
  WaitForFrames(3);
  EXPECT_NE(service_.hub.LatestFrame("web-1", "system"), nullptr);  // readers do not wait for it
  service_.keeper.KeepAll();
  std::int64_t sequence = 0;  // the last answer may not wait for it yet: then there is one more
  while (sequence < 3 && !HasFailure()) sequence = NextAcknowledged();
  EXPECT_EQ(sequence, 3);
}

TEST_F(IngestKeepingTest, KeepsFramesThatComeLateOrTwice) {
  for (const int second : {5, 3, 5}) agent_.Push(second, 1);
  EXPECT_EQ(service_.keeper.frames().size(), 3u);  // the keeper knows what it has
}

TEST_F(IngestKeepingTest, TimesThatCannotBeAreLeftOutOfTheHistory) {
  const auto push = [&](absl::Time time) {
    agent_.Push(agent_.Batch(static_cast<int>((time - TestTime(0)) / absl::Seconds(1)), 1));
    return service_.keeper.frames().size();
  };
  const KeptTimes times = service_.keeper.times();
  EXPECT_EQ(push(times.oldest - absl::Seconds(1)), 0u);
  EXPECT_EQ(push(times.oldest), 1u);
  EXPECT_EQ(push(times.newest + absl::Hours(24)), 2u);
  EXPECT_EQ(push(times.newest + absl::Hours(25)), 2u);
  EXPECT_EQ(service_.metrics.frames_refused, 2);
}

TEST_F(IngestKeepingTest, WhatIsMarkedLateIsKeptAndIsNeverTheLatest) {
  agent_.Push(9, 99);
  const auto late = [&](int second, const std::string& source) {
    v1::PushFramesRequest request = agent_.Batch(second, 1);
    request.mutable_batch()->set_late(true);
    agent_.AddFrame(request.mutable_batch(), source, MemorySchema(), second, {1});
    return request;
  };
  agent_.Push(late(4, "filesystem"));
  agent_.Push(late(5, "filesystem"));
  EXPECT_EQ(service_.keeper.frames().size(), 5u);
  EXPECT_EQ(service_.hub.LatestFrame("web-1", "system")->values[0], 99);
  EXPECT_EQ(service_.hub.LatestFrame("web-1", "filesystem"), nullptr);
  const auto frames = service_.hub.RecentFrames("web-1", "system", TestTime(0));
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[2]->values[0], 99);
}

TEST_F(IngestKeepingTest, EndsAStreamThatTheAgentClosedOnceAllIsKept) {
  service_.keeper.Wait();
  ASSERT_TRUE(agent_.Send(agent_.Batch(1, 1)));
  agent_.WritesDone();
  WaitForFrames(1);
  service_.keeper.KeepAll();
  EXPECT_EQ(NextAcknowledged(), 1);
  v1::PushFramesResponse response;
  EXPECT_FALSE(agent_.Read(&response));
  EXPECT_TRUE(agent_.Finish().ok());
}

TEST_F(IngestKeepingTest, HasWhatItCouldNotKeepSentAgainOnceThereIsRoom) {
  agent_.Push(1, 1);
  service_.keeper.Refuse(absl::UnavailableError("no room"));
  ASSERT_TRUE(agent_.Send(agent_.Batch(2, 22)));
  while (service_.keeper.refused() == 0) std::this_thread::yield();
  service_.keeper.Refuse(absl::OkStatus());
  ASSERT_TRUE(agent_.Send(agent_.Batch(3, 33)));  // kept now it would hide the gap before it
  while (service_.hub.LatestFrame("web-1", "system")->values[0] != 33) std::this_thread::yield();
  EXPECT_EQ(service_.keeper.frames().size(), 1u);
  // The frame is in the hub a moment before its answer waits.
  v1::PushFramesResponse response;
  std::jthread keeping([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) service_.keeper.KeepAll();
  });
  EXPECT_FALSE(agent_.Read(&response));
  EXPECT_EQ(agent_.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(IngestKeepingTest, EndsAStreamWithAFrameThatCanNeverBeKept) {
  service_.keeper.Refuse(absl::InvalidArgumentError("its time is odd"));
  const grpc::Status status = agent_.Break(agent_.Batch(1, 1));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "its time is odd");
}

}  // namespace
}  // namespace syspulse
