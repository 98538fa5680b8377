// Rows that come in parts: each value counts once, wherever the parts of its row stand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/model/target.h"
#include "services/store/merged_rows.h"
#include "services/store/row_codec.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;

const double kNone = AbsentValue();

// Returns a part of the row of that second.
FramePtr Part(int second, const std::vector<double>& values,
              const std::shared_ptr<FrameOutcome>& outcome = std::make_shared<FrameOutcome>()) {
  Frame frame = *GaugeFrame(TargetHostId({"node", "a:9100"}), "1", At(second), values);
  frame.part = true;
  frame.outcome = outcome;
  return std::make_shared<const Frame>(std::move(frame));
}

constexpr const char* kFirst = "test_0 instance=a:9100 job=node 0:1";
constexpr const char* kSecond = "test_1 instance=a:9100 job=node 0:2";

TEST_F(StoreTest, PartsOfARowBecomeOneRow) {
  Open();
  AppendAndWait(Part(0, {1, kNone}));
  AppendAndWait(Part(0, {kNone, 2}));
  EXPECT_THAT(Read(), ElementsAre(kFirst, kSecond));
  EXPECT_EQ(store->stats().head_samples, 2);
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre(kFirst, kSecond));
}

TEST_F(StoreTest, APartOfARowThatStandsInABlockCompletesIt) {
  Open();
  AppendAndWait(Part(0, {1, kNone}));
  Reopen();
  AppendAndWait(Part(0, {kNone, 2}));
  EXPECT_THAT(Read(), ElementsAre(kFirst, kSecond));
  Reopen();
  EXPECT_EQ(store->stats().blocks, 2);
  EXPECT_THAT(Read(), ElementsAre(kFirst, kSecond));
}

TEST_F(StoreTest, AMergedBlockHoldsAllPartsOfARow) {
  options.blocks.head_samples = 1;
  options.head_rows = 0;
  Open();
  for (int i = 0; i < 4; ++i) {
    std::vector<double> values(4, kNone);
    values[static_cast<std::size_t>(i)] = i;
    AppendAndWait(Part(0, values));
    WaitFor([i](const StoreStats& stats) { return stats.head_samples == 0 || i == 3; });
  }
  WaitFor([](const StoreStats& stats) { return stats.blocks == 1 && stats.head_samples == 0; });
  EXPECT_EQ(store->stats().block_samples, 4);
  EXPECT_THAT(
      Read(),
      ElementsAre("test_0 instance=a:9100 job=node 0:0", "test_1 instance=a:9100 job=node 0:1",
                  "test_2 instance=a:9100 job=node 0:2", "test_3 instance=a:9100 job=node 0:3"));
}

TEST_F(StoreTest, APartWithoutValuesIsNoRow) {
  Open();
  Wait(Append(Part(0, {kNone, kNone})));
  EXPECT_EQ(store->stats().head_samples, 0);
}

TEST_F(StoreTest, TheFirstValueStaysAndAnotherOneIsAConflict) {
  Open();
  AppendAndWait(Part(0, {1, kNone}));
  const auto outcome = std::make_shared<FrameOutcome>();
  AppendAndWait(Part(0, {7, 2}, outcome));
  EXPECT_EQ(outcome->conflicting_values(), 1);
  EXPECT_THAT(Read(), ElementsAre(kFirst, kSecond));
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre(kFirst, kSecond));
}

TEST_F(StoreTest, WhoeverSentAWholeRowTwiceIsToldToo) {
  using Told = std::pair<std::int64_t, std::int64_t>;  // repeated, conflicting
  Open();
  const auto send = [&](const std::vector<double>& values) {
    Frame frame = *GaugeFrame("web-1", "import-1", At(0), values);
    frame.outcome = std::make_shared<FrameOutcome>();
    AppendAndWait(std::make_shared<const Frame>(frame));
    return Told(frame.outcome->repeated_values(), frame.outcome->conflicting_values());
  };
  EXPECT_EQ(send({1, 2}), Told(0, 0));
  EXPECT_EQ(send({1, 2}), Told(2, 0));
  EXPECT_EQ(send({1, 3}), Told(2, 1));
  Reopen();  // into a block, where nobody compares
  EXPECT_EQ(send({1, 3}), Told(2, 0));
}

// A schema is named by a hash, so that which of two comes first is chance: there are several.
TEST_F(StoreTest, TheFirstValueStaysAlsoWhereItsSourceHasGainedSeries) {
  Open();
  for (std::size_t columns = 1; columns < 8; ++columns) {
    AppendAndWait(Part(int(columns), std::vector<double>(columns, 1)));
    const auto outcome = std::make_shared<FrameOutcome>();
    AppendAndWait(Part(int(columns), std::vector<double>(columns + 1, 7), outcome));
    EXPECT_EQ(outcome->conflicting_values(), columns);
    EXPECT_EQ(outcome->first_conflict(),
              absl::StrFormat(R"(test_0{instance="a:9100",job="node"} at )"
                              "2023-11-14T22:13:2%d.000Z",
                              columns));
  }
  EXPECT_EQ(store->stats().conflicting_values, 1 + 2 + 3 + 4 + 5 + 6 + 7);
  const std::vector<std::string> before = Read();
  EXPECT_THAT(before, ::testing::SizeIs(8));
  EXPECT_EQ(before[0], "test_0 instance=a:9100 job=node 1:1 2:1 3:1 4:1 5:1 6:1 7:1");
  EXPECT_EQ(before[7], "test_7 instance=a:9100 job=node 7:7");
  CrashAndReopen();
  EXPECT_EQ(Read(), before);
  Reopen();
  EXPECT_EQ(Read(), before);
}

