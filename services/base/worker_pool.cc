#include "services/base/worker_pool.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <system_error>

namespace syspulse {
namespace {

constexpr std::size_t kMostThreads = 7;  // more wait for the one that takes the results

}  // namespace

WorkerPool::WorkerPool(std::size_t threads) : most_busy_(threads) {
  for (std::size_t i = 0; i < threads; ++i) {
    try {
      threads_.emplace_back([this](const std::stop_token& stop) { Run(stop); });
    } catch (const std::system_error&) {
      return;  // there are too many threads already; fewer work as well
    }
  }
}

std::size_t WorkerPool::ThreadsOfMachine() {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::min(cores - 1, kMostThreads);
}

// A guest's idle core, once it has halted, looks to Linux like one that the host has taken away
// (vcpu_is_preempted). So a thread is woken on the core of whoever wakes it, and both share it
// while another one rests, until the scheduler balances.
void WorkerPool::KeepOffThisCoreLocked() {
  cpu_set_t cores;
  const int here = sched_getcpu();
  if (here < 0 || sched_getaffinity(getpid(), sizeof(cores), &cores) != 0) return;
  CPU_CLR(here, &cores);
  if (CPU_COUNT(&cores) == 0) return;
  for (std::jthread& thread : threads_) {
    pthread_setaffinity_np(thread.native_handle(), sizeof(cores), &cores);
  }
}

void WorkerPool::Add(Work* work) {
  {
    const MutexLock lock(mutex_);
    if (busy_ == 0) KeepOffThisCoreLocked();
    entries_.push_front({.work = work});
  }
  ready_.notify_all();
}

void WorkerPool::Wake(Work* work) {
  {
    const MutexLock lock(mutex_);
    Entry& entry = *FindLocked(work);
    ++entry.wakes;
    if (entry.ready) return;
    entry.ready = true;
  }
  ready_.notify_all();
}

void WorkerPool::Remove(Work* work) {
  {
    const MutexLock lock(mutex_);
    const auto entry = FindLocked(work);
    leaving_.splice(leaving_.begin(), entries_, entry);
    left_.wait(mutex_, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return entry->inside == 0; });
    leaving_.erase(entry);
  }
  ready_.notify_all();  // others may be helped with more threads
}

std::list<WorkerPool::Entry>::iterator WorkerPool::FindLocked(Work* work) {
  return std::ranges::find(entries_, work, &Entry::work);
}

// Whoever added work is busy with it himself.
bool WorkerPool::MayHelpLocked() const {
  return busy_ + entries_.size() <= most_busy_ && std::ranges::any_of(entries_, &Entry::ready);
}

void WorkerPool::Run(const std::stop_token& stop) {
  while (true) {
    std::list<Entry>::iterator entry;
    std::uint64_t wakes = 0;
    {
      const MutexLock lock(mutex_);
      ready_.wait(mutex_, stop,
                  [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return MayHelpLocked(); });
      if (stop.stop_requested()) return;
      entry = std::ranges::find_if(entries_, &Entry::ready);
      entries_.splice(entries_.end(), entries_, entry);
      wakes = entry->wakes;
      ++entry->inside;
      ++busy_;
    }
    const bool did = entry->work->DoPiece();
    const MutexLock lock(mutex_);
    --busy_;
    --entry->inside;
    if (!did && entry->wakes == wakes) entry->ready = false;
    if (!leaving_.empty()) left_.notify_all();
  }
}

}  // namespace syspulse
