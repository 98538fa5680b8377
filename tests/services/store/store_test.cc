// The store as its callers see it: from appending to what queries get, over restarts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "services/store/label_listing.h"
#include "services/store/merged_rows.h"
#include "services/store/recovery.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(StoreTest, WhatWasAppendedIsReadAtOnceAndAfterARestart) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1, 2}));
  AppendAndWait(GaugeFrame("a", "system", At(1), {3, 4}));
  const std::vector<std::string> expected = {"test_0 instance=a job=syspulse 0:1 1:3",
                                             "test_1 instance=a job=syspulse 0:2 1:4"};
  EXPECT_EQ(Read(), expected);
  Reopen();
  EXPECT_EQ(Read(), expected);
  EXPECT_EQ(store->stats().blocks, 1);
  EXPECT_EQ(store->stats().head_samples, 0);
}

// Whoever may send frames can make such a pair in a second, and would have rows of others read by
// the wrong names.
TEST_F(StoreTest, TwoSchemasOfOneIdDoNotMeet) {
  const auto schema = [](const char* help, const char* core) {
    return *Schema::Create(
        {{.name = "node_load1", .type = MetricType::kGauge, .help = help, .label_names = {"core"}}},
        {{0, {core}}});
  };
  const SchemaPtr one = schema("QV#f4Ww$(G+F", "0");
  const SchemaPtr other = schema("X5#aH#`3&zqZ", "0");
  ASSERT_EQ(one->id(), other->id());
  ASSERT_FALSE(*one == *other);
  const auto frame = [](std::string host, SchemaPtr schema) {
    return std::make_shared<const Frame>(Frame{.host = std::move(host),
                                               .source = "system",
                                               .schema = std::move(schema),
                                               .time = absl::FromUnixSeconds(1'700'000'000),
                                               .values = {1}});
  };
  Open();
  EXPECT_THAT(store->Append(frame("web-1", one)), IsOk());
  EXPECT_THAT(store->Append(frame("web-2", other)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("have the same id")));
  EXPECT_THAT(store->Append(frame("web-2", schema("QV#f4Ww$(G+F", "0"))), IsOk()) << "equal";
}

TEST_F(StoreTest, WhatWasAcknowledgedSurvivesAPowerLoss) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1"));
}

TEST_F(StoreTest, LateFramesFindTheirPlaceByAnyDelay) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(100'000), {1}));
  Reopen();
  AppendAndWait(GaugeFrame("a", "system", At(100'001), {2}));
  AppendAndWait(GaugeFrame("a", "system", At(99'990), {3}));
  AppendAndWait(GaugeFrame("a", "system", At(5), {4}));
  const std::vector<std::string> expected = {
      "test_0 instance=a job=syspulse 5:4 99990:3 100000:1 100001:2"};
  EXPECT_EQ(Read(), expected);
  Reopen();
  EXPECT_EQ(Read(), expected);
}

TEST_F(StoreTest, AbsentValuesAreNoSamples) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1, AbsentValue()}));
  AppendAndWait(GaugeFrame("a", "system", At(1), {AbsentValue(), 2}));
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1",
                                  "test_1 instance=a job=syspulse 1:2"));
}

TEST_F(StoreTest, ASeriesIsOneThoughItsSchemaChanges) {
  Open();
  for (int i = 0; i < 4; ++i) {
    AppendAndWait(GaugeFrame("a", "system", At(i), std::vector<double>(1 + std::size_t(i % 2), i)));
    if (i == 1) Reopen();
  }
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:0 1:1 2:2 3:3",
                                  "test_1 instance=a job=syspulse 1:1 2:nan 3:3"));
}

TEST_F(StoreTest, HostsThatAreCalledTheSameShareTheirSeries) {
  Open();
  for (const char* host : {"a", "b", "c"}) store->SetHostLabels(host, {{"instance", "x"}});
  store->SetHostLabels("d", {{"instance", "y"}});
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  AppendAndWait(GaugeFrame("b", "system", At(1), {2, 20}));
  AppendAndWait(GaugeFrame("c", "other", At(2), {3}));
  AppendAndWait(GaugeFrame("d", "system", At(3), {4}));
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=x 0:1 1:2 2:3", "test_0 instance=y 3:4",
                                  "test_1 instance=x 1:20"));
}

