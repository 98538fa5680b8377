#include "services/agent/frame_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

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

// A frame of a source that has a name of `bytes` for its series.
FramePtr FrameWithText(const std::string& source, std::size_t bytes, char letter = 'x') {
  const SchemaPtr schema =
      *Schema::Create({{.name = "m", .type = MetricType::kGauge, .label_names = {"l"}}},
                      {{.family = 0, .label_values = {std::string(bytes, letter)}}});
  return std::make_shared<const Frame>(Frame{.host = "web-1",
                                             .source = source,
                                             .schema = schema,
                                             .time = absl::UnixEpoch(),
                                             .values = {1}});
}

TEST(FrameBuffer, ATickThatIsTooLargeForAMessageBecomesSeveralBatches) {
  constexpr std::size_t kThird = kMaxBatchBytes / 3;
  FrameBuffer buffer(64 << 20);
  for (int tick = 0; tick < 2; ++tick) {  // in the second one all schemas are known
    buffer.Add({FrameWithText("a", kThird), FrameWithText("b", kThird), FrameWithText("c", kThird),
                FrameWithText("d", 5 * kThird), FrameWithText("e", 1)},
               TableOf({{.pid = 1}}));
    std::vector<std::vector<std::string>> batches;
    bool last_has_processes = false;
    while (const auto batch = buffer.NextToSend()) {
      std::vector<std::string> sources;
      for (const FramePtr& frame : batch->frames) sources.push_back(frame->source);
      batches.push_back(sources);
      EXPECT_FALSE(last_has_processes);
      last_has_processes = batch->processes != nullptr;
    }
    EXPECT_TRUE(last_has_processes);
    EXPECT_THAT(batches, ElementsAre(ElementsAre("a", "b"), ElementsAre("c"), ElementsAre("d"),
                                     ElementsAre("e")));
  }
}

TEST(FrameBuffer, SchemasThatChangeInEveryTickAreBoundedToo) {
  FrameBuffer buffer(100'000);
  for (int tick = 0; tick < 26; ++tick) {
    buffer.Add({FrameWithText("a", 20'000, static_cast<char>('a' + tick))}, nullptr);
  }
  EXPECT_EQ(buffer.Stats().batches, 4);
  EXPECT_EQ(buffer.Stats().dropped_frames, 22);
  for (int tick = 0; tick < 26; ++tick) buffer.Add({FrameWithText("a", 20'000)}, nullptr);
  EXPECT_GT(buffer.Stats().batches, 20);  // of one schema
}

}  // namespace
}  // namespace syspulse
