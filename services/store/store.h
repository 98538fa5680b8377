// The store: keeps every frame, and has it ready for queries within 20 ms.
//
//   ASSIGN_OR_RETURN(auto store, Store::Open({.directory = dir}, files, clock, on_durable));
//   store->SetHostLabels("web-1", {{"instance", "web-1.example"}, {"job", "syspulse"}});
//   ASSIGN_OR_RETURN(const std::uint64_t ticket, store->Append(frame));
//   Selection selection = store->Select(std::move(matchers), range);
//
// Appending never waits for the disk. A thread writes all frames that wait with one write, syncs at
// most every sync_interval, and then tells how far all is durable: what it said survives kill -9
// and power loss. Another thread makes and merges blocks and drops old ones. While the disk is full
// or broken nothing is said to be durable, reads go on, and writing resumes by itself.
//
// A frame that comes twice, known by its host, source and time, is kept once and counts as durable
// once the first one is. Frames may come late by any time.
//
// A row may also come in parts: frames of one host, source, schema and time, each with some of the
// values. A value that is there stays, whatever comes later; one that is absent is taken.
//
// What a host is called holds for all its rows, also for those from before: a host that is renamed
// keeps its history. A host that nobody named is its own `instance`.
//
// Thread-safe.
#ifndef SERVICES_STORE_STORE_H_
#define SERVICES_STORE_STORE_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/model/frame.h"
#include "services/store/appender.h"
#include "services/store/block_keeper.h"
#include "services/store/checked_schemas.h"
#include "services/store/column_cache.h"
#include "services/store/contents.h"
#include "services/store/file_system.h"
#include "services/store/frame_queue.h"
#include "services/store/label_matcher.h"
#include "services/store/recovery.h"
#include "services/store/retention_clock.h"
#include "services/store/row_times.h"
#include "services/store/selection.h"
#include "services/store/shared_schemas.h"
#include "services/store/store_stats.h"

namespace syspulse {

struct StoreOptions {
  std::string directory;  // made if it does not exist
  BlockKeeperOptions blocks;
  absl::Duration sync_interval = absl::Milliseconds(200);
  absl::Duration part_sync_interval = absl::Milliseconds(20);  // for who waits for each answer
  absl::Duration gather_interval = absl::Milliseconds(20);     // until queries see a frame, at most
  absl::Duration head_age = absl::Hours(2);  // rows stand that long in memory at most
  // Rows of each series that a head takes though they are more than blocks.head_samples: to make
  // and merge blocks costs by the column, however few rows it has. And samples that it never takes.
  std::int64_t head_rows = 32;
  std::int64_t most_head_samples = 16'000'000;
  absl::Duration merge_rest = absl::Seconds(30);     // since the last block until merging hurries
  std::int64_t segment_bytes = 64 << 20;             // of log that a start has to replay, about
  std::int64_t queue_bytes = 64 << 20;               // of frames that wait for the disk
  std::size_t cache_bytes = 24 << 20;                // of decoded columns
  absl::Duration retry_interval = absl::Seconds(1);  // after the disk failed
  // For making blocks at the end, of what would else be read from the log at the next start.
  absl::Duration finish_patience = absl::Seconds(2);
};

// Called from the store's thread with the ticket up to which all frames are durable.
using OnDurable = std::function<void(std::uint64_t ticket)>;

// Called from the store's thread with what became of a deletion.
using OnDeleted = std::function<void(const absl::Status& status)>;

class Store {
 public:
  // Opens the store in a directory, whatever a crash left of it. `files` and `clock` must outlive
  // it. FailedPrecondition if another process has the directory; else errors of the file system.
  static absl::StatusOr<std::unique_ptr<Store>> Open(StoreOptions options, FileSystem* files,
                                                     const Clock* clock, OnDurable on_durable);

  // Writes all that was appended, and makes blocks of it, if the disk and finish_patience let it.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Takes a frame and returns its ticket: they count up from 1 with each start. InvalidArgument for
  // a frame that cannot be stored, Unavailable if too many wait for the disk.
  absl::StatusOr<std::uint64_t> Append(FramePtr frame);

  // Returns whether many frames that could as well come later may be appended now: the head takes
  // as many again before it makes others wait, and the disk works.
  bool has_room() const;

  // Returns whether what is appended now is durable soon: not while the disk is full or broken.
  bool is_writing() const { return writing_ && (recovered_ || keeping_blocks_); }

  // Sets what queries see a host as: usually `instance` and `job`. Durable before any frame that is
  // appended later.
  void SetHostLabels(const std::string& host, LabelMap labels);

  // Deletes all rows of a host that were appended so far; those that come later are kept. Calls
  // `done` from the store's thread, which must not wait there: with OK once that survives a crash
  // and queries see none of the rows, though their bytes may take minutes more; with NotFound if
  // there is none, ResourceExhausted if too many wait, and Unavailable, having done nothing, while
  // the disk is full or broken or when the store ends.
  void DeleteHost(const std::string& host, OnDeleted done);

  // Returns the series that satisfy all matchers and may have samples within `range`. This must
  // outlive it.
  Selection Select(std::vector<LabelMatcher> matchers, const MillisRange& range);

