#include "services/agent/frame_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/services/agent/frames.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kPlenty = 1 << 20;

void AddSeconds(FrameBuffer* buffer, std::int64_t first, std::int64_t last) {
  for (std::int64_t second = first; second <= last; ++second) {
    buffer->Add({FrameAt(second)}, nullptr);
  }
}

std::vector<std::int64_t> SendAll(FrameBuffer* buffer) {
  std::vector<std::int64_t> sequences;
  while (const auto batch = buffer->NextToSend()) sequences.push_back(batch->sequence);
  return sequences;
}

TEST(FrameBuffer, SendsEachBatchOnceInOrder) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 3);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(1, 2, 3));
  EXPECT_THAT(SendAll(&buffer), IsEmpty());
  EXPECT_EQ(buffer.InFlight(), 3);
}

TEST(FrameBuffer, AcknowledgedBatchesAreForgottenTheRestIsSentAgain) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 4);
  SendAll(&buffer);
  buffer.Acknowledge(2);
  buffer.Rewind();
  EXPECT_THAT(SendAll(&buffer), ElementsAre(3, 4));
}

TEST(FrameBuffer, AcknowledgementOfWhatWasNeverSentForgetsNothing) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 2);
  buffer.Acknowledge(99);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(1, 2));
  buffer.Acknowledge(0);
  buffer.Acknowledge(-5);
  EXPECT_EQ(buffer.InFlight(), 2);
}

TEST(FrameBuffer, FullDropsTheOldestAndCountsTheirFrames) {
  FrameBuffer buffer(10'000);
  for (int second = 1; second <= 4; ++second) {
    buffer.Add({FrameAt(second, GaugeSchema("load"), 400), FrameAt(second)}, nullptr);
  }
  EXPECT_THAT(SendAll(&buffer), ElementsAre(3, 4));
  EXPECT_EQ(buffer.Stats().batches, 2);
  EXPECT_EQ(buffer.Stats().dropped_frames, 4);
  EXPECT_LE(buffer.Stats().bytes, 10'000);
}

TEST(FrameBuffer, DropsAlsoWhatIsSentAndWaits) {
  FrameBuffer buffer(10'000);
  for (int second = 1; second <= 2; ++second) {
    buffer.Add({FrameAt(second, GaugeSchema("load"), 400)}, nullptr);
  }
  SendAll(&buffer);
  for (int second = 3; second <= 4; ++second) {
    buffer.Add({FrameAt(second, GaugeSchema("load"), 400)}, nullptr);
  }
  EXPECT_EQ(buffer.InFlight(), 0);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(3, 4));
}

TEST(FrameBuffer, NewestBatchIsKeptWhateverItsSize) {
  FrameBuffer buffer(100);
  buffer.Add({FrameAt(1, GaugeSchema("load"), 1000)}, nullptr);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(1));
  EXPECT_EQ(buffer.Stats().dropped_frames, 0);
}

TEST(FrameBuffer, OnlyTheNewestProcessTableIsKept) {
  FrameBuffer buffer(kPlenty);
  buffer.Add({FrameAt(1)}, TableOf({}));
  buffer.Add({FrameAt(2)}, TableOf({}));
  EXPECT_EQ(buffer.NextToSend()->processes, nullptr);
  EXPECT_NE(buffer.NextToSend()->processes, nullptr);
}

TEST(FrameBuffer, TablesWithoutFramesDoNotPileUp) {
  FrameBuffer buffer(kPlenty);
  for (int i = 0; i < 10; ++i) buffer.Add({}, TableOf({}));
  EXPECT_EQ(buffer.Stats().batches, 1);
}

TEST(FrameBuffer, EmptySampleIsNoBatch) {
  FrameBuffer buffer(kPlenty);
  buffer.Add({}, nullptr);
  EXPECT_THAT(SendAll(&buffer), IsEmpty());
}

TEST(FrameBuffer, DropTakesOneBatchOutAndCountsIt) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 4);
  buffer.NextToSend();
  buffer.NextToSend();
  buffer.Drop(1);
  buffer.Drop(1);
  buffer.Drop(77);
  EXPECT_EQ(buffer.Stats().dropped_frames, 1);
  EXPECT_EQ(buffer.InFlight(), 1);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(3, 4));
}

TEST(FrameBuffer, BytesComeBackToZero) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 100);
  EXPECT_GT(buffer.Stats().bytes, 100 * static_cast<std::int64_t>(sizeof(Frame)));
  SendAll(&buffer);
  buffer.Drop(50);
  buffer.Acknowledge(100);
  EXPECT_EQ(buffer.Stats().bytes, 0);
  EXPECT_EQ(buffer.Stats().batches, 0);
}

TEST(FrameBuffer, AddingAndSendingMayHappenAtOnce) {
  constexpr std::int64_t kBatches = 2000;
  FrameBuffer buffer(kPlenty);
  const SchemaPtr schema = GaugeSchema("load");
  std::jthread producer([&] {
    for (std::int64_t second = 1; second <= kBatches; ++second) {
      buffer.Add({FrameAt(second, schema)}, nullptr);
    }
  });
  std::int64_t last = 0;
  while (last < kBatches) {
    const auto batch = buffer.NextToSend();
    if (!batch) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(batch->sequence, last + 1);
    last = batch->sequence;
    buffer.Acknowledge(last);
  }
  EXPECT_EQ(buffer.Stats().batches, 0);
}

}  // namespace
}  // namespace syspulse
