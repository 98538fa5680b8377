#include "services/callbacks/callback_threads.h"

#include <grpc/support/cpu.h>
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>

#include "services/callbacks/run_in_callback.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

using std::chrono::milliseconds;

constexpr auto kPatience = std::chrono::seconds(30);

// Works until the thread has used as much time of a CPU.
void Work(absl::Duration cpu_time) {
  const auto used = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return absl::DurationFromTimespec(time);
  };
  for (const absl::Duration begin = used(); used() - begin < cpu_time;) continue;
}

class CallbackThreadsTest : public ::testing::Test {
 protected:
  void SetUp() override { threads_.emplace(&clock_); }

  void Look() {
    clock_.Advance(CallbackThreads::kLookInterval);
    threads_->Look();
  }

  // Whether as many threads are parked, soon.
  bool WaitForParked(std::size_t count) const {
    for (int i = 0; i < 3000 && threads_->parked() != count; ++i) {
      std::this_thread::sleep_for(milliseconds(10));
    }
    return threads_->parked() == count;
  }

  // Whether a callback runs, soon.
  bool RunsOne() {
    auto ran = std::make_shared<std::promise<void>>();
    RunInCallback([ran] { ran->set_value(); });
    return ran->get_future().wait_for(kPatience) == std::future_status::ready;
  }

  FakeClock clock_;
  std::optional<CallbackThreads> threads_;
  // All threads that gRPC starts for callbacks, but for one.
  const std::size_t others_ = std::clamp(gpr_cpu_num_cores() / 2, 2u, 16u) - 1;
};

TEST_F(CallbackThreadsTest, AllButOneAreParkedAndThatOneGoesOn) {
  Look();
  ASSERT_TRUE(WaitForParked(others_));
  for (int i = 0; i < 10; ++i) {
    Look();
    EXPECT_TRUE(RunsOne());
  }
  EXPECT_EQ(threads_->parked(), others_);
}

TEST_F(CallbackThreadsTest, AreGivenBackWhenACallbackHoldsTheOneUp) {
  Look();
  ASSERT_TRUE(WaitForParked(others_));
  std::promise<void> other;
  std::promise<bool> held_up;
  RunInCallback([&] {  // ends when another callback has run beside it
    held_up.set_value(other.get_future().wait_for(kPatience) == std::future_status::ready);
  });
  Look();
  RunInCallback([&] { other.set_value(); });
  Look();
  EXPECT_TRUE(WaitForParked(0));
  EXPECT_TRUE(held_up.get_future().get());
}

TEST_F(CallbackThreadsTest, AreGivenBackWhenTheOneIsBusyAndParkedAgainAfterARest) {
  Look();
  ASSERT_TRUE(WaitForParked(others_));
  const absl::Duration begin = clock_.Monotonic();
  while (threads_->parked() == others_) {
    auto done = std::make_shared<std::promise<void>>();
    RunInCallback([done] {
      Work(CallbackThreads::kLookInterval * 0.8);
      done->set_value();
    });
    ASSERT_EQ(done->get_future().wait_for(kPatience), std::future_status::ready);
    Look();
    ASSERT_TRUE(RunsOne());  // after the question how busy it was
  }
  ASSERT_TRUE(WaitForParked(0));
  EXPECT_LT(clock_.Monotonic() - begin, absl::Seconds(2));
  clock_.Advance(CallbackThreads::kRest - absl::Seconds(5));
  Look();
  EXPECT_TRUE(RunsOne());
  EXPECT_EQ(threads_->parked(), 0);
  clock_.Advance(absl::Seconds(5));
  Look();
  EXPECT_TRUE(WaitForParked(others_));
}

TEST_F(CallbackThreadsTest, AreGivenBackAtTheEnd) {
  Look();
  ASSERT_TRUE(WaitForParked(others_));
  threads_.reset();
  std::promise<void> first;
  std::promise<void> second;
  std::promise<bool> met;
  RunInCallback([&] {
    first.set_value();
    met.set_value(second.get_future().wait_for(kPatience) == std::future_status::ready);
  });
  RunInCallback([&] {
    first.get_future().wait();
    second.set_value();
  });
  EXPECT_TRUE(met.get_future().get());
}

}  // namespace
}  // namespace syspulse
