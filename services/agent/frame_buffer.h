// What was measured and not yet taken over by the service: kept in memory until it is
// acknowledged, so that a connection that breaks costs nothing.
//
// Three rows of batches. What is measured while a stream stands is live and goes at once. When the
// stream breaks, or cannot keep up, all but the newest is late: it goes again beside what is live,
// oldest first, so many batches for each that is added. What stands in the spool is older than
// both; its batches come back into memory some at a time, and go before the late ones.
//
//   sampler ── Add ──▶ live  ──────────▶ NextToSend ── stream
//                       │ break              ▲
//                       ▼                    │ paced
//                      late ─────────────────┤
//                       │ ToSpool            │
//                       ▼                    │
//                    (spool) ── AddReadBack ─┘
//
// Bounded in bytes: when it is full the oldest batch goes, and is counted. Of process tables only
// the newest is kept, since rows of the past are not worth memory. A tick that would make too large
// a message becomes several batches, so that a source with too much to say costs no other.
#ifndef SERVICES_AGENT_FRAME_BUFFER_H_
#define SERVICES_AGENT_FRAME_BUFFER_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/base/mutex.h"
#include "services/model/frame.h"
#include "services/model/process_table.h"

namespace syspulse {

// Most bytes of frames in a batch, with schemas, unless it is a single frame. A quarter of what the
// service takes, since a table of processes may go along.
inline constexpr std::int64_t kMaxBatchBytes = 4 << 20;

// What was measured in one tick, or a part of it, on its way to the service.
struct Batch {
  std::int64_t sequence = 0;  // from 1, one more for each that is sent
  bool late = false;          // newer ones may have gone before it
  std::vector<FramePtr> frames;
  ProcessTablePtr processes;  // null except in the newest batch
};

// What was measured between two ticks, because readers want more. Goes past the buffer: it is sent
// at once or never.
struct InterimSample {
  std::vector<FramePtr> frames;
  ProcessTablePtr processes;  // null if nobody wants them
};

// Where a batch ends in the spool; places grow.
struct SpoolPlace {
  std::uint64_t segment = 0;  // 0: before everything
  std::int64_t end = 0;       // bytes from the start of the segment

  auto operator<=>(const SpoolPlace&) const = default;
};

// A batch in memory that is to stand in the spool, or stood there.
struct SpoolBatch {
  std::int64_t id = 0;  // of the buffer
  std::vector<FramePtr> frames;
  SpoolPlace place;  // once it stands there
};

using SourceCounts = std::map<std::string, std::int64_t>;  // by source

struct FrameBufferStats {
  std::int64_t batches = 0;         // kept now, without those that stand in the spool
  std::int64_t bytes = 0;           // of them, about
  std::int64_t spool_bytes = 0;     // what the spool has on the disk
  std::int64_t dropped_frames = 0;  // since the start
  SourceCounts dropped;             // the same by source; of sources that lost none, too
};

// In which order batches go after a break.
enum class SendOrder {
  kNewestFirst,  // as the essay says
  kOldestFirst,  // as they were added, as fast as the stream takes them: for those who replay
};

// Thread-safe.
class FrameBuffer {
 public:
  // Late batches that may go for each one that is added: at any interval, twenty times as fast as
  // they were measured.
  static constexpr int kLatePace = 20;
  // Late batches that may wait for their acknowledgement: the pace of a service that is slow.
  static constexpr int kMostLateInFlight = 2 * kLatePace;
  // Live batches that wait for a stream that is too slow for them, before they count as late.
  static constexpr std::size_t kMostLive = 10;
  // Late batches that stay in memory while no stream stands, before they belong on the disk.
  static constexpr std::size_t kMostLateInMemory = 30;

  // Keeps about `max_bytes` at most; the newest batch is kept whatever its size.
  explicit FrameBuffer(std::int64_t max_bytes, SendOrder order = SendOrder::kNewestFirst);

  // Appends a batch, or as many as the frames need; the processes go with the last. Does nothing if
  // there is nothing in it.
  void Add(std::vector<FramePtr> frames, ProcessTablePtr processes);

  // --- The stream ---

  // Returns the next batch to send, and takes it as sent; nothing if none is due. If `closing`,
  // all that is in memory is due at once, and nothing of the spool.
  std::optional<Batch> NextToSend(bool closing = false);

