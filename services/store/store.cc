#include "services/store/store.h"

#include <algorithm>
#include <utility>

#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/store/host_labels_file.h"

namespace syspulse {
namespace {

constexpr absl::Duration kRetentionInterval =
    absl::Minutes(1);  // how often old blocks are looked for
constexpr absl::Duration kConflictInterval = absl::Minutes(1);  // between two lines about them
constexpr absl::Duration kFullPause = absl::Milliseconds(20);   // until a block may have been made
constexpr std::size_t kMostDamage = 1000;  // different damages that are counted

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(StoreOptions options, FileSystem* files,
                                                   const Clock* clock, OnDurable on_durable) {
  RETURN_IF_ERROR(files->CreateDirectories(options.directory));
  ASSIGN_OR_RETURN(std::unique_ptr<DirectoryLock> lock, files->Lock(options.directory));
  const absl::Duration start = clock->Monotonic();
  auto schemas = std::make_unique<SharedSchemas>();
  ASSIGN_OR_RETURN(Recovery recovery, Recover(files, options.directory, schemas.get()));
  LogInfo("store %s: %d blocks, %d rows from the log, ready in %s", options.directory,
          recovery.blocks.size(), recovery.replayed_rows,
          absl::FormatDuration(clock->Monotonic() - start));
  return std::unique_ptr<Store>(new Store(std::move(options), files, clock, std::move(on_durable),
                                          std::move(lock), std::move(schemas),
                                          std::move(recovery)));
}

Store::Store(StoreOptions options, FileSystem* files, const Clock* clock, OnDurable on_durable,
             std::unique_ptr<DirectoryLock> lock, std::unique_ptr<SharedSchemas> schemas,
             Recovery recovery)
    : options_(std::move(options)),
      files_(files),
      clock_(clock),
      on_durable_(std::move(on_durable)),
      lock_(std::move(lock)),
      schemas_(std::move(schemas)),
      contents_(recovery.head, std::move(recovery.blocks), std::move(recovery.host_labels),
                std::move(recovery.deletions)),
      losses_(std::move(recovery.losses)),
      cache_(options_.cache_bytes),
      queue_(options_.queue_bytes),
      appender_(files, options_.directory, &contents_, recovery.next_segment),
      last_sync_(clock->Monotonic() - options_.sync_interval),
      head_began_(clock->Monotonic()),
      conflicts_due_(clock->Monotonic()),
      keeper_(files, options_.directory, &contents_, schemas_.get(), options_.blocks, losses_),
      last_retention_(clock->Monotonic() - kRetentionInterval) {
  for (const absl::Status& damage : recovery.damage) NoteDamage(damage);
  if (!recovery.head->empty()) {
    appender_.Freeze();
    recovered_ = false;
  }
  if (!contents_.View().deletions->empty()) freeze_at_once_ = true;  // what is not erased yet
  has_frozen_ = true;  // or blocks to merge, for which there was no time before
  keeping_ = std::jthread([this](const std::stop_token& stop) { KeepLoop(stop); });
  writing_thread_ = std::jthread([this](const std::stop_token& stop) { WriteLoop(stop); });
}

Store::~Store() {
  {
    MutexLock lock(mutex_);
    finish_by_ = clock_->Monotonic() + options_.finish_patience;
  }
  writing_thread_.request_stop();
  writing_thread_.join();
  RefuseDeletions(absl::UnavailableError("the service stops"));
  keeping_.request_stop();
  keeping_.join();
  FinishOnce();
}

absl::StatusOr<std::uint64_t> Store::Append(FramePtr frame) {
  RETURN_IF_ERROR(CheckFrame(*frame));
  RETURN_IF_ERROR(checked_schemas_.Check(frame->schema));
  return queue_.Push(std::move(frame));
}

void Store::SetHostLabels(const std::string& host, LabelMap labels) {
  if (contents_.SetHostLabels(host, std::move(labels))) labels_changed_ = true;
}

Selection Store::Select(std::vector<LabelMatcher> matchers, const MillisRange& range) {
  return {std::make_shared<FoundSeries>(contents_.View(), std::move(matchers), range, &cache_),
          [this](const absl::Status& damage) { NoteDamage(damage); }};
}

void Store::WriteLoop(const std::stop_token& stop) {
  while (!stop.stop_requested()) WriteOnce(WritePatience(), stop);
}

absl::Duration Store::WritePatience() const {
  if (!writing_) return options_.retry_interval;
  if (freeze_at_once_ || erased_) return options_.sync_interval;
  if (taken_ticket_ == durable_ticket_) return options_.head_age;
  const absl::Duration due = last_sync_ + SyncInterval() - clock_->Monotonic();
  return std::max(due, absl::ZeroDuration());
}

absl::Duration Store::SyncInterval() const {
  return appender_.has_unsynced_parts()
             ? std::min(options_.part_sync_interval, options_.sync_interval)
             : options_.sync_interval;
}

void Store::WriteOnce(absl::Duration patience, const std::stop_token& stop) {
  const ContentsView view = contents_.View();
  // Memory is bounded: a head that cannot become a block takes no more rows.
  const bool full = view.frozen != nullptr && view.active->samples() >= 2 * RoomOf(*view.active);
  // Queries see what comes while the disk takes nothing, as long as the head has room for it.
  const bool takes = writing_ || view.active->samples() < RoomOf(*view.active);
  if (!writing_ || full) queue_.Pause(writing_ ? kFullPause : patience, stop);
  if (takes && !full) {
    // Who sent these waits for the sync; to wake for each frame until then would cost as much as
    // the frame.
    if (writing_ && taken_ticket_ != durable_ticket_) {
      queue_.Gather(std::min(patience, options_.gather_interval), stop);
      patience = absl::ZeroDuration();
    }
    const FrameQueue::Batch batch = queue_.Take(writing_ ? patience : absl::ZeroDuration(), stop);
    if (view.active->empty()) head_began_ = clock_->Monotonic();
    const std::int64_t before = view.active->samples();
    const std::int64_t taken = appender_.Take(batch.frames);
    appended_samples_ += view.active->samples() - before;
    duplicate_frames_ += static_cast<std::int64_t>(batch.frames.size()) - taken;
    NoteConflicts(appender_.TakeConflicts());
    taken_ticket_ = batch.last_ticket;
  }
  const bool due = clock_->Monotonic() - last_sync_ >= SyncInterval();
  if (!due && !deletions_wait_ && !erased_) return;
  const absl::Status status = SyncOnce();
  if (status.ok()) FreezeIfDue();
  log_bytes_ = appender_.segment_bytes();
  NoteWriting(status);
  DeleteWaiting(status);
}

absl::Status Store::SyncOnce() {
  last_sync_ = clock_->Monotonic();
  // Before the rows, which would else come back under another name.
  if (labels_changed_.exchange(false)) {
    const absl::Status status =
        WriteHostLabels(files_, options_.directory, *contents_.View().host_labels);
    if (!status.ok()) labels_changed_ = true;
    RETURN_IF_ERROR(status);
  }
  RETURN_IF_ERROR(appender_.Sync());
  // What is told durable may have come before, and then stands in the head that was recovered.
  if (durable_ticket_ == taken_ticket_ || !recovered_) return absl::OkStatus();
  durable_ticket_ = taken_ticket_;
  on_durable_(taken_ticket_);
  return absl::OkStatus();
}

void Store::FreezeIfDue() {
  const ContentsView view = contents_.View();
  if (view.frozen != nullptr) return;
  if (freeze_at_once_) {
    freeze_at_once_ = false;
    FreezeNow();
    return;
  }
  if (view.active->empty()) return;
  if (view.active->samples() < RoomOf(*view.active) &&
      appender_.segment_bytes() < options_.segment_bytes &&
      clock_->Monotonic() - head_began_ < options_.head_age) {
    return;
  }
  FreezeNow();
}

std::int64_t Store::RoomOf(const Head& head) const {
  const std::int64_t samples =
      std::min(options_.head_rows * head.series(), options_.most_head_samples);
  return std::max(samples, options_.blocks.head_samples);
}

void Store::FreezeNow() {
  appender_.Freeze();
  WakeKeeper();
}

void Store::WakeKeeper() {
  {
    MutexLock lock(mutex_);
    has_frozen_ = true;
  }
  frozen_.notify_one();
}

void Store::NoteWriting(const absl::Status& status) {
  if (status.ok()) {
    if (!writing_.exchange(true))
      LogInfo("store %s: the disk takes frames again", options_.directory);
    return;
  }
  {
    MutexLock lock(mutex_);
    last_error_ = std::string(status.message());
  }
  if (writing_.exchange(false)) {
    LogError("store %s: %s; frames are not acknowledged until this works again", options_.directory,
             std::string(status.message()));
  }
}

// A sender that is wrong is wrong with every sample: the log tells of all of a minute in one line.
void Store::NoteConflicts(const Conflicts& conflicts) {
  conflicting_values_ += conflicts.values;
  unlogged_conflicts_.values += conflicts.values;
  if (unlogged_conflicts_.first.empty()) unlogged_conflicts_.first = conflicts.first;
  const absl::Duration now = clock_->Monotonic();
  if (unlogged_conflicts_.values == 0 || now < conflicts_due_) return;
  conflicts_due_ = now + kConflictInterval;
  LogWarning(
      "store %s: %d samples came that have another value already, such as that of %s; the "
      "first that came counts",
      options_.directory, unlogged_conflicts_.values, unlogged_conflicts_.first);
  unlogged_conflicts_ = {};
}

void Store::KeepLoop(const std::stop_token& stop) {
  std::string error;  // of the last try; empty if it was well
  while (!stop.stop_requested()) {
    WaitForFrozen(stop, !error.empty());
    const absl::Status status = stop.stop_requested() ? absl::OkStatus() : KeepOnce(stop);
    const bool failed = !status.ok() && !absl::IsCancelled(status) && !absl::IsDataLoss(status);
    const std::string now = failed ? std::string(status.message()) : "";
    if (failed && now != error) {
      LogWarning("store %s: %s; tried again", options_.directory, now);
      MutexLock lock(mutex_);
      last_error_ = now;
    }
    keeping_blocks_ = !failed;
    error = now;
  }
}

void Store::WaitForFrozen(const std::stop_token& stop, bool failed) {
  MutexLock lock(mutex_);
  const absl::Duration patience = failed ? options_.retry_interval : kRetentionInterval;
  frozen_.wait_for(mutex_, stop, absl::ToChronoNanoseconds(patience),
                   [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return has_frozen_ && !failed; });
  has_frozen_ = false;
}

absl::Time Store::RetentionTime() {
  std::optional<absl::Time> newest;
  std::optional<absl::Time> oldest;  // end of a block
  for (const BlockPtr& block : contents_.View().blocks) {
    const absl::Time last = absl::FromUnixMillis(block->usual_range().last_ms);
    newest = std::max(newest.value_or(last), last);
    oldest = std::min(oldest.value_or(last), last);
  }
  const absl::Time now = clock_->Now();
  const absl::Time time = retention_clock_.Follow(now, last_retention_, newest);
  const bool far_behind = now - time > absl::Hours(24);
  // A service that was off for days sees the same, and has nothing to fear.
  const bool would_drop = oldest && *oldest < now - options_.blocks.retention;
  if (far_behind && would_drop && !retention_is_behind_) {
    LogWarning(
        "store %s: the clock says %s, and what is stored goes up to %s; if the clock is wrong, set "
        "it: what is too old by it is dropped little by little, within hours",
        options_.directory, absl::FormatTime(absl::RFC3339_sec, now, absl::UTCTimeZone()),
        absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()));
  }
  retention_is_behind_ = far_behind && would_drop;
  return time;
}

absl::Status Store::KeepOnce(const std::stop_token& stop) {
  // First, for a full disk may be what keeps a block from being made.
  const absl::Duration now = clock_->Monotonic();
  if (now - last_retention_ >= kRetentionInterval) {
    last_retention_ = now;
    RETURN_IF_ERROR(keeper_.RetainOnce(RetentionTime()));
  }
  RETURN_IF_ERROR(FlushFrozen());
  // What comes meanwhile does not wait until large blocks are merged.
  absl::Status flushed;
  const auto keep_on = [&] {
    flushed = FlushFrozen();
    return flushed.ok() && !stop.stop_requested();
  };
  const absl::StatusOr<bool> erased = keeper_.EraseOnce(keep_on);
  RETURN_IF_ERROR(flushed);
  if (absl::IsDataLoss(erased.status())) NoteDamage(erased.status());
  RETURN_IF_ERROR(erased.status());
  if (*erased) {
    WakeKeeper();  // there may be more to make anew
    return absl::OkStatus();
  }
  if (!contents_.View().deletions->empty()) {
    erased_ = true;
    queue_.Wake();
  }
  const bool busy = clock_->Monotonic() - last_flush_ < options_.merge_rest;
  const absl::StatusOr<bool> merged = keeper_.MergeOnce(keep_on, busy);
  RETURN_IF_ERROR(flushed);
  if (absl::IsDataLoss(merged.status())) NoteDamage(merged.status());
  RETURN_IF_ERROR(merged.status());
  if (*merged) {
    // There may be more to merge, and another head to flush before it.
    MutexLock lock(mutex_);
    has_frozen_ = true;
  }
  return absl::OkStatus();
}

absl::Status Store::FlushFrozen() {
  if (contents_.View().frozen != nullptr) last_flush_ = clock_->Monotonic();
  const absl::Status flushed = keeper_.FlushOnce([this] { return MayMakeBlocks(); });
  // What was just written and reads back damaged is no damage to live with: nothing goes on.
  if (absl::IsDataLoss(flushed)) return absl::UnavailableError(flushed.message());
  if (flushed.ok()) recovered_ = true;
  return flushed;
}

void Store::NoteDamage(const absl::Status& damage) {
  const std::string text(damage.message());
  {
    MutexLock lock(mutex_);
    if (damage_.size() >= kMostDamage || !damage_.insert(text).second) return;
    last_damage_ = text;
  }
  LogError("store %s: %s", options_.directory, text);
}

void Store::FinishOnce() {
  const FrameQueue::Batch batch = queue_.Take(absl::ZeroDuration(), std::stop_token());
  appender_.Take(batch.frames);
  NoteConflicts(appender_.TakeConflicts());
  taken_ticket_ = batch.last_ticket;
  const auto keep_on = [this] { return MayMakeBlocks(); };
  absl::Status status = keeper_.FlushOnce(keep_on);
  const bool flushed = status.ok();
  if (flushed) recovered_ = true;
  if (flushed || absl::IsCancelled(status)) status = SyncOnce();
  if (status.ok() && flushed && !contents_.View().active->empty()) {
    appender_.Freeze();
    status = keeper_.FlushOnce(keep_on);
  }
  // What is in no block stands in the log, and is read from there at the next start.
  if (status.ok() || absl::IsCancelled(status)) return;
  LogError("store %s: stopped without all frames in blocks: %s", options_.directory,
           std::string(status.message()));
}

bool Store::MayMakeBlocks() const {
  MutexLock lock(mutex_);
  return !finish_by_ || clock_->Monotonic() < *finish_by_;
}

bool Store::has_room() const {
  const ContentsView view = contents_.View();
  return writing_ && (view.frozen == nullptr || view.active->samples() < RoomOf(*view.active));
}

StoreStats Store::stats() const {
  const ContentsView view = contents_.View();
  StoreStats stats{.appended_samples = appended_samples_,
                   .duplicate_frames = duplicate_frames_,
                   .conflicting_values = conflicting_values_,
                   .waiting_frames = queue_.size(),
                   .durable_ticket = durable_ticket_,
                   .head_samples = view.active->samples(),
                   .head_series = view.active->series(),
                   .blocks = static_cast<std::int64_t>(view.blocks.size()),
                   .log_bytes = log_bytes_,
                   .writing = writing_ && keeping_blocks_};
  if (view.frozen != nullptr) stats.head_samples += view.frozen->samples();
  for (const BlockPtr& block : view.blocks) {
    stats.block_bytes += block->reader().size();
    stats.block_samples += block->reader().samples();
  }
  MutexLock lock(mutex_);
  stats.damaged_units = static_cast<std::int64_t>(damage_.size());
  stats.last_damage = last_damage_;
  stats.last_error = last_error_;
  return stats;
}

}  // namespace syspulse
