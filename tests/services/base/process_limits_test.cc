#include "services/base/process_limits.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "absl/synchronization/mutex.h"

namespace syspulse {
namespace {

TEST(RaiseDescriptorLimit, GivesAllThatMayBeHad) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit tight{.rlim_cur = 256, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  RaiseDescriptorLimit();
  rlimit after{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_EQ(after.rlim_max, before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

// Both orders on one thread cannot hang; a library that looks for deadlocks ends the process.
void LockInBothOrders() {
  absl::Mutex one;
  absl::Mutex other;
  {
    const absl::MutexLock first(&one);
    const absl::MutexLock second(&other);
  }
  const absl::MutexLock first(&other);
  const absl::MutexLock second(&one);
}

TEST(SkipLockOrderChecks, LetsLibrariesLockInAnyOrder) {
  SkipLockOrderChecks();
  LockInBothOrders();
}

TEST(LimitThreadStacks, LeavesAddressSpaceForManyThreads) {
  std::thread([] {
    LimitThreadStacks();
    pthread_attr_t attributes;
    std::size_t size = 0;
    ASSERT_EQ(pthread_getattr_default_np(&attributes), 0);
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
    EXPECT_EQ(size, 1U << 20);
  }).join();
}

template <typename Exception>
void ThrowInThread(Exception exception) {
  ExplainShortage();
  std::thread([&] { throw exception; }).join();
}

TEST(ExplainShortage, EndsWithASentence) {
  EXPECT_EXIT(ThrowInThread(std::bad_alloc()), testing::ExitedWithCode(1), "out of memory");
  EXPECT_EXIT(ThrowInThread(std::system_error(EAGAIN, std::generic_category())),
              testing::ExitedWithCode(1), "cannot start a thread");
  EXPECT_EXIT(ThrowInThread(std::runtime_error("a bug")), testing::KilledBySignal(SIGABRT),
              "a bug");
}

}  // namespace
}  // namespace syspulse
