#include "services/api/query_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "services/base/clock.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

const SystemClock clock;

// Keeps a thread of the pool busy until `end` is there.
void Occupy(QueryPool* pool, std::future<void> end) {
  std::promise<void> begun;
  const auto shared = std::make_shared<std::future<void>>(std::move(end));
  ASSERT_THAT(pool->Start({},
                          [&begun, shared](const std::stop_token&) {
                            begun.set_value();
                            shared->wait();
                          }),
              IsOk());
  begun.get_future().wait();
}

TEST(QueryPool, DoesAllWorkThatItTook) {
  std::atomic<int> done = 0;
  {
    QueryPool pool(&clock, {.threads = 2});
    for (int i = 0; i < 50; ++i) {
      EXPECT_THAT(pool.Start({}, [&](const std::stop_token&) { ++done; }), IsOk());
    }
  }
  EXPECT_EQ(done, 50);
}

TEST(QueryPool, RefusesWhatWouldWaitForTooLong) {
  std::promise<void> go_on;
  QueryPool pool(&clock, {.threads = 1, .most_waiting = 1});
  Occupy(&pool, go_on.get_future());
  EXPECT_THAT(pool.Start({}, [](const std::stop_token&) {}), IsOk());
  EXPECT_THAT(pool.Start({}, [](const std::stop_token&) {}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       ::testing::HasSubstr("1 queries wait already")));
  EXPECT_THAT(pool.GoOn({}, [](const std::stop_token&) {}), IsOk());
  go_on.set_value();
}

TEST(QueryPool, StartsAtOnceOnlyWhereAThreadIsFree) {
  std::promise<void> go_on;
  std::promise<void> done;
  QueryPool pool(&clock, {.threads = 1});
  Occupy(&pool, go_on.get_future());
  EXPECT_FALSE(pool.StartIfFree({}, [](const std::stop_token&) { FAIL(); }));
  go_on.set_value();
  // Until the thread is back.
  while (!pool.StartIfFree({}, [&](const std::stop_token&) { done.set_value(); })) {
    std::this_thread::yield();
  }
  done.get_future().wait();
  pool.Stop();
  EXPECT_FALSE(pool.StartIfFree({}, [](const std::stop_token&) {}));
}

TEST(QueryPool, ThoseWhoseCallersHaveLeftTakeNobodysPlace) {
  std::promise<void> go_on;
  std::atomic<int> called = 0;
  QueryPool pool(&clock, {.threads = 1, .most_waiting = 2});
  Occupy(&pool, go_on.get_future());
  const auto count = [&](const std::stop_token&) { ++called; };
  for (int i = 0; i < 10; ++i) {
    std::stop_source left;
    EXPECT_THAT(pool.Start(left, count), IsOk());
    left.request_stop();
  }
  EXPECT_THAT(pool.Start({}, count), IsOk());
  EXPECT_THAT(pool.Start({}, count), IsOk());
  EXPECT_FALSE(pool.Start({}, count).ok());
  go_on.set_value();
  while (called < 12) std::this_thread::yield();
}

TEST(QueryPool, WhoWaitedForTooLongWaitsNoMore) {
  std::promise<void> go_on;
  std::promise<void> late;
  std::promise<void> patient;
  FakeClock clock;
  QueryPool pool(&clock, {.threads = 1});
  Occupy(&pool, go_on.get_future());
  const auto until = [&](absl::Duration patience, std::promise<void>* end) {
    return QueryPatience{.until = clock.Monotonic() + patience, .end = [end] { end->set_value(); }};
  };
  EXPECT_THAT(pool.Start(
                  {}, [](const std::stop_token&) { FAIL(); }, until(absl::Seconds(1), &late)),
              IsOk());
  EXPECT_THAT(pool.Start({}, [&](const std::stop_token&) { patient.set_value(); },
                         {.until = absl::InfiniteDuration(), .end = [] { FAIL(); }}),
              IsOk());
  std::future<void> ended = late.get_future();
  while (ended.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    clock.Advance(absl::Milliseconds(100));
  }
  EXPECT_GE(clock.Monotonic(), absl::Seconds(1));
  go_on.set_value();
  patient.get_future().wait();
}

TEST(QueryPool, StopsWhatRunsAndWhatWaits) {
  std::promise<void> begun;
  std::atomic<int> stopped = 0;
  QueryPool pool(&clock, {.threads = 1});
  const auto until_stopped = [&](const std::stop_token& stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
    ++stopped;
  };
  ASSERT_THAT(pool.Start({},
                         [&](const std::stop_token& stop) {
                           begun.set_value();
                           until_stopped(stop);
                         }),
              IsOk());
  begun.get_future().wait();
  ASSERT_THAT(pool.Start({}, until_stopped), IsOk());
  pool.Stop();
  EXPECT_THAT(pool.Start({}, until_stopped),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::HasSubstr("stopping")));
  while (stopped != 2) std::this_thread::yield();
}

}  // namespace
}  // namespace syspulse
