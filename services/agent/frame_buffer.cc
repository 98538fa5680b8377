#include "services/agent/frame_buffer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syspulse {
namespace {

// Memory of what is the same for every frame: the control block, the pointers to it.
constexpr std::size_t kFrameOverhead = 64;
// What ToSpool returns at most, in bytes.
constexpr std::int64_t kSpoolRound = 4 << 20;
// Batches of the spool that are read ahead.
constexpr std::size_t kReadAhead = 10 * FrameBuffer::kLatePace;

// Tag and length before a text in a message.
constexpr std::size_t kTextOverhead = 4;

// Processes are not counted: there is one table at most.
std::int64_t BytesOf(const Frame& frame) {
  return static_cast<std::int64_t>(kFrameOverhead + sizeof(Frame) + frame.host.size() +
                                   frame.source.size() + frame.values.size() * sizeof(double));
}

// About as many as the message that describes it has.
std::int64_t BytesOf(const Schema& schema) {
  std::size_t bytes = 0;
  for (const MetricFamily& family : schema.families()) {
    bytes += kTextOverhead * 4 + family.name.size() + family.unit.size() + family.help.size();
    for (const std::string& name : family.label_names) bytes += kTextOverhead + name.size();
  }
  for (const Series& series : schema.series()) {
    bytes += kTextOverhead * 2;
    for (const std::string& value : series.label_values) bytes += kTextOverhead + value.size();
  }
  return static_cast<std::int64_t>(bytes);
}

}  // namespace

FrameBuffer::FrameBuffer(std::int64_t max_bytes, SendOrder order)
    : max_bytes_(max_bytes), order_(order) {}

void FrameBuffer::AddEntryLocked() { live_.push_back(Entry{.id = ++last_id_, .tick = last_tick_}); }

// Appends the frame to the newest batch, which has `*message_bytes`, or to another if that would be
// too large.
void FrameBuffer::AddFrameLocked(FramePtr frame, std::int64_t* message_bytes) {
  Source& source = sources_[frame->source];
  std::int64_t bytes = BytesOf(*frame);
  std::int64_t kept_bytes = bytes;
  // Frames of a source share a schema until the source changes.
  if (source.schema_id != frame->schema->id()) {
    source.schema_id = frame->schema->id();
    source.schema_bytes = BytesOf(*frame->schema);
    kept_bytes += source.schema_bytes;
  }
  bytes += source.schema_bytes;
  if (*message_bytes > 0 && *message_bytes + bytes > kMaxBatchBytes) {
    AddEntryLocked();
    *message_bytes = 0;
  }
  *message_bytes += bytes;
  bytes_ += kept_bytes;
  Entry& entry = live_.back();
  entry.bytes += kept_bytes;
  entry.frames.push_back(std::move(frame));
}

void FrameBuffer::Add(std::vector<FramePtr> frames, ProcessTablePtr processes) {
  if (frames.empty() && processes == nullptr) return;
  MutexLock lock(mutex_);
  ++last_tick_;
  credit_ = kLatePace;
  // What only carried processes carries nothing now.
  if (!live_.empty() && live_.back().frames.empty()) live_.pop_back();
  if (!streaming_ || live_.size() >= kMostLive) MoveToLateLocked();
  AddEntryLocked();
  std::int64_t message_bytes = 0;
  for (FramePtr& frame : frames) AddFrameLocked(std::move(frame), &message_bytes);
  processes_ = std::move(processes);
  while (bytes_ > max_bytes_ && DropOldestLocked()) {
  }
}

// All but the newest tick: readers want that first when the stream is back.
void FrameBuffer::MoveToLateLocked() {
  if (order_ == SendOrder::kOldestFirst) return;
  const auto newest =
      std::ranges::find(live_, last_tick_, [](const Entry& entry) { return entry.tick; });
  std::move(live_.begin(), newest, std::back_inserter(late_));
  live_.erase(live_.begin(), newest);
  std::erase_if(late_, [](const Entry& entry) { return entry.frames.empty(); });
  const auto by_id = [](const Entry& entry) { return entry.id; };
  if (!std::ranges::is_sorted(late_, {}, by_id)) std::ranges::sort(late_, {}, by_id);
}