TEST_F(StoreTest, LabelsThatTheHostTakesOverMakeOneSeriesOfTwo) {
  Open();
  AppendAndWait(
      FrameOf("a", "system", At(0),
              {{.name = "m", .labels = {{"exported_job", "1"}, {"job", ""}}, .value = 5},
               {.name = "m", .labels = {{"exported_job", ""}, {"job", "1"}}, .value = 5}}));
  EXPECT_THAT(Read(), ElementsAre("m exported_job=1 instance=a job=syspulse 0:5"));
}

TEST_F(StoreTest, ARangeHasBothItsEnds) {
  Open();
  for (int i = 0; i < 10; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {double(i)}));
  EXPECT_THAT(Read({}, {.first_ms = kStart + 3000, .last_ms = kStart + 5000}),
              ElementsAre("test_0 instance=a job=syspulse 3:3 4:4 5:5"));
  EXPECT_THAT(Read({}, {.first_ms = kStart + 20'000, .last_ms = kStart + 30'000}), IsEmpty());
  EXPECT_THAT(Read({}, {.first_ms = kStart + 5000, .last_ms = kStart + 3000}), IsEmpty());
}

TEST_F(StoreTest, MatchersChooseSeries) {
  Open();
  store->SetHostLabels("a", {{"instance", "a.example"}, {"job", "syspulse"}});
  for (const std::string host : {"a", "b"}) {
    AppendAndWait(FrameOf(host, "system", At(0),
                          {{"cpu", {{"cpu", "0"}, {"mode", "idle"}}, 1},
                           {"cpu", {{"cpu", "1"}, {"mode", "user"}}, 2},
                           {"load", {}, 3}}));
  }
  EXPECT_THAT(
      Read({Matcher(kEqual, "__name__", "load")}),
      ElementsAre("load instance=a.example job=syspulse 0:3", "load instance=b job=syspulse 0:3"));
  EXPECT_THAT(Read({Matcher(kEqual, "instance", "b"), Matcher(kEqual, "mode", "")}),
              ElementsAre("load instance=b job=syspulse 0:3"));
  EXPECT_THAT(Read({Matcher(LabelMatcher::Kind::kRegex, "instance", "a.*"),
                    Matcher(LabelMatcher::Kind::kNotRegex, "cpu", "1|")}),
              ElementsAre("cpu cpu=0 instance=a.example job=syspulse mode=idle 0:1"));
  EXPECT_EQ(Read({Matcher(LabelMatcher::Kind::kNotEqual, "mode", "idle")}).size(), 4u);
  EXPECT_THAT(Read({Matcher(LabelMatcher::Kind::kRegex, "__name__", "cp")}), IsEmpty());
  EXPECT_THAT(LabelMatcher::Create(LabelMatcher::Kind::kRegex, "a", "("),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'('")));
}

TEST_F(StoreTest, LabelsAreListed) {
  Open();
  AppendAndWait(FrameOf("a", "s", At(0), {{"cpu", {{"cpu", "0"}}}, {"load", {}}}));
  AppendAndWait(FrameOf("b", "s", At(100), {{"disk", {{"device", "sda"}}}}));
  const ContentsView view = store->View();
  EXPECT_THAT(LabelNames(view, {}, kEver),
              ElementsAre("__name__", "cpu", "device", "instance", "job"));
  EXPECT_THAT(LabelValues(view, "__name__", {}, kEver), ElementsAre("cpu", "disk", "load"));
  EXPECT_THAT(LabelValues(view, "instance", {}, {.first_ms = kStart, .last_ms = kStart}),
              ElementsAre("a"));
  const std::vector<LabelMatcher> disk_only = {Matcher(kEqual, "__name__", "disk")};
  EXPECT_THAT(LabelValues(view, "device", disk_only, kEver), ElementsAre("sda"));
  EXPECT_EQ(Families(view).at("disk").help, "Help.");
}

TEST_F(StoreTest, WhatAHostIsCalledHoldsForItsPastAndSurvives) {
  Open();
  store->SetHostLabels("a", {{"instance", "old"}, {"job", "syspulse"}});
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  store->SetHostLabels("a", {{"instance", "new"}, {"job", "syspulse"}});
  AppendAndWait(GaugeFrame("a", "system", At(1), {2}));
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=new job=syspulse 0:1 1:2"));
}

TEST_F(StoreTest, ALabelOfTheHostTakesPrecedence) {
  Open();
  AppendAndWait(FrameOf("a", "custom", At(0), {{"up", {{"instance", "mine"}, {"job", ""}}, 1}}));
  EXPECT_THAT(Read({Matcher(kEqual, "exported_instance", "mine")}),
              ElementsAre("up exported_instance=mine instance=a job=syspulse 0:1"));
  EXPECT_THAT(Read({Matcher(kEqual, "instance", "mine")}), IsEmpty());
}

// Whatever moment a reader comes at, it sees all that was acknowledged, once, while rows go from
// the head into blocks and these into others.
TEST_F(StoreTest, ReadersSeeEverythingWhileBlocksAreMade) {
  options.blocks.head_samples = 20;
  Open();
  std::atomic<int> acknowledged = 0;
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const int least = acknowledged;
      Selection selection = store->Select({}, kEver);
      if (selection.size() == 0) continue;
      const auto samples = selection.Read(0);
      ASSERT_THAT(samples, IsOk());
      ASSERT_GE(samples->values.size(), std::size_t(least));
      for (std::size_t row = 0; row < samples->values.size(); ++row) {
        ASSERT_EQ(samples->times_ms[row], kStart + std::int64_t(row) * 1000);
        ASSERT_EQ(samples->values[row], double(row));
      }
    }
  });
  for (int i = 0; i < 300; ++i) {
    AppendAndWait(GaugeFrame("a", "system", At(i), {double(i)}));
    acknowledged = i + 1;
  }
}