  // Returns what the start could not read of what may have been measured within `range`, in one
  // line; empty if there is nothing like that.
  std::string Losses(const MillisRange& range) const { return LossesWithin(losses_, range); }

  // Returns the times of the rows of a source within `range`, Unix ms, in no order. Waits for the
  // disk.
  std::vector<std::int64_t> Times(std::string_view host, std::string_view source,
                                  const MillisRange& range) const {
    return TimesOf(contents_.View(), host, source, range);
  }

  // Returns everything there is to read, for LabelNames, LabelValues and Families.
  ContentsView View() const { return contents_.View(); }

  // Returns the ticket of the frame that was appended last; 0 if there was none.
  std::uint64_t last_ticket() const { return queue_.last_ticket(); }

  // Returns the ticket up to which all frames are durable.
  std::uint64_t durable_ticket() const { return durable_ticket_; }

  StoreStats stats() const;

 private:
  Store(StoreOptions options, FileSystem* files, const Clock* clock, OnDurable on_durable,
        std::unique_ptr<DirectoryLock> lock, std::unique_ptr<SharedSchemas> schemas,
        Recovery recovery);

  void WriteLoop(const std::stop_token& stop);
  void WriteOnce(absl::Duration patience, const std::stop_token& stop);
  absl::Status SyncOnce();
  void FreezeIfDue();
  void FreezeNow();
  void WakeKeeper();
  void DeleteWaiting(const absl::Status& disk);
  absl::Status DeleteOnce(const std::string& host);
  void RefuseDeletions(const absl::Status& reason);
  void ForgetDeletions();
  // Returns how many samples it takes before a block is made of it.
  std::int64_t RoomOf(const Head& head) const;
  absl::Duration WritePatience() const;
  absl::Duration SyncInterval() const;
  void NoteWriting(const absl::Status& status);
  void NoteConflicts(const Conflicts& conflicts);

  void KeepLoop(const std::stop_token& stop);
  absl::Status KeepOnce(const std::stop_token& stop);
  absl::Time RetentionTime();
  absl::Status FlushFrozen();
  void WaitForFrozen(const std::stop_token& stop, bool failed);
  void NoteDamage(const absl::Status& damage);
  void FinishOnce();
  // Returns whether there is time to make blocks.
  bool MayMakeBlocks() const;

  const StoreOptions options_;
  FileSystem* const files_;
  const Clock* const clock_;
  const OnDurable on_durable_;
  const std::unique_ptr<DirectoryLock> lock_;
  const std::unique_ptr<SharedSchemas> schemas_;
  CheckedSchemas checked_schemas_{schemas_.get()};
  Contents contents_;
  const std::vector<Loss> losses_;  // of the start
  ColumnCache cache_;
  FrameQueue queue_;

  // Of the writing thread.
  Appender appender_;
  std::uint64_t taken_ticket_ = 0;
  absl::Duration last_sync_;     // monotonic
  absl::Duration head_began_;    // monotonic: when the active head took its first row
  bool freeze_at_once_ = false;  // rows that were deleted are in the log
  Conflicts unlogged_conflicts_;
  absl::Duration conflicts_due_;  // monotonic: when the log may tell of conflicts again

  // Of the keeping thread.
  BlockKeeper keeper_;
  absl::Duration last_retention_;  // monotonic
  RetentionClock retention_clock_;
  bool retention_is_behind_ = false;                       // the clock, by more than a day
  absl::Duration last_flush_ = -absl::InfiniteDuration();  // monotonic

  std::atomic<std::uint64_t> durable_ticket_ = 0;
  std::atomic<std::int64_t> appended_samples_ = 0;
  std::atomic<std::int64_t> duplicate_frames_ = 0;
  std::atomic<std::int64_t> conflicting_values_ = 0;
  std::atomic<std::int64_t> log_bytes_ = 0;
  std::atomic<bool> writing_ = true;         // the log takes frames
  std::atomic<bool> keeping_blocks_ = true;  // blocks can be made, merged and dropped
  std::atomic<bool> recovered_ = true;       // what a crash left in the log stands in a block
  std::atomic<bool> deletions_wait_ = false;
  std::atomic<bool> erased_ = false;          // what was deleted, as far as it can be
  std::atomic<bool> labels_changed_ = false;  // and not yet on the disk

  mutable Mutex mutex_;
  std::condition_variable_any frozen_;
  std::set<std::string> damage_ ABSL_GUARDED_BY(mutex_);  // in words
  std::string last_damage_ ABSL_GUARDED_BY(mutex_);
  std::string last_error_ ABSL_GUARDED_BY(mutex_);
  bool has_frozen_ ABSL_GUARDED_BY(mutex_) = false;
  struct WaitingDeletion {
    std::string host;
    std::uint64_t ticket = 0;  // of the last frame that is deleted
    OnDeleted done;
  };
  std::vector<WaitingDeletion> waiting_deletions_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;                       // nothing is deleted any more
  std::optional<absl::Duration> finish_by_ ABSL_GUARDED_BY(mutex_);  // monotonic; once it ends

  std::jthread keeping_;
  std::jthread writing_thread_;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_STORE_H_
