// How many of gRPC's threads wait for what happens on connections.
//
// gRPC 1.51 starts a thread for every two cores, two at least, which run the callbacks of all
// calls. The one that waits passes the waiting on to the next as soon as something happens: a
// thousand agents whose frames come one by one cost a change of thread for each, a fifth of all
// work. And one that had nothing to do for a second sleeps for 100 ms, which the next call may have
// to wait for.
//
// Here all threads but one are parked in a callback while that one has time enough, and it is asked
// four times a second, so that it does not fall asleep. The others come back as soon as one is not
// enough, or a callback holds it up.
//
// Of what other versions of gRPC do nothing is known: with these it does nothing.
#ifndef SERVICES_CALLBACKS_CALLBACK_THREADS_H_
#define SERVICES_CALLBACKS_CALLBACK_THREADS_H_

#include <condition_variable>
#include <cstddef>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"

namespace syspulse {

// Thread-safe. One in a process, as gRPC's threads are.
class CallbackThreads {
 public:
  // `clock` must outlive this.
  explicit CallbackThreads(const Clock* clock);
  // Gives all back, and waits until they are.
  ~CallbackThreads();
  CallbackThreads(const CallbackThreads&) = delete;
  CallbackThreads& operator=(const CallbackThreads&) = delete;

  // Looks whether one thread is enough, and parks the others or gives them back. Call it every
  // kLookInterval.
  void Look();

  // Returns how many threads are parked at the moment.
  std::size_t parked() const;

  static constexpr absl::Duration kLookInterval = absl::Milliseconds(250);
  // How long none is parked when one was not enough.
  static constexpr absl::Duration kRest = absl::Seconds(30);

 private:
  // How much CPU time the one thread had used.
  struct Reading {
    absl::Duration at;  // monotonic
    absl::Duration cpu;
  };

  void ParkLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveBackLocked(const char* why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Has one of gRPC's threads call it.
  void RunLocked(void (CallbackThreads::*what)()) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Run by gRPC's threads.
  void StayParked();
  void Answer();

  const Clock* const clock_;
  const std::size_t count_;  // how many to park

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t calls_ ABSL_GUARDED_BY(mutex_) = 0;   // that have not ended
  std::size_t parked_ ABSL_GUARDED_BY(mutex_) = 0;  // of them
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;     // whether threads are to be parked
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;      // the one that works has not answered yet
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;       // it was, when it answered
  std::optional<Reading> last_ ABSL_GUARDED_BY(mutex_);
  absl::Duration rested_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();  // monotonic
};

}  // namespace syspulse

#endif  // SERVICES_CALLBACKS_CALLBACK_THREADS_H_
