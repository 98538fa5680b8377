// Threads that help others with work that is in pieces: all cores for one who asks alone, none for
// each of many who ask at once, as every one of them has a thread of his own already. They keep off
// the core of whoever asks, where there is another one.
//
//   class Sums final : public WorkerPool::Work { bool DoPiece() override; … };
//   pool.Add(&sums);
//   while (sums.DoPiece()) {}  // whoever asks works as well
//   pool.Remove(&sums);
//
// Thread-safe.
#ifndef SERVICES_BASE_WORKER_POOL_H_
#define SERVICES_BASE_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"

namespace syspulse {

class WorkerPool {
 public:
  class Work {
   public:
    virtual ~Work() = default;

    // Does a piece, if there is one that may be done now, and returns whether there was. Pieces are
    // short, a millisecond or so; several threads do one each at a time.
    virtual bool DoPiece() = 0;
  };

  // Makes as many threads, or fewer if the system has no more. Beside each work that was added, one
  // of them stands still: `threads` is how many cores there are but one.
  explicit WorkerPool(std::size_t threads);
  // All work must have been removed before this goes.
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Returns how many threads a machine needs: one less than it has cores, within limits.
  static std::size_t ThreadsOfMachine();

  // Has the threads do pieces of the work from now on, in turns with other work.
  void Add(Work* work);

  // Says that there may be a piece again that may be done now.
  void Wake(Work* work);

  // Waits until no thread does a piece of it, and has none done any more.
  void Remove(Work* work);

 private:
  struct Entry {
    Work* work = nullptr;
    std::size_t inside = 0;   // threads that do a piece of it
    std::uint64_t wakes = 0;  // how often Wake was called
    bool ready = true;        // there may be a piece
  };

  void Run(const std::stop_token& stop);
  // Has all threads run elsewhere than the one that calls it.
  void KeepOffThisCoreLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayHelpLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::list<Entry>::iterator FindLocked(Work* work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::size_t most_busy_;  // threads at a time
  Mutex mutex_;
  std::condition_variable_any ready_;  // there may be something to do
  std::condition_variable_any left_;   // a thread is done with a piece of work that is removed
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // whose turn is next first
  std::list<Entry> leaving_ ABSL_GUARDED_BY(mutex_);  // that are removed
  std::size_t busy_ ABSL_GUARDED_BY(mutex_) = 0;      // threads that do a piece
  std::vector<std::jthread> threads_;
};

}  // namespace syspulse

#endif  // SERVICES_BASE_WORKER_POOL_H_
