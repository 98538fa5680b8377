#include "services/agent/frame_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/services/agent/frames.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr std::int64_t kPlenty = 1 << 20;

void AddSeconds(FrameBuffer* buffer, std::int64_t first, std::int64_t last) {
  for (std::int64_t second = first; second <= last; ++second) {
    buffer->Add({FrameAt(second)}, nullptr);
  }
}

// Returns the times of all batches that are due, in seconds; of late ones negative.
std::vector<std::int64_t> SendAll(FrameBuffer* buffer, bool closing = false) {
  std::vector<std::int64_t> seconds;
  while (const auto batch = buffer->NextToSend(closing)) {
    const std::int64_t second = absl::ToUnixSeconds(batch->frames.at(0)->time);
    seconds.push_back(batch->late ? -second : second);
  }
  return seconds;
}

// Lets a stream begin: from here on what is added is live.
void BeginStream(FrameBuffer* buffer) { EXPECT_THAT(SendAll(buffer), IsEmpty()); }

// Lets a stream break with nothing on its way.
void AddWhileAway(FrameBuffer* buffer, std::int64_t first, std::int64_t last) {
  buffer->Rewind();
  AddSeconds(buffer, first, last);
}

std::vector<std::int64_t> SecondsOf(const std::vector<SpoolBatch>& batches) {
  std::vector<std::int64_t> seconds;
  for (const SpoolBatch& batch : batches) {
    seconds.push_back(absl::ToUnixSeconds(batch.frames.at(0)->time));
  }
  return seconds;
}

// Returns the batch of a second as the spool returns it: the place is as large as the second.
SpoolBatch ReadBackAt(std::int64_t second) {
  return {.frames = {FrameAt(second)}, .place = {.segment = 1, .end = second}};
}

TEST(FrameBuffer, SendsEachBatchOnceInOrder) {
  FrameBuffer buffer(kPlenty);
  BeginStream(&buffer);
  AddSeconds(&buffer, 1, 3);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(1, 2, 3));
  EXPECT_THAT(SendAll(&buffer), IsEmpty());
  EXPECT_EQ(buffer.InFlight(), 3);
}

TEST(FrameBuffer, AfterABreakTheNewestGoesFirstAndTheRestLateInOrder) {
  FrameBuffer buffer(kPlenty);
  BeginStream(&buffer);
  AddSeconds(&buffer, 1, 4);
  SendAll(&buffer);
  buffer.Acknowledge(2);
  AddWhileAway(&buffer, 5, 7);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(7, -3, -4, -5, -6));
}

TEST(FrameBuffer, WhoReplaysGetsTheOrderInWhichItAdded) {
  FrameBuffer buffer(kPlenty, SendOrder::kOldestFirst);
  AddSeconds(&buffer, 1, 100);
  EXPECT_EQ(SendAll(&buffer).size(), 100u);
  buffer.Acknowledge(97);
  AddWhileAway(&buffer, 101, 102);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(98, 99, 100, 101, 102));
}

TEST(FrameBuffer, NumbersGrowOverBreaks) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 2);
  EXPECT_EQ(buffer.NextToSend()->sequence, 1);
  EXPECT_EQ(buffer.NextToSend()->sequence, 2);
  buffer.Rewind();
  EXPECT_EQ(buffer.NextToSend()->sequence, 3);
}

TEST(FrameBuffer, WhatIsLateIsPacedByWhatIsNew) {
  FrameBuffer buffer(kPlenty);
  constexpr int kPace = FrameBuffer::kLatePace;
  AddSeconds(&buffer, 1, 100);
  const auto first = SendAll(&buffer);
  EXPECT_EQ(first.size(), 1u + kPace);
  EXPECT_EQ(first.front(), 100);
  EXPECT_EQ(first.back(), -kPace);
  AddSeconds(&buffer, 101, 101);
  const auto second = SendAll(&buffer);
  EXPECT_EQ(second.size(), 1u + kPace);
  EXPECT_EQ(second.front(), 101);
  EXPECT_EQ(second.back(), -2 * kPace);
  // A service that does not acknowledge gets what is new only.
  AddSeconds(&buffer, 102, 102);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(102));
  buffer.Acknowledge(2 + kPace);
  EXPECT_EQ(SendAll(&buffer).size(), static_cast<std::size_t>(kPace));
}

