// The store as its callers see it: from appending to what queries get, over restarts, full disks
// and damage.
#include "services/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/store/label_listing.h"
#include "services/store/merged_rows.h"
#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kStart = 1'700'000'000'000;
constexpr MillisRange kEver{.first_ms = kFirstTimeMs, .last_ms = kLastTimeMs};
constexpr auto kEqual = LabelMatcher::Kind::kEqual;

absl::Time At(int second) { return absl::FromUnixMillis(kStart + second * 1000); }

LabelMatcher Matcher(LabelMatcher::Kind kind, const std::string& name, const std::string& value) {
  return *LabelMatcher::Create(kind, name, value);
}

class StoreTest : public ::testing::Test {
 protected:
  ~StoreTest() override { store.reset(); }

  void Open() {
    options.directory = "/d";
    options.sync_interval = absl::Milliseconds(1);
    options.retry_interval = absl::Milliseconds(1);
    auto opened = Store::Open(options, &disk, &clock, [this](std::uint64_t ticket) {
      MutexLock lock(mutex);
      durable = ticket;
      changed.notify_all();
    });
    ASSERT_THAT(opened, IsOk());
    store = *std::move(opened);
  }
  void Reopen() {
    store.reset();
    {
      MutexLock lock(mutex);
      durable = 0;
    }
    Open();
  }
  // As a power loss: what the store says after it reaches nobody.
  void CrashAndReopen() {
    disk.Crash(CrashKind::kLoseUnsynced, 0);
    Reopen();
  }

  std::uint64_t Append(const FramePtr& frame) {
    const auto ticket = store->Append(frame);
    EXPECT_THAT(ticket, IsOk());
    return ticket.value_or(0);
  }
  void AppendAndWait(const FramePtr& frame) { Wait(Append(frame)); }

  // Waits, with patience, until that ticket is durable.
  void Wait(std::uint64_t ticket) {
    MutexLock lock(mutex);
    EXPECT_TRUE(changed.wait_for(mutex, std::chrono::seconds(20),
                                 [&]()
                                     ABSL_NO_THREAD_SAFETY_ANALYSIS { return durable >= ticket; }));
  }
  // Waits, with patience, until the statistics are as `wanted` says.
  template <typename Wanted>
  void WaitFor(const Wanted& wanted) {
    const absl::Duration deadline = clock.Monotonic() + absl::Seconds(20);
    while (!wanted(store->stats()) && clock.Monotonic() < deadline) std::this_thread::yield();
    EXPECT_TRUE(wanted(store->stats()));
  }

  // All series as text: labels, then time:value.
  std::vector<std::string> Read(std::vector<LabelMatcher> matchers = {},
                                MillisRange range = kEver) {
    Selection selection = store->Select(std::move(matchers), range);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < selection.size(); ++i) {
      std::string text;
      for (const auto& [name, value] : selection.labels(i)) {
        text += name == kNameLabel ? std::string(value) : absl::StrFormat(" %s=%s", name, value);
      }
      const auto samples = selection.Read(i);
      EXPECT_THAT(samples, IsOk());
      for (std::size_t row = 0; samples.ok() && row < samples->values.size(); ++row) {
        text += absl::StrFormat(" %d:%g", (samples->times_ms[row] - kStart) / 1000,
                                samples->values[row]);
      }
      all.push_back(text);
    }
    std::ranges::sort(all);
    return all;
  }

  MemoryFileSystem disk;
  SystemClock clock;
  StoreOptions options;
  Mutex mutex;
  std::condition_variable_any changed;
  std::uint64_t durable = 0;
  std::unique_ptr<Store> store;
};

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

TEST_F(StoreTest, WhatWasAcknowledgedSurvivesAPowerLoss) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1"));
}

TEST_F(StoreTest, AFrameThatComesTwiceIsKeptOnceAndAcknowledgedTwice) {
  Open();
  const FramePtr frame = GaugeFrame("a", "system", At(0), {1});
  AppendAndWait(frame);
  AppendAndWait(frame);
  EXPECT_EQ(store->stats().duplicate_frames, 1);
  Reopen();
  AppendAndWait(frame);
  AppendAndWait(GaugeFrame("a", "system", At(0), {9}));
  EXPECT_EQ(store->stats().duplicate_frames, 2);
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
                                  "test_1 instance=a job=syspulse 1:1 3:3"));
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

