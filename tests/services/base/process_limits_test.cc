#include "services/base/process_limits.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

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

}  // namespace
}  // namespace syspulse