// Returns whether there was one besides the newest.
bool FrameBuffer::DropOldestLocked() {
  const auto sent =
      std::ranges::find_if(sent_, [](const Entry& entry) { return entry.place == SpoolPlace(); });
  const std::int64_t none = last_id_;
  const std::int64_t sent_id = sent == sent_.end() ? none : sent->id;
  const std::int64_t late_id = late_.empty() ? none : late_.front().id;
  const std::int64_t live_id = live_.empty() ? none : live_.front().id;
  const std::int64_t oldest = std::min({sent_id, late_id, live_id});
  if (oldest == none) return false;
  if (oldest == sent_id) {
    DropLocked(&sent_, sent);
  } else {
    Entries* const row = oldest == late_id ? &late_ : &live_;
    DropLocked(row, row->begin());
  }
  return true;
}

void FrameBuffer::DropLocked(Entries* row, Entries::iterator entry) {
  for (const FramePtr& frame : entry->frames) ++sources_[frame->source].dropped;
  dropped_frames_ += std::ssize(entry->frames);
  if (row == &sent_) {
    LeaveSentLocked(*entry);
  } else {
    bytes_ -= entry->bytes;
  }
  row->erase(entry);
}

void FrameBuffer::LeaveSentLocked(const Entry& entry) {
  bytes_ -= entry.bytes;
  spool_done_ = std::max(spool_done_, entry.place);
  if (entry.late) --late_in_flight_;
  if (entry.suspect) --suspects_in_flight_;
}

FrameBuffer::Entries* FrameBuffer::RowToSendLocked(bool closing) {
  if (!live_.empty()) return &live_;
  if (closing) return late_.empty() ? nullptr : &late_;
  if (credit_ <= 0 || late_in_flight_ >= kMostLateInFlight) return nullptr;
  if (!read_back_.empty()) return &read_back_;
  return spool_has_more_ || late_.empty() ? nullptr : &late_;
}

std::optional<Batch> FrameBuffer::NextToSend(bool closing) {
  MutexLock lock(mutex_);
  streaming_ = true;
  Entries* const row = RowToSendLocked(closing);
  if (row == nullptr || suspects_in_flight_ > 0) return std::nullopt;
  if (row->front().suspect && !sent_.empty()) return std::nullopt;
  Entry& entry = sent_.emplace_back(std::move(row->front()));
  row->pop_front();
  entry.sequence = ++last_sequence_;
  entry.late = row != &live_;
  if (entry.late) {
    --credit_;
    ++late_in_flight_;
  }
  if (entry.suspect) ++suspects_in_flight_;
  return Batch{.sequence = entry.sequence,
               .late = entry.late,
               .frames = entry.frames,
               .processes = entry.id == last_id_ ? processes_ : nullptr};
}

bool FrameBuffer::HasLive() const {
  MutexLock lock(mutex_);
  return !live_.empty();
}

void FrameBuffer::Rewind(bool refused) {
  MutexLock lock(mutex_);
  streaming_ = false;
  credit_ = kLatePace;
  late_in_flight_ = 0;
  suspects_in_flight_ = 0;
  for (; !sent_.empty(); sent_.pop_back()) {
    Entry& entry = sent_.back();
    entry.suspect = entry.suspect || refused;
    Entries& row = entry.place == SpoolPlace() ? live_ : read_back_;
    row.push_front(std::move(entry));
  }
  std::ranges::sort(live_, {}, [](const Entry& entry) { return entry.id; });
  MoveToLateLocked();
}

void FrameBuffer::Acknowledge(std::int64_t sequence) {
  MutexLock lock(mutex_);
  for (; !sent_.empty() && sent_.front().sequence <= sequence; sent_.pop_front()) {
    LeaveSentLocked(sent_.front());
  }
}

