// What was measured and not yet taken over by the service: kept in memory until it is
// acknowledged, so that a connection that breaks costs nothing.
//
// Bounded in bytes: when it is full the oldest batch goes, and is counted. Of process tables only
// the newest is kept, since rows of the past are not worth memory. A tick that would make too large
// a message becomes several batches, so that a source with too much to say costs no other.
//
//   sampler ── Add ──▶ [ 7 8 9 | 10 11 ] ──▶ NextToSend ── stream
//                        sent    unsent
//                        └── Acknowledge(8) forgets 7 and 8; Rewind makes all unsent again
#ifndef SERVICES_AGENT_FRAME_BUFFER_H_
#define SERVICES_AGENT_FRAME_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/base/mutex.h"
#include "services/model/frame.h"
#include "services/model/process_table.h"

namespace syspulse {

// Most bytes of frames in a batch, with schemas, unless it is a single frame. A quarter of what the
// service takes, since a table of processes may go along.
inline constexpr std::int64_t kMaxBatchBytes = 4 << 20;

// What was measured in one tick, or a part of it.
struct Batch {
  std::int64_t sequence = 0;  // from 1, one more each; batches that were dropped leave a gap
  std::vector<FramePtr> frames;
  ProcessTablePtr processes;  // null except in the newest batch
};

struct FrameBufferStats {
  std::int64_t batches = 0;         // kept now
  std::int64_t bytes = 0;           // of them, about
  std::int64_t dropped_frames = 0;  // since the start
};

// Thread-safe.
class FrameBuffer {
 public:
  // Keeps about `max_bytes` at most; the newest batch is kept whatever its size.
  explicit FrameBuffer(std::int64_t max_bytes);

  // Appends a batch, or as many as the frames need; the processes go with the last. Does nothing if
  // there is nothing in it.
  void Add(std::vector<FramePtr> frames, ProcessTablePtr processes);

  // Returns the oldest batch that is not sent, and takes it as sent; nothing if there is none.
  std::optional<Batch> NextToSend();

  // Takes every batch that is still here as not sent. Call it when a stream ended.
  void Rewind();

  // Forgets all batches up to and including `sequence`. Numbers that were never sent are ignored:
  // a service cannot make the agent forget what it has not seen.
  void Acknowledge(std::int64_t sequence);

  // Forgets one batch and counts its frames as dropped. Does nothing if it is not here.
  void Drop(std::int64_t sequence);

  // Returns how many batches are sent and not acknowledged.
  std::int64_t InFlight() const;

  FrameBufferStats Stats() const;

 private:
  struct Entry {
    Batch batch;
    std::int64_t bytes = 0;
  };

  // What is known of the schema that a source has now.
  struct SchemaSize {
    std::uint64_t id = 0;
    std::int64_t bytes = 0;
  };

  void AddFrameLocked(FramePtr frame, std::int64_t* message_bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddEntryLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PopFrontLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::int64_t max_bytes_;
  mutable Mutex mutex_;
  std::deque<Entry> entries_ ABSL_GUARDED_BY(mutex_);                  // by sequence
  std::map<std::string, SchemaSize> schemas_ ABSL_GUARDED_BY(mutex_);  // by source
  std::size_t sent_ ABSL_GUARDED_BY(mutex_) = 0;            // the first so many entries are sent
  std::int64_t last_sequence_ ABSL_GUARDED_BY(mutex_) = 0;  // of the newest batch ever added
  std::int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::int64_t dropped_frames_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_FRAME_BUFFER_H_
