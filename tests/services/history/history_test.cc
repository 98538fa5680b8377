// From the hub into the store, and out of it by PromQL.
#include "services/history/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "services/base/mutex.h"
#include "services/history/host_health.h"
#include "services/history/store_series.h"
#include "services/promql/engine.h"
#include "services/promql/parser.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Waits, with patience, for what is kept.
class Kept final : public KeptListener {
 public:
  void OnKept(std::uint64_t ticket) override {
    const MutexLock lock(mutex_);
    tickets_ = ticket;
    changed_.notify_all();
  }
  void WaitFor(std::uint64_t ticket) {
    const MutexLock lock(mutex_);
    EXPECT_TRUE(
        changed_.wait_for(mutex_, std::chrono::seconds(20),
                          [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return tickets_ >= ticket; }));
  }
  void Forget() {
    const MutexLock lock(mutex_);
    tickets_ = 0;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t tickets_ ABSL_GUARDED_BY(mutex_) = 0;
};

class HistoryTest : public ::testing::Test {
 protected:
  HistoryTest() { Open(); }
  ~HistoryTest() override { history_.reset(); }

  void Open() {
    history_.reset();
    kept_.Forget();
    auto history =
        History::Open(&hub_, {.directory = "/history", .sync_interval = absl::Milliseconds(1)},
                      &disk_, &store_clock_);
    ASSERT_THAT(history, IsOk());
    history_ = *std::move(history);
    history_->AddListener(&kept_);
  }

  // Connects a host, pushes `node_load1` once a second, from 1 on, and waits until all is kept.
  void Push(const std::string& id, const std::string& hostname, int seconds) {
    const auto connection =
        hub_.Connect({.id = id, .hostname = hostname}, "session-" + id, "127.0.0.1");
    ASSERT_THAT(connection, IsOk());
    std::uint64_t last = 0;
    for (int second = 1; second <= seconds; ++second) {
      const FramePtr frame = FrameOf(id, "system", clock_.Now() + absl::Seconds(second),
                                     {{"node_load1", {}, static_cast<double>(second)}});
      ASSERT_THAT(hub_.PushFrame(connection->id, frame), IsOk());
      const auto ticket = history_->Keep(frame);
      ASSERT_THAT(ticket, IsOk());
      last = *ticket;
    }
    kept_.WaitFor(last);
    EXPECT_GE(history_->kept(), last);
  }

  // Returns the value of an expression, by the label `instance`, at the time of the tenth second.
  std::map<std::string, double> Query(const std::string& expression) {
    const auto expr = promql::ParseExpr(expression);
    EXPECT_THAT(expr, IsOk());
    promql::QueryContext context({}, clock_, {});
    const auto answer = promql::Engine().Instant(
        **expr, absl::ToUnixMillis(clock_.Now() + absl::Seconds(10)), history_->series(), context);
    EXPECT_THAT(answer, IsOk());
    std::map<std::string, double> values;
    for (const promql::Sample& sample : std::get<promql::Vector>(answer->value).samples) {
      values[std::string(sample.labels.Get("instance"))] = sample.value;
    }
    return values;
  }

  FakeClock clock_;
  SystemClock store_clock_;  // by which it syncs
  MemoryFileSystem disk_;
  Kept kept_;
  Hub hub_{&clock_, {}};
  std::unique_ptr<History> history_;
};

TEST_F(HistoryTest, AnswersWhatTheHubGotAtOnce) {
  Push("a", "web-1", 10);
  EXPECT_THAT(Query("node_load1{job=\"syspulse\"}"), ElementsAre(Pair("web-1", 10)));
  EXPECT_THAT(Query("sum_over_time(node_load1[10s])"), ElementsAre(Pair("web-1", 55)));
  EXPECT_THAT(Query("node_load1{instance=~\"db.*\"}"), IsEmpty());
}

TEST_F(HistoryTest, TellsHostsOfOneHostnameApart) {
  Push("a", "web", 10);
  EXPECT_THAT(Query("node_load1"), ElementsAre(Pair("web", 10)));
  Push("b", "web", 5);
  EXPECT_THAT(Query("node_load1"), ElementsAre(Pair("web/a", 10), Pair("web/b", 5)));
  ASSERT_THAT(hub_.DeleteHost("b"), IsOk());
  EXPECT_THAT(Query("node_load1{instance=\"web\"}"), ElementsAre(Pair("web", 10)));
}

TEST_F(HistoryTest, HasWhatTheServiceKnowsOfEachHost) {
  Push("a", "web-1", 10);
  ASSERT_THAT(hub_.PushCustomFrames(Host{.id = "b"}, "",
                                    {FrameOf("b", "custom/a", clock_.Now(), {{"jobs", {}, 1}})}),
              IsOk());
  HostHealth health(&hub_, history_.get(), &clock_);
  for (int i = 0; i < 2; ++i) {
    clock_.Advance(HostHealth::kInterval);
    hub_.UpdateStates();
    health.Write();
  }
  kept_.WaitFor(14);  // 10 of the agent
  EXPECT_THAT(Query("syspulse_host_up{job=\"syspulse\"}"),
              ElementsAre(Pair("b", 1), Pair("web-1", 0)));
  const HostCompleteness known = *(*hub_.FindHost("a"))->completeness;
  EXPECT_GE(known.gap, absl::Seconds(10));
  EXPECT_THAT(Query("syspulse_agent_gap_seconds"),
              ElementsAre(Pair("web-1", absl::ToDoubleSeconds(known.gap))));
  EXPECT_THAT(Query("syspulse_agent_samples_received_total"), ElementsAre(Pair("web-1", 10)));
  EXPECT_THAT(Query("syspulse_agent_clock_skew_seconds"), IsEmpty());
  EXPECT_THAT(Query("syspulse_agent_samples_expected_total"),
              ElementsAre(Pair("web-1", static_cast<double>(known.expected_samples))));
}

TEST_F(HistoryTest, RenamedHostKeepsItsPast) {
  Push("a", "old", 10);
  Push("a", "new", 0);
  EXPECT_THAT(Query("sum_over_time(node_load1[10s])"), ElementsAre(Pair("new", 55)));
}

TEST_F(HistoryTest, IsThereAfterARestart) {
  Push("a", "web-1", 10);
  Open();
  EXPECT_THAT(Query("sum_over_time(node_load1[10s])"), ElementsAre(Pair("web-1", 55)));
}

TEST_F(HistoryTest, WhatIsDeletedOfAHostIsFoundNoMoreAndOthersAre) {
  Push("a", "web-1", 5);
  Push("b", "web-2", 5);
  struct Answer {
    Kept kept;
    absl::Status status = absl::UnknownError("no answer");
  };
  const auto answer = std::make_shared<Answer>();
  history_->DeleteHost("a", [answer](const absl::Status& status) {
    answer->status = status;
    answer->kept.OnKept(1);
  });
  answer->kept.WaitFor(1);
  EXPECT_THAT(answer->status, IsOk());
  EXPECT_THAT(history_->SampleTimes("a", "system", absl::InfinitePast()), IsEmpty());
  EXPECT_EQ(history_->SampleTimes("b", "system", absl::InfinitePast()).size(), 5u);
  Open();
  EXPECT_THAT(history_->SampleTimes("a", "system", absl::InfinitePast()), IsEmpty());
}

}  // namespace
}  // namespace syspulse