TEST(FrameBuffer, WhatTheStreamIsTooSlowForIsLate) {
  FrameBuffer buffer(kPlenty);
  BeginStream(&buffer);
  constexpr auto kMost = static_cast<std::int64_t>(FrameBuffer::kMostLive);
  AddSeconds(&buffer, 1, kMost + 2);
  const auto sent = SendAll(&buffer);
  EXPECT_THAT(std::vector(sent.begin(), sent.begin() + 3), ElementsAre(kMost + 1, kMost + 2, -1));
}

TEST(FrameBuffer, ClosingSendsAllThatIsInMemory) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 100);
  buffer.AddReadBack({ReadBackAt(1)});
  EXPECT_THAT(SendAll(&buffer, /*closing=*/true), SizeIs(100));
}

TEST(FrameBuffer, AcknowledgementOfWhatWasNeverSentForgetsNothing) {
  FrameBuffer buffer(kPlenty);
  BeginStream(&buffer);
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
  EXPECT_THAT(SendAll(&buffer), ElementsAre(4, -3));
  EXPECT_EQ(buffer.Stats().batches, 2);
  EXPECT_EQ(buffer.Stats().dropped_frames, 4);
  EXPECT_THAT(buffer.Stats().dropped, ElementsAre(Pair("system", 4)));
  EXPECT_LE(buffer.Stats().bytes, 10'000);
}

TEST(FrameBuffer, DropsAlsoWhatIsSentAndWaits) {
  FrameBuffer buffer(10'000);
  BeginStream(&buffer);
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

TEST(FrameBuffer, ARefusedBatchIsFoundByItself) {
  FrameBuffer buffer(kPlenty);
  BeginStream(&buffer);
  AddSeconds(&buffer, 1, 3);
  SendAll(&buffer);
  buffer.Rewind(/*refused=*/true);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(3));
  AddSeconds(&buffer, 4, 4);
  EXPECT_THAT(SendAll(&buffer), IsEmpty()) << "nobody but the suspect";
  buffer.Acknowledge(4);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(4)) << "beyond suspicion";
  EXPECT_THAT(SendAll(&buffer), IsEmpty());
  buffer.Acknowledge(5);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(-1));
  EXPECT_EQ(buffer.Drop(6), 1);
  buffer.Rewind();
  EXPECT_THAT(SendAll(&buffer), ElementsAre(-2));
}

TEST(FrameBuffer, WhatLastsTooLongBelongsOnTheDisk) {
  FrameBuffer buffer(kPlenty);
  constexpr auto kMost = static_cast<std::int64_t>(FrameBuffer::kMostLateInMemory);
  AddSeconds(&buffer, 1, kMost);
  EXPECT_THAT(buffer.ToSpool(false), IsEmpty());
  AddSeconds(&buffer, kMost + 1, kMost + 1);
  const auto batches = buffer.ToSpool(false);
  EXPECT_THAT(batches, SizeIs(kMost)) << "all but the newest";
  EXPECT_EQ(SecondsOf(batches).front(), 1);
  buffer.Forget(batches);
  EXPECT_THAT(buffer.ToSpool(false), IsEmpty());
  EXPECT_EQ(buffer.Stats().batches, 1);
  EXPECT_EQ(buffer.Stats().dropped_frames, 0);
}