TEST_F(StoreTest, WhileTheDiskIsFullNothingIsAcknowledgedAndReadsGoOn) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  disk.SetCapacity(disk.TotalBytes() + 10);
  const std::uint64_t ticket = Append(GaugeFrame("a", "system", At(1), {2}));
  WaitFor([](const StoreStats& stats) { return !stats.writing; });
  EXPECT_THAT(store->stats().last_error, HasSubstr("No space left"));
  EXPECT_LT(store->stats().durable_ticket, ticket);
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1 1:2"));
  disk.Heal();
  Wait(ticket);
  WaitFor([](const StoreStats& stats) { return stats.writing; });
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1 1:2"));
}

TEST_F(StoreTest, AFullQueueRefusesUntilTheDiskTakesFramesAgain) {
  options.queue_bytes = 1000;
  Open();
  disk.SetCapacity(disk.TotalBytes());
  absl::Status refused;
  int second = 0;
  while (refused.ok() && second < 1000) {
    refused = store->Append(GaugeFrame("a", "system", At(++second), {1, 2, 3})).status();
  }
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("send it again later")));
  disk.Heal();
  WaitFor([](const StoreStats& stats) { return stats.waiting_frames == 0; });
  AppendAndWait(GaugeFrame("a", "system", At(2000), {1, 2, 3}));
}

TEST_F(StoreTest, AFailedSyncCostsNothing) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  disk.Fail(Operation::kSync, absl::UnavailableError("sync: Input/output error"));
  AppendAndWait(GaugeFrame("a", "system", At(1), {2}));
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1 1:2"));
}

TEST_F(StoreTest, ADamagedBlockIsSetAsideAndReported) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  Reopen();
  AppendAndWait(GaugeFrame("a", "system", At(1), {2}));
  store.reset();
  const std::string path = "/d/0000000001-0000000001.block";
  ASSERT_TRUE(disk.Exists(path));
  disk.SetContents(path, disk.Contents(path).substr(0, 30));
  Open();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 1:2"));
  EXPECT_EQ(store->stats().damaged_units, 1);
  EXPECT_THAT(store->stats().last_damage, HasSubstr(path));
  EXPECT_TRUE(disk.Exists(path + ".damaged"));
}

TEST_F(StoreTest, DamageWithinABlockCostsOnlyWhatItHits) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1.25, 2.5}));
  AppendAndWait(GaugeFrame("b", "system", At(0), {3.75, 4.5}));
  store.reset();
  const std::string path = "/d/0000000001-0000000001.block";
  const std::string whole = disk.Contents(path);
  std::size_t hurt = 0;
  // Whatever byte of the groups is hit, no value is wrong and the other host is not concerned.
  for (std::size_t place = 8; place < whole.size() / 2; ++place) {
    std::string bytes = whole;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x20);
    disk.SetContents(path, bytes);
    Open();
    const std::vector<std::string> rows = Read();
    if (store->stats().damaged_units > 0) ++hurt;
    int whole_series = 0;
    for (const std::string& row : rows) whole_series += row.find(" 0:") != std::string::npos;
    EXPECT_GE(whole_series, disk.Exists(path) ? 2 : 0) << place;
    store.reset();
    static_cast<void>(disk.Remove(path + ".damaged"));
  }
  EXPECT_GT(hurt, 10u);
}

TEST_F(StoreTest, OneProcessHasTheFolder) {
  Open();
  EXPECT_THAT(
      Store::Open(options, &disk, &clock, [](std::uint64_t) {}),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("in use by another process")));
}

TEST_F(StoreTest, FramesThatCannotBeStoredAreRefusedInWords) {
  Open();
  Frame frame = *GaugeFrame("a", "system", At(0), {1, 2});
  frame.values.pop_back();
  EXPECT_THAT(store->Append(std::make_shared<const Frame>(frame)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 values")));
  frame.values.push_back(2);
  frame.time = absl::InfiniteFuture();
  EXPECT_THAT(store->Append(std::make_shared<const Frame>(frame)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("years 1 to 9999")));
  frame.time = At(0);
  frame.host.clear();
  EXPECT_THAT(store->Append(std::make_shared<const Frame>(frame)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("store frame")));
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

}  // namespace
}  // namespace syspulse
