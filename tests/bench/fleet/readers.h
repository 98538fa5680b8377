// Those who watch a fleet: one reader of all frames, and many of snapshots of one host each.
#ifndef TESTS_BENCH_FLEET_READERS_H_
#define TESTS_BENCH_FLEET_READERS_H_

#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "tests/bench/fleet/timing.h"

namespace syspulse {

// What readers saw, and how long after it left. Thread-safe.
class Arrivals {
 public:
  // Both must outlive this. `kind` of reader they are of, in sentences.
  Arrivals(const SendTimes* sent, const Clock* clock) : sent_(*sent), clock_(*clock) {}

  // From that second on (Unix), times count.
  void CountFrom(std::int64_t second) { first_second_ = second; }

  void NoteMessage() { ++messages_; }
  void NoteSkipped(std::int64_t count) { skipped_ += count; }
  // Takes the time of a message that shows what a host measured at a second (Unix).
  void NoteTime(const std::string& host_name, std::int64_t second);

  std::int64_t messages() const { return messages_; }
  std::int64_t skipped() const { return skipped_; }
  const Latencies& after() const { return after_; }

 private:
  const SendTimes& sent_;
  const Clock& clock_;
  std::atomic<std::int64_t> first_second_ = INT64_MAX;
  std::atomic<std::int64_t> messages_ = 0;
  std::atomic<std::int64_t> skipped_ = 0;  // by the service, because a reader was slow
  Latencies after_;
};

// One WatchFrames stream of all hosts, over breaks of the connection.
class LiveReader {
 public:
  // Starts at once. `arrivals` must outlive this.
  LiveReader(std::string server, Arrivals* arrivals);

 private:
  std::jthread thread_;
};

class SnapshotStream;

// WatchSnapshots streams, of one host of the fleet each, over some connections.
class SnapshotReaders {
 public:
  struct Options {
    std::string server;
    std::size_t streams = 0;
    std::size_t connections = 50;  // for all of them
    std::size_t hosts = 1;         // of the fleet
    bool never_read = false;       // they open the stream, and then nothing
  };

  // Starts at once. `arrivals` and `clock` must outlive this.
  SnapshotReaders(Options options, const Clock* clock, Arrivals* arrivals);
  // Cancels the streams that are left.
  ~SnapshotReaders();
  SnapshotReaders(const SnapshotReaders&) = delete;
  SnapshotReaders& operator=(const SnapshotReaders&) = delete;

  // Returns how many streams have got a message.
  std::size_t served() const { return served_; }
  // Returns how many the service has ended.
  std::size_t ended() const;
  // Returns how the first of them ended, and after which time, in a sentence.
  std::string first_end() const;

 private:
  friend class SnapshotStream;
  void OnEnd(SnapshotStream* stream, const grpc::Status& status);

  const Options options_;
  const Clock* const clock_;
  Arrivals* const arrivals_;
  const absl::Duration started_;  // monotonic
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::atomic<std::size_t> served_ = 0;

  mutable Mutex mutex_;
  std::vector<std::unique_ptr<SnapshotStream>> streams_ ABSL_GUARDED_BY(mutex_);
  std::size_t open_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t ended_ ABSL_GUARDED_BY(mutex_) = 0;  // before they were cancelled
  std::string first_end_ ABSL_GUARDED_BY(mutex_);
  bool cancelling_ ABSL_GUARDED_BY(mutex_) = false;
  std::condition_variable_any closed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // TESTS_BENCH_FLEET_READERS_H_