std::int64_t FrameBuffer::Drop(std::int64_t sequence) {
  MutexLock lock(mutex_);
  const auto entry =
      std::ranges::find(sent_, sequence, [](const Entry& one) { return one.sequence; });
  if (entry == sent_.end()) return 0;
  const std::int64_t frames = std::ssize(entry->frames);
  DropLocked(&sent_, entry);
  return frames;
}

std::int64_t FrameBuffer::InFlight() const {
  MutexLock lock(mutex_);
  return std::ssize(sent_);
}

std::vector<SpoolBatch> FrameBuffer::ToSpool(bool all) const {
  MutexLock lock(mutex_);
  const bool long_away = !streaming_ && late_.size() >= kMostLateInMemory;
  const bool full = bytes_ > max_bytes_ / 2;
  if (!all && !long_away && !full) return {};
  std::vector<const Entry*> entries;
  // While the stream is well, what waits for its acknowledgement is none of the disk's business.
  if (all || full) {
    for (const Entry& entry : sent_) {
      if (entry.place == SpoolPlace()) entries.push_back(&entry);
    }
  }
  for (const Entry& entry : late_) entries.push_back(&entry);
  if (all) {
    for (const Entry& entry : live_) entries.push_back(&entry);
  }
  std::ranges::sort(entries, {}, [](const Entry* entry) { return entry->id; });
  std::vector<SpoolBatch> batches;
  std::int64_t bytes = 0;
  for (const Entry* const entry : entries) {
    if (entry->frames.empty()) continue;
    batches.push_back({.id = entry->id, .frames = entry->frames});
    bytes += entry->bytes;
    if (bytes > kSpoolRound) break;
  }
  return batches;
}

void FrameBuffer::Forget(std::span<const SpoolBatch> batches) {
  MutexLock lock(mutex_);
  const auto known = [&](const Entry& entry) {
    return entry.place == SpoolPlace() &&
           std::ranges::binary_search(batches, entry.id, {},
                                      [](const SpoolBatch& batch) { return batch.id; });
  };
  for (Entries* const row : {&live_, &late_}) {
    for (const Entry& entry : *row) bytes_ -= known(entry) ? entry.bytes : 0;
    std::erase_if(*row, known);
  }
  for (const Entry& entry : sent_) {
    if (known(entry)) LeaveSentLocked(entry);
  }
  std::erase_if(sent_, known);
}

bool FrameBuffer::WantsReadBack() const {
  MutexLock lock(mutex_);
  return streaming_ && read_back_.size() < kReadAhead;
}

void FrameBuffer::AddReadBack(std::vector<SpoolBatch> batches) {
  MutexLock lock(mutex_);
  for (SpoolBatch& batch : batches) {
    read_back_.push_back(Entry{.frames = std::move(batch.frames), .place = batch.place});
  }
}

void FrameBuffer::SetSpool(std::int64_t bytes, bool has_more) {
  MutexLock lock(mutex_);
  spool_bytes_ = bytes;
  spool_has_more_ = has_more;
}

SpoolPlace FrameBuffer::SpoolDone() const {
  MutexLock lock(mutex_);
  return spool_done_;
}

void FrameBuffer::CountDropped(const SourceCounts& frames) {
  MutexLock lock(mutex_);
  for (const auto& [source, count] : frames) {
    sources_[source].dropped += count;
    dropped_frames_ += count;
  }
}

FrameBufferStats FrameBuffer::Stats() const {
  MutexLock lock(mutex_);
  FrameBufferStats stats{.batches = std::ssize(sent_) + std::ssize(live_) + std::ssize(late_),
                         .bytes = bytes_,
                         .spool_bytes = spool_bytes_,
                         .dropped_frames = dropped_frames_};
  for (const Entry& entry : sent_) stats.batches -= entry.place == SpoolPlace() ? 0 : 1;
  for (const auto& [name, source] : sources_) stats.dropped[name] = source.dropped;
  return stats;
}

}  // namespace syspulse