  // Returns whether a live batch waits to be sent.
  bool HasLive() const;

  // Takes every batch that is still here as not sent. Call it when a stream ended. If the service
  // refused one of those in flight, they are sent one by one from then on, so that it is found.
  void Rewind(bool refused = false);

  // Forgets all batches sent up to and including `sequence`. Numbers that were never sent are
  // ignored: a service cannot make the agent forget what it has not seen.
  void Acknowledge(std::int64_t sequence);

  // Forgets one batch that was sent and counts its frames as dropped. Returns how many there were.
  std::int64_t Drop(std::int64_t sequence);

  // Returns how many batches are sent and not acknowledged.
  std::int64_t InFlight() const;

  // --- The spool ---

  // Returns what should be written to the spool now, oldest first, some MB at most; everything that
  // does not stand there if `all`. It stays here until Forget.
  std::vector<SpoolBatch> ToSpool(bool all) const;

  // Forgets batches, which stand in the spool now.
  void Forget(std::span<const SpoolBatch> batches);

  // Returns whether batches of the spool are wanted in memory, to be sent soon.
  bool WantsReadBack() const;

  // Takes batches of the spool, in the order of their places.
  void AddReadBack(std::vector<SpoolBatch> batches);

  // Says what the spool has, and whether there is more of it to read back.
  void SetSpool(std::int64_t bytes, bool has_more);

  // Returns up to where what was read back is acknowledged, or dropped.
  SpoolPlace SpoolDone() const;

  // Counts frames as dropped that stood in the spool.
  void CountDropped(const SourceCounts& frames);

  FrameBufferStats Stats() const;

 private:
  struct Entry {
    std::int64_t id = 0;     // from 1, in the order of Add
    std::int64_t tick = 0;   // which call of Add
    std::int64_t bytes = 0;  // 0 if it stands in the spool as well
    std::vector<FramePtr> frames;
    SpoolPlace place;           // nowhere unless it was read back
    std::int64_t sequence = 0;  // when it was sent last
    bool late = false;          // it was sent as such
    bool suspect = false;       // it may be the one that the service refuses
  };
  using Entries = std::deque<Entry>;

  // What is known of a source.
  struct Source {
    std::uint64_t schema_id = 0;    // that it has now
    std::int64_t schema_bytes = 0;  // of it
    std::int64_t dropped = 0;       // frames
  };

  void AddFrameLocked(FramePtr frame, std::int64_t* message_bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddEntryLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MoveToLateLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool DropOldestLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropLocked(Entries* row, Entries::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Entries* RowToSendLocked(bool closing) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Call it for each entry that leaves sent_.
  void LeaveSentLocked(const Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::int64_t max_bytes_;
  const SendOrder order_;
  mutable Mutex mutex_;
  // Each in the order of ids, but for sent_, which is in the order of sequence numbers.
  Entries sent_ ABSL_GUARDED_BY(mutex_);
  Entries live_ ABSL_GUARDED_BY(mutex_);
  Entries late_ ABSL_GUARDED_BY(mutex_);
  Entries read_back_ ABSL_GUARDED_BY(mutex_);  // in the order of places
  ProcessTablePtr processes_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Source> sources_ ABSL_GUARDED_BY(mutex_);
  bool streaming_ ABSL_GUARDED_BY(mutex_) = false;          // a stream stands and takes batches
  bool spool_has_more_ ABSL_GUARDED_BY(mutex_) = false;     // older than all that is late
  SpoolPlace spool_done_ ABSL_GUARDED_BY(mutex_);           // acknowledged up to there
  int credit_ ABSL_GUARDED_BY(mutex_) = kLatePace;          // late batches that may go
  int late_in_flight_ ABSL_GUARDED_BY(mutex_) = 0;          // of sent_
  int suspects_in_flight_ ABSL_GUARDED_BY(mutex_) = 0;      // of sent_
  std::int64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;        // of the newest batch ever added
  std::int64_t last_tick_ ABSL_GUARDED_BY(mutex_) = 0;      // calls of Add
  std::int64_t last_sequence_ ABSL_GUARDED_BY(mutex_) = 0;  // of the batch that was sent last
  std::int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::int64_t spool_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::int64_t dropped_frames_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_FRAME_BUFFER_H_