TEST_F(StoreTest, BlocksForWhichThereWasNoTimeAreMergedAtTheNextStart) {
  options.merge_rest = absl::InfiniteDuration();
  for (int run = 0; run < 4; ++run) {
    Reopen();
    AppendAndWait(GaugeFrame("a", "system", At(run), {1}));
  }
  Reopen();
  WaitFor([](const StoreStats& stats) { return stats.blocks == 1; });
  EXPECT_EQ(Read().size(), 1u);
}

TEST_F(StoreTest, WhatIsMoreThanMayBeKeptGoesAtTheStart) {
  Open();
  for (int i = 0; i < 50; ++i) AppendAndWait(GaugeFrame("web-1", "system", At(i), {1.5 * i}));
  Reopen();
  WaitFor([](const StoreStats& stats) { return stats.blocks == 1; });
  options.blocks.retention_bytes = 1;
  Reopen();
  WaitFor([](const StoreStats& stats) { return stats.blocks == 0; });
}

TEST_F(StoreTest, ManyFramesBecomeBlocksThatAreMerged) {
  options.blocks.head_samples = 20;
  Open();
  std::string expected = "test_0 instance=a job=syspulse";
  for (int i = 0; i < 400; ++i) {
    AppendAndWait(GaugeFrame("a", "system", At(i), {double(i)}));
    expected += absl::StrFormat(" %d:%d", i, i);
  }
  WaitFor([](const StoreStats& stats) { return stats.blocks > 0 && stats.head_samples < 60; });
  EXPECT_THAT(Read(), ElementsAre(expected));
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre(expected));
  EXPECT_LT(store->stats().blocks, 15);
}