TEST_F(StoreTest, TheSameValueUnderALargerSchemaIsNoConflict) {
  Open();
  AppendAndWait(Part(0, {1}));
  const auto outcome = std::make_shared<FrameOutcome>();
  AppendAndWait(Part(0, {1, 2}, outcome));
  AppendAndWait(Part(0, {1, 2}, outcome));
  EXPECT_EQ(outcome->conflicting_values(), 0);
  EXPECT_EQ(store->stats().conflicting_values, 0);
  EXPECT_EQ(store->stats().duplicate_frames, 1);
  EXPECT_THAT(Read(), ElementsAre(kFirst, kSecond));
}

TEST_F(StoreTest, WhatStandsInABlockStaysAlsoUnderALargerSchema) {
  Open();
  for (std::size_t columns = 1; columns < 8; ++columns) {
    AppendAndWait(Part(int(columns), std::vector<double>(columns, 1)));
  }
  Reopen();
  for (std::size_t columns = 1; columns < 8; ++columns) {
    AppendAndWait(Part(int(columns), std::vector<double>(columns + 1, 7)));
  }
  EXPECT_EQ(Read()[0], "test_0 instance=a:9100 job=node 1:1 2:1 3:1 4:1 5:1 6:1 7:1");
}

TEST_F(StoreTest, AFrameThatComesAgainWithOtherValuesIsCounted) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1, 2}));
  AppendAndWait(GaugeFrame("a", "system", At(0), {1, 2}));
  EXPECT_EQ(store->stats().conflicting_values, 0);
  AppendAndWait(GaugeFrame("a", "system", At(0), {1, 3}));
  AppendAndWait(GaugeFrame("a", "system", At(0), {4, 5, 6}));
  EXPECT_EQ(store->stats().conflicting_values, 3);
  EXPECT_EQ(store->stats().duplicate_frames, 3);
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1",
                                  "test_1 instance=a job=syspulse 0:2"));
}

TEST_F(StoreTest, APartThatComesTwiceIsNoConflict) {
  Open();
  AppendAndWait(Part(0, {1, 2}));
  const auto outcome = std::make_shared<FrameOutcome>();
  AppendAndWait(Part(0, {1, 2}, outcome));
  EXPECT_EQ(outcome->conflicting_values(), 0);
  EXPECT_EQ(store->stats().duplicate_frames, 1);
  EXPECT_THAT(Read(), ElementsAre(kFirst, kSecond));
}

TEST_F(StoreTest, PartsMayComeInAnyOrderOfTime) {
  Open();
  for (const int second : {5, 1, 4, 0, 3}) AppendAndWait(Part(second, {1.0 * second, kNone}));
  for (const int second : {0, 5, 2, 4, 1}) AppendAndWait(Part(second, {kNone, 2.0 * second}));
  const std::vector<std::string> expected = {
      "test_0 instance=a:9100 job=node 0:0 1:1 3:3 4:4 5:5",
      "test_1 instance=a:9100 job=node 0:0 1:2 2:4 4:8 5:10"};
  EXPECT_EQ(Read(), expected);
  CrashAndReopen();
  EXPECT_EQ(Read(), expected);
}

TEST_F(StoreTest, ATargetIsCalledByTheLabelsItHas) {
  Open();
  for (const Target target : {Target{"node", ""}, Target{"", "b"}, Target{}}) {
    Frame frame = *GaugeFrame(TargetHostId(target), "1", At(0), {1});
    frame.part = true;
    AppendAndWait(std::make_shared<const Frame>(std::move(frame)));
  }
  EXPECT_THAT(Read(), ElementsAre("test_0 0:1", "test_0 instance=b 0:1", "test_0 job=node 0:1"));
}

TEST_F(StoreTest, ASeriesOfAnAgentAndOfATargetIsOneSeries) {
  Open();
  store->SetHostLabels("a", {{"instance", "a:9100"}, {"job", "node"}});
  AppendAndWait(Part(0, {7}));
  AppendAndWait(Part(1, {8}));
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a:9100 job=node 0:1 1:8"));
}

TEST(PartCodec, EveryValueComesBackBitByBit) {
  std::vector<double> values;
  for (int i = 0; i < 200; ++i) {
    values.push_back(i % 3 == 0 ? kNone : i % 5 == 0 ? 0 : i * 0.1);
  }
  values[1] = std::bit_cast<double>(0x7ff0000000000002);
  values[2] = std::bit_cast<double>(0x7ff8000000000001);
  values[4] = -0.0;
  std::string bytes;
  AppendPart(values, &bytes);
  std::vector<double> again(values.size());
  ASSERT_TRUE(DecodePart(bytes, again));
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(again[i]), std::bit_cast<std::uint64_t>(values[i])) << i;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodePart(std::string_view(bytes).substr(0, size), again)) << size;
  }
}

}  // namespace
}  // namespace syspulse