TEST(FrameBuffer, MemoryThatIsHalfFullGoesToTheDiskEvenIfItWasSent) {
  FrameBuffer buffer(20'000);
  BeginStream(&buffer);
  for (int second = 1; second <= 5; ++second) {
    buffer.Add({FrameAt(second, GaugeSchema("load"), 400)}, nullptr);
    SendAll(&buffer);
  }
  const auto batches = buffer.ToSpool(false);
  EXPECT_THAT(SecondsOf(batches), ElementsAre(1, 2, 3, 4, 5));
  buffer.Forget(batches);
  EXPECT_EQ(buffer.Stats().bytes, 0);
  buffer.Acknowledge(5);  // comes too late, and does no harm
  EXPECT_EQ(buffer.InFlight(), 0);
}

TEST(FrameBuffer, AtTheEndAllThatIsNotAcknowledgedBelongsOnTheDisk) {
  FrameBuffer buffer(kPlenty);
  BeginStream(&buffer);
  AddSeconds(&buffer, 1, 3);
  SendAll(&buffer);
  buffer.Acknowledge(1);
  AddSeconds(&buffer, 4, 5);
  buffer.AddReadBack({ReadBackAt(9)});  // stands there already
  EXPECT_THAT(SecondsOf(buffer.ToSpool(true)), ElementsAre(2, 3, 4, 5));
}

TEST(FrameBuffer, WhatWasReadBackGoesBeforeWhatIsLateInMemory) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 11, 13);
  buffer.SetSpool(100, /*has_more=*/true);
  EXPECT_FALSE(buffer.WantsReadBack()) << "nobody takes it now";
  EXPECT_THAT(SendAll(&buffer), ElementsAre(13)) << "older ones are about to be read";
  EXPECT_TRUE(buffer.WantsReadBack());
  buffer.AddReadBack({ReadBackAt(1), ReadBackAt(2)});
  buffer.SetSpool(100, /*has_more=*/false);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(-1, -2, -11, -12));
}

TEST(FrameBuffer, KnowsUpToWhereTheSpoolIsAcknowledged) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 10, 10);
  buffer.AddReadBack({ReadBackAt(1), ReadBackAt(2), ReadBackAt(3)});
  SendAll(&buffer);
  EXPECT_EQ(buffer.SpoolDone(), SpoolPlace());
  buffer.Acknowledge(3);
  EXPECT_EQ(buffer.SpoolDone(), (SpoolPlace{.segment = 1, .end = 2}));
  buffer.Rewind();
  EXPECT_THAT(SendAll(&buffer), ElementsAre(-3));
  EXPECT_EQ(buffer.Stats().batches, 0) << "it waits in the spool";
}

TEST(FrameBuffer, CountsWhatTheSpoolDropped) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 1);
  buffer.CountDropped({{"system", 3}, {"filesystem", 2}});
  EXPECT_EQ(buffer.Stats().dropped_frames, 5);
  EXPECT_THAT(buffer.Stats().dropped, ElementsAre(Pair("filesystem", 2), Pair("system", 3)));
}

TEST(FrameBuffer, OnlyTheNewestProcessTableIsKept) {
  FrameBuffer buffer(kPlenty);
  BeginStream(&buffer);
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
  BeginStream(&buffer);
  AddSeconds(&buffer, 1, 4);
  buffer.NextToSend();
  buffer.NextToSend();
  EXPECT_EQ(buffer.Drop(1), 1);
  EXPECT_EQ(buffer.Drop(1), 0);
  EXPECT_EQ(buffer.Drop(77), 0);
  EXPECT_EQ(buffer.Stats().dropped_frames, 1);
  EXPECT_EQ(buffer.InFlight(), 1);
  EXPECT_THAT(SendAll(&buffer), ElementsAre(3, 4));
}

TEST(FrameBuffer, BytesComeBackToZero) {
  FrameBuffer buffer(kPlenty);
  AddSeconds(&buffer, 1, 100);
  EXPECT_GT(buffer.Stats().bytes, 100 * static_cast<std::int64_t>(sizeof(Frame)));
  SendAll(&buffer, /*closing=*/true);
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
  // Some overtake others, and each comes once.
  std::set<std::int64_t> seconds;
  while (std::ssize(seconds) < kBatches) {
    const auto batch = buffer.NextToSend(/*closing=*/true);
    if (!batch) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(batch->sequence, std::ssize(seconds) + 1);
    ASSERT_TRUE(seconds.insert(absl::ToUnixSeconds(batch->frames.at(0)->time)).second);
    buffer.Acknowledge(batch->sequence);
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
  buffer.NextToSend();
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
