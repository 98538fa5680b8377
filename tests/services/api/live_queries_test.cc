#include "services/api/live_queries.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <set>

#include "absl/strings/str_format.h"
#include "services/api/query_update.h"
#include "services/model/proto.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/memory_series.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::int64_t kStart = 1'700'000'000;  // seconds, where the fake clock begins
constexpr std::chrono::seconds kPatience(20);   // nothing takes this long; what hangs fails

// Counts how often it is asked, and can be made to hold answers back.
class CountingSource final : public promql::SeriesSource {
 public:
  absl::StatusOr<std::vector<std::unique_ptr<promql::SeriesReader>>> Select(
      std::span<const promql::Matcher> matchers, promql::TimeRange range,
      const promql::QueryContext& context) const override {
    MutexLock lock(mutex_);
    ++asked_;
    changed_.notify_all();
    changed_.wait(mutex_, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !closed_; });
    return memory.Select(matchers, range, context);
  }

  int asked() const {
    MutexLock lock(mutex_);
    return asked_;
  }
  void Close() {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  void Open() {
    MutexLock lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }
  void WaitUntilAsked(int times) {
    MutexLock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(
        mutex_, kPatience, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return asked_ >= times; }));
  }

  promql::MemorySource memory;

 private:
  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  mutable int asked_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

struct Offered {
  int topic = 0;
  LiveValuePtr value;  // null if the topic failed
  std::int64_t skipped = 0;
  absl::Status status;
  v1::QueryUpdate update;

  std::int64_t second() const { return update.start_time().seconds() - kStart; }
};

class Listener final : public Subscriber {
 public:
  void Offer(int topic, LiveValuePtr value, std::int64_t skipped) override {
    Offered offered{.topic = topic, .value = value, .skipped = skipped};
    offered.update.ParseFromArray(value->message.begin(), static_cast<int>(value->message.size()));
    Push(std::move(offered));
  }
  void Fail(int topic, const absl::Status& status) override {
    Push({.topic = topic, .status = status});
  }

  // Waits for what comes next.
  Offered Next() {
    MutexLock lock(mutex_);
    const bool came = came_.wait_for(
        mutex_, kPatience, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !offered_.empty(); });
    EXPECT_TRUE(came) << "nothing came";
    if (!came) return {};
    Offered next = std::move(offered_.front());
    offered_.pop_front();
    return next;
  }
  bool empty() const {
    MutexLock lock(mutex_);
    return offered_.empty();
  }

 private:
  void Push(Offered offered) {
    MutexLock lock(mutex_);
    offered_.push_back(std::move(offered));
    came_.notify_all();
  }

  mutable Mutex mutex_;
  std::condition_variable_any came_;
  std::deque<Offered> offered_ ABSL_GUARDED_BY(mutex_);
};

Topic Query(const std::string& query, absl::Duration history = absl::ZeroDuration()) {
  v1::QueryTopic request;
  request.set_query(query);
  ToProto(history, request.mutable_history_duration());
  return *ParseTopic(request);
}

// Ten minutes of `x`, which is its second, on a clock that stands 700 ms after the start.
class LiveQueriesTest : public ::testing::Test {
 protected:
  LiveQueriesTest() {
    const promql::Labels x = promql::Labels::Of({{"__name__", "x"}});
    for (int second = -60; second <= 600; ++second) {
      source_.memory.Add(x, (kStart + second) * 1000, second);
    }
    clock_.Advance(absl::Milliseconds(700));
  }
  ~LiveQueriesTest() override { source_.Open(); }

  std::shared_ptr<Listener> Subscribe(const std::vector<Topic>& topics,
                                      const std::string& caller = "somebody") {
    auto listener = std::make_shared<Listener>();
    EXPECT_THAT(live_.Subscribe(listener, caller, topics), IsOk());
    return listener;
  }

  FakeClock clock_;
  CountingSource source_;
  QueryEvaluator queries_{&source_, &clock_};
  LiveQueries live_{&queries_, {.most_queries = 3, .most_queries_of_caller = 2}};
};

TEST_F(LiveQueriesTest, OfferTheNewestMomentAtOnceAndThenOneEachStep) {
  const auto listener = Subscribe({Query("x")});
  for (int second = 0; second < 5; ++second) {
    const Offered offered = listener->Next();
    EXPECT_EQ(offered.second(), second);
    EXPECT_EQ(offered.skipped, 0);
    EXPECT_EQ(offered.update.step_count(), 1);
    ASSERT_THAT(offered.update.series(), SizeIs(1));
    EXPECT_THAT(offered.update.series(0).values(), ElementsAre(second));
    clock_.Advance(absl::Seconds(1));
  }
}

TEST_F(LiveQueriesTest, WaitForWhatWasMeasuredAtTheMomentToArrive) {
  const auto listener = Subscribe({Query("x")});
  EXPECT_EQ(listener->Next().second(), 0);
  clock_.Advance(absl::Milliseconds(799));  // 1.499 s: the samples of 1 s may be on their way
  const auto other = Subscribe({Query("x + 0")});
  EXPECT_EQ(other->Next().second(), 0);
  EXPECT_TRUE(listener->empty());
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(listener->Next().second(), 1);
}

