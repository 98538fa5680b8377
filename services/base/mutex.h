// A std::mutex whose use clang checks: data says which lock guards it, functions say which lock
// they need.
//
// abseil's own Mutex is not used because ThreadSanitizer cannot see into a system build of it.
// Condition waits: std::condition_variable_any over a Mutex, inside a MutexLock's scope.
#ifndef SERVICES_BASE_MUTEX_H_
#define SERVICES_BASE_MUTEX_H_

#include <mutex>

#include "absl/base/thread_annotations.h"

namespace syspulse {

class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex for its own lifetime.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace syspulse

#endif  // SERVICES_BASE_MUTEX_H_
