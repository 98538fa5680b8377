#include "services/base/worker_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

#include <chrono>
#include <condition_variable>
#include <stop_token>
#include <thread>

#include "services/base/mutex.h"

namespace syspulse {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

// So many pieces, each of which only counts.
class Counting final : public WorkerPool::Work {
 public:
  explicit Counting(int pieces) : left_(pieces) {}

  bool DoPiece() override {
    const MutexLock lock(mutex_);
    changed_.notify_all();
    ++asked_;
    if (left_ == 0) return false;
    --left_;
    ++done_;
    return true;
  }
  void AddPieces(int pieces) {
    const MutexLock lock(mutex_);
    left_ += pieces;
  }

  int done() {
    const MutexLock lock(mutex_);
    return done_;
  }
  void WaitUntilDone(int pieces) {
    const MutexLock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(
        mutex_, kPatience, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return done_ == pieces; }));
  }
  // Waits until a thread was told that there is nothing to do.
  void WaitUntilAskedInVain() {
    const MutexLock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(mutex_, kPatience,
                                  [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return asked_ > done_; }));
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  int left_ ABSL_GUARDED_BY(mutex_);
  int done_ ABSL_GUARDED_BY(mutex_) = 0;
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

// A piece that waits until the test lets it end.
class Waiting final : public WorkerPool::Work {
 public:
  bool DoPiece() override {
    const MutexLock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(mutex_, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return may_end_; });
    --inside_;
    return false;
  }
  void WaitUntilInside(int threads) {
    const MutexLock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(
        mutex_, kPatience, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return inside_ == threads; }));
  }
  void LetEnd() {
    const MutexLock lock(mutex_);
    may_end_ = true;
    changed_.notify_all();
  }
  int inside() {
    const MutexLock lock(mutex_);
    return inside_;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  int inside_ ABSL_GUARDED_BY(mutex_) = 0;
  bool may_end_ ABSL_GUARDED_BY(mutex_) = false;
};

TEST(WorkerPool, DoesAllPiecesOfWhatIsAdded) {
  WorkerPool pool(3);
  Counting work(1000);
  pool.Add(&work);
  work.WaitUntilDone(1000);
  pool.Remove(&work);
}

TEST(WorkerPool, DoesAsManyPiecesAtATimeAsItHasThreads) {
  WorkerPool pool(3);
  Waiting work;
  pool.Add(&work);
  work.WaitUntilInside(3);
  work.LetEnd();
  pool.Remove(&work);
}

TEST(WorkerPool, AsksAgainOnceItIsToldThatThereIsMore) {
  WorkerPool pool(1);
  Counting work(0);
  pool.Add(&work);
  work.WaitUntilAskedInVain();
  work.AddPieces(5);
  pool.Wake(&work);
  work.WaitUntilDone(5);
  pool.Remove(&work);
}

TEST(WorkerPool, OneThreadStandsStillForEachThatAsks) {
  WorkerPool pool(1);
  Waiting first;
  Counting second(1);
  pool.Add(&first);
  first.WaitUntilInside(1);
  pool.Add(&second);
  first.LetEnd();
  pool.Remove(&first);
  second.WaitUntilDone(1);  // alone again, it is helped
  pool.Remove(&second);

  Counting third(1);
  Counting fourth(1);
  pool.Add(&third);
  third.WaitUntilDone(1);
  pool.Add(&fourth);
  pool.Remove(&fourth);
  EXPECT_EQ(fourth.done(), 0);
  pool.Remove(&third);
}

TEST(WorkerPool, RemovalWaitsForThePiecesThatAreBeingDone) {
  WorkerPool pool(2);
  Waiting work;
  pool.Add(&work);
  work.WaitUntilInside(2);
  const std::jthread later([&] { work.LetEnd(); });
  pool.Remove(&work);
  EXPECT_EQ(work.inside(), 0);
}

// Notes on which cores the thread that does it may run.
class NotingCores final : public WorkerPool::Work {
 public:
  bool DoPiece() override {
    const MutexLock lock(mutex_);
    sched_getaffinity(0, sizeof(cores_), &cores_);
    done_ = true;
    changed_.notify_all();
    return false;
  }
  cpu_set_t WaitForCores() {
    const MutexLock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(mutex_, kPatience,
                                  [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return done_; }));
    return cores_;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  cpu_set_t cores_ ABSL_GUARDED_BY(mutex_) = {};
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

TEST(WorkerPool, ThreadsRunOnOtherCoresThanWhoeverAsks) {
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof(all), &all), 0);
  if (CPU_COUNT(&all) < 2) GTEST_SKIP() << "there is one core";
  WorkerPool pool(2);
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &all)) continue;
    NotingCores work;
    const std::jthread asking([&] {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(core, &one);
      ASSERT_EQ(pthread_setaffinity_np(pthread_self(), sizeof(one), &one), 0);
      pool.Add(&work);
      const cpu_set_t cores = work.WaitForCores();
      EXPECT_FALSE(CPU_ISSET(core, &cores));
      EXPECT_EQ(CPU_COUNT(&cores), CPU_COUNT(&all) - 1);
      pool.Remove(&work);
    });
  }
}

TEST(WorkerPool, OneCoreIsShared) {
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof(all), &all), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  {
    WorkerPool pool(1);
    Counting work(10);
    pool.Add(&work);
    work.WaitUntilDone(10);
    pool.Remove(&work);
  }
  EXPECT_EQ(sched_setaffinity(0, sizeof(all), &all), 0);
}

TEST(WorkerPool, WithoutThreadsLeavesAllToWhoeverAsks) {
  WorkerPool pool(0);
  Counting work(3);
  pool.Add(&work);
  pool.Wake(&work);
  pool.Remove(&work);
  EXPECT_EQ(work.done(), 0);
}

}  // namespace
}  // namespace syspulse