TEST_F(StoreTest, AHeadTakesSomeRowsOfEachSeriesBeforeItBecomesABlock) {
  options.blocks.head_samples = 4;
  options.head_rows = 8;
  options.most_head_samples = 20;
  Open();
  for (int i = 0; i < 7; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {1, 2}));
  EXPECT_EQ(store->stats().blocks, 0);
  AppendAndWait(GaugeFrame("a", "system", At(7), {1, 2}));
  WaitFor([](const StoreStats& stats) { return stats.blocks == 1 && stats.head_samples == 0; });
  const std::vector<double> many(10, 1.0);
  AppendAndWait(GaugeFrame("b", "system", At(8), many));
  EXPECT_EQ(store->stats().blocks, 1);
  AppendAndWait(GaugeFrame("b", "system", At(9), many));
  WaitFor([](const StoreStats& stats) { return stats.blocks == 2 && stats.head_samples == 0; });
}

TEST_F(StoreTest, ALongSeriesIsReadSliceBySlice) {
  options.blocks.head_samples = 20;
  options.blocks.longest_block = absl::Seconds(60);
  Open();
  for (int i = 0; i < 400; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {double(i)}));
  AppendAndWait(
      GaugeFrame("a", "system", At(-100), {-1}));  // late: a group of its own or a long one
  WaitFor([](const StoreStats& stats) { return stats.blocks > 3; });
  for (const std::size_t most_rows : {std::size_t{1}, std::size_t{50}, std::size_t{100'000}}) {
    const MillisRange range{.first_ms = kStart - 200'000, .last_ms = kStart + 350'000};
    Selection selection = store->Select({}, range);
    std::vector<double> values;
    std::int64_t last_ms = range.first_ms - 1;
    for (const MillisRange& slice : selection.Slices(0, most_rows)) {
      EXPECT_GT(slice.first_ms, last_ms) << "slices are apart and ascending";
      last_ms = slice.last_ms;
      const auto samples = selection.Read(0, slice);
      ASSERT_THAT(samples, IsOk());
      values.insert(values.end(), samples->values.begin(), samples->values.end());
    }
    EXPECT_LE(last_ms, range.last_ms);
    ASSERT_EQ(values.size(), std::size_t{352});
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], double(i) - 1);
  }
}

TEST_F(StoreTest, ASelectionKnowsAboutHowManySamplesItHas) {
  options.blocks.head_samples = 200;
  options.blocks.longest_block = absl::Seconds(60);
  Open();
  for (int i = 0; i < 400; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {1, 2}));
  WaitFor([](const StoreStats& stats) { return stats.blocks > 2; });
  const auto estimate = [&](int first, int last) {
    return store->Select({}, {.first_ms = kStart + 1000 * first, .last_ms = kStart + 1000 * last})
        .SampleEstimate();
  };
  EXPECT_NEAR(static_cast<double>(estimate(-1000, 1000)), 800, 20);
  EXPECT_NEAR(static_cast<double>(estimate(100, 300)), 400, 20);
  EXPECT_NEAR(static_cast<double>(estimate(5, 9)), 10, 5);
  EXPECT_NEAR(static_cast<double>(estimate(390, 1000)), 20, 10);
  EXPECT_EQ(estimate(500, 1000), std::size_t{0});
}

TEST_F(StoreTest, AnEndWithoutTimeForBlocksLeavesAllInTheLog) {
  options.finish_patience = -absl::Seconds(1);
  Open();
  for (int second = 0; second < 5; ++second) {
    Append(GaugeFrame("a", "system", At(second), {1.0 * second}));
  }
  const std::vector<std::string> all = {"test_0 instance=a job=syspulse 0:0 1:1 2:2 3:3 4:4"};
  store.reset();
  const auto names = disk.List("/d");
  ASSERT_THAT(names, IsOk());
  for (const std::string& name : *names) EXPECT_FALSE(name.ends_with(".block")) << name;
  disk.Crash(CrashKind::kLoseUnsynced, 0);
  disk.Restart();
  options.finish_patience = absl::Seconds(20);
  Open();
  EXPECT_EQ(Read(), all);
  Reopen();
  EXPECT_EQ(store->stats().blocks, 1);
  EXPECT_EQ(Read(), all);
}

}  // namespace
}  // namespace syspulse