TEST_F(LiveQueriesTest, OfferThePastBeforeThePresent) {
  const auto listener = Subscribe({Query("x", absl::Seconds(3))});
  const Offered past = listener->Next();
  EXPECT_EQ(past.value->kind, ValueKind::kQueryPast);
  EXPECT_EQ(past.second(), -3);
  EXPECT_THAT(past.update.series(0).values(), ElementsAre(-3, -2, -1, 0));
  clock_.Advance(absl::Seconds(1));
  const Offered present = listener->Next();
  EXPECT_EQ(present.value->kind, ValueKind::kQueryValues);
  EXPECT_EQ(present.second(), 1);
  EXPECT_EQ(present.skipped, 0);
}

TEST_F(LiveQueriesTest, EvaluateOnceForAllWhoWatchTheSame) {
  const auto one = Subscribe({Query("sum(x)")});
  one->Next();
  const int before = source_.asked();
  const auto two = Subscribe({Query("sum ( x )")}, "somebody else");
  EXPECT_EQ(two->Next().second(), 0);
  EXPECT_EQ(source_.asked(), before) << "the newest value was there already";
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(one->Next().value, two->Next().value);
  EXPECT_EQ(source_.asked(), before + 1);
  EXPECT_EQ(live_.size(), 1u);
}

TEST_F(LiveQueriesTest, ShareThePastThatSeveralAwait) {
  const auto other = Subscribe({Query("x - 1")});
  other->Next();
  source_.Close();
  const auto first = Subscribe({Query("x", absl::Seconds(9))});
  source_.WaitUntilAsked(2);
  const auto second = Subscribe({Query("x", absl::Seconds(9))});
  const auto third = Subscribe({Query("x", absl::Seconds(9))});
  source_.Open();
  const Offered past = first->Next();
  EXPECT_EQ(past.update.step_count(), 10);
  EXPECT_EQ(second->Next().value, third->Next().value);
  EXPECT_EQ(source_.asked(), 3);
}

TEST_F(LiveQueriesTest, EvaluateNothingThatNobodyWatches) {
  const auto listener = Subscribe({Query("x"), Query("x * 2", absl::Seconds(5))});
  listener->Next();
  listener->Next();
  live_.Unsubscribe(listener.get());
  EXPECT_EQ(live_.size(), 0u);
  const int before = source_.asked();
  clock_.Advance(absl::Seconds(10));
  Subscribe({Query("vector(1)")})->Next();
  EXPECT_EQ(source_.asked(), before);
}

TEST_F(LiveQueriesTest, SkipMomentsWhileAnEvaluationTakesTooLongAndSaySo) {
  const auto listener = Subscribe({Query("x")});
  EXPECT_EQ(listener->Next().second(), 0);
  source_.Close();
  clock_.Advance(absl::Seconds(1));
  source_.WaitUntilAsked(2);
  clock_.Advance(absl::Seconds(3));  // moments 2, 3 and 4 come while 1 is evaluated
  source_.Open();
  EXPECT_EQ(listener->Next().second(), 1);
  clock_.Advance(absl::Seconds(3));  // it rests as long as it took
  const Offered next = listener->Next();
  EXPECT_EQ(next.second(), 7);
  EXPECT_EQ(next.skipped, 5);
}

TEST_F(LiveQueriesTest, GoOnForOthersWhileOneIsSlow) {
  const auto slow = Subscribe({Query("x")});
  slow->Next();
  source_.Close();
  clock_.Advance(absl::Seconds(1));
  source_.WaitUntilAsked(2);
  const auto quick = Subscribe({Query("vector(time())")});
  EXPECT_EQ(quick->Next().second(), 1);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(quick->Next().second(), 2);
  source_.Open();
}

TEST_F(LiveQueriesTest, TellWatchersOfAnExpressionThatFailsAndDropIt) {
  const auto listener =
      Subscribe({Query("x"), Query("x + on () group_left () {__name__=~\"x|y\"}")});
  EXPECT_EQ(listener->Next().topic + listener->Next().topic, 1);
  EXPECT_EQ(live_.size(), 2u);
  source_.memory.Add(promql::Labels::Of({{"__name__", "y"}}), (kStart + 1) * 1000, 1);
  clock_.Advance(absl::Seconds(1));
  std::map<int, Offered> next;
  for (int i = 0; i < 2; ++i) {
    Offered offered = listener->Next();
    next[offered.topic] = offered;
  }
  EXPECT_EQ(next[0].second(), 1);
  EXPECT_EQ(next[1].status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(next[1].status.message()), HasSubstr("many-to-many"));
  EXPECT_EQ(live_.size(), 1u);
  live_.Unsubscribe(listener.get());
  EXPECT_EQ(live_.size(), 0u);
}

TEST_F(LiveQueriesTest, FailForThoseOnlyWhosePastIsTooMuch) {
  LiveQueries live(&queries_, {.past_limits = {.samples = 5}});
  const auto modest = std::make_shared<Listener>();
  const auto greedy = std::make_shared<Listener>();
  EXPECT_THAT(live.Subscribe(modest, "a", {Query("x")}), IsOk());
  EXPECT_THAT(live.Subscribe(greedy, "b", {Query("x", absl::Seconds(60))}), IsOk());
  EXPECT_EQ(greedy->Next().status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(modest->Next().second(), 0);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(modest->Next().second(), 1);
  EXPECT_TRUE(greedy->empty());
}

TEST_F(LiveQueriesTest, RefuseMoreDifferentExpressionsThanACallerMayHave) {
  const auto listener = Subscribe({Query("x"), Query("x + 1")});
  const auto more = std::make_shared<Listener>();
  const absl::Status status = live_.Subscribe(more, "somebody", {Query("x"), Query("x + 2")});
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("this connection watches 2 different expressions already"));
  EXPECT_THAT(live_.Subscribe(more, "somebody", {Query("x"), Query("x + 1")}), IsOk());
  live_.Unsubscribe(more.get());
  live_.Unsubscribe(listener.get());
  EXPECT_THAT(live_.Subscribe(more, "somebody", {Query("x + 2"), Query("x + 3")}), IsOk());
}

TEST_F(LiveQueriesTest, RefuseMoreDifferentExpressionsThanAllMayHave) {
  Subscribe({Query("x"), Query("x + 1")}, "a");
  Subscribe({Query("x + 1"), Query("x + 2")}, "b");
  const auto listener = std::make_shared<Listener>();
  EXPECT_THAT(std::string(live_.Subscribe(listener, "c", {Query("x + 3")}).message()),
              HasSubstr("the service watches 3 different expressions already"));
  EXPECT_THAT(live_.Subscribe(listener, "c", {Query("x + 2")}), IsOk());
}

TEST_F(LiveQueriesTest, StartAnewWhenTheClockIsSetBack) {
  clock_.Advance(absl::Seconds(300));
  const auto listener = Subscribe({Query("x"), Query("x", absl::Seconds(5))});
  listener->Next();
  listener->Next();
  clock_.Step(absl::FromUnixSeconds(kStart + 100), absl::Seconds(5));
  for (int i = 0; i < 2; ++i) {
    const Offered offered = listener->Next();
    EXPECT_EQ(offered.second(), 104);
    EXPECT_EQ(offered.skipped, 0);
  }
}

TEST_F(LiveQueriesTest, OfferTheNewestAfterTheClockWasSetAhead) {
  const auto listener = Subscribe({Query("x")});
  listener->Next();
  clock_.Step(absl::FromUnixSeconds(kStart + 500), absl::Seconds(1));
  const Offered offered = listener->Next();
  EXPECT_EQ(offered.second(), 500);
  EXPECT_EQ(offered.skipped, 499);
}

TEST_F(LiveQueriesTest, EndWhileAnEvaluationRuns) {
  const auto listener = Subscribe({Query("x"), Query("x", absl::Seconds(5))});
  source_.Close();
  live_.Stop();
  source_.Open();
}

v1::QueryUpdate Grid(int series, int moments) {
  v1::QueryUpdate update;
  update.mutable_start_time()->set_seconds(kStart);
  update.mutable_step()->set_seconds(1);
  update.set_step_count(moments);
  for (int i = 0; i < series; ++i) {
    v1::GridSeries* const added = update.add_series();
    (*added->mutable_labels())["n"] = absl::StrFormat("%d", i);
    for (int j = 0; j < moments; ++j) added->add_values(j);
  }
  return update;
}

TEST(QueryUpdate, ThatIsTooLargeLosesItsOldestMoments) {
  v1::QueryUpdate update = Grid(10, 1000);
  (*update.add_series()->mutable_labels())["n"] = "ended";
  for (int j = 0; j < 1000; ++j) {
    update.mutable_series(10)->add_values(j == 0 ? 1 : std::bit_cast<double>(promql::kStaleBits));
  }
  EXPECT_THAT(FitQueryUpdate(10'000, &update), IsOk());
  EXPECT_LE(update.ByteSizeLong(), 10'000u);
  EXPECT_THAT(update.series(), SizeIs(10)) << "one has no value any more";
  const int left = static_cast<int>(update.step_count());
  EXPECT_GT(left, 80);
  EXPECT_EQ(update.start_time().seconds(), kStart + 1000 - left);
  EXPECT_EQ(update.series(0).values_size(), left);
  EXPECT_EQ(update.series(0).values(left - 1), 999);
  EXPECT_THAT(update.infos(0), HasSubstr("of 1000 moments"));
}

TEST(QueryUpdate, OfOneMomentThatIsTooLargeIsRefused) {
  v1::QueryUpdate update = Grid(1000, 1);
  const absl::Status status = FitQueryUpdate(10'000, &update);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("yields 1000 series"));
}

}  // namespace
}  // namespace syspulse
