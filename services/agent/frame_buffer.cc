#include "services/agent/frame_buffer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syspulse {
namespace {

// Memory of what is the same for every frame: the control block, the pointers to it.
constexpr std::size_t kFrameOverhead = 64;
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

FrameBuffer::FrameBuffer(std::int64_t max_bytes) : max_bytes_(max_bytes) {}

void FrameBuffer::AddEntryLocked() {
  entries_.push_back(Entry{.batch = {.sequence = ++last_sequence_}});
}

// Appends the frame to the newest batch, which has `*message_bytes`, or to another if that would be
// too large.
void FrameBuffer::AddFrameLocked(FramePtr frame, std::int64_t* message_bytes) {
  SchemaSize& schema = schemas_[frame->source];
  std::int64_t bytes = BytesOf(*frame);
  std::int64_t kept_bytes = bytes;
  // Frames of a source share a schema until the source changes.
  if (schema.id != frame->schema->id()) {
    schema = SchemaSize{.id = frame->schema->id(), .bytes = BytesOf(*frame->schema)};
    kept_bytes += schema.bytes;
  }
  bytes += schema.bytes;
  if (*message_bytes > 0 && *message_bytes + bytes > kMaxBatchBytes) {
    AddEntryLocked();
    *message_bytes = 0;
  }
  *message_bytes += bytes;
  bytes_ += kept_bytes;
  Entry& entry = entries_.back();
  entry.bytes += kept_bytes;
  entry.batch.frames.push_back(std::move(frame));
}

void FrameBuffer::Add(std::vector<FramePtr> frames, ProcessTablePtr processes) {
  if (frames.empty() && processes == nullptr) return;
  MutexLock lock(mutex_);
  if (!entries_.empty()) entries_.back().batch.processes = nullptr;
  // What only carried processes carries nothing now.
  if (sent_ < entries_.size() && entries_.back().batch.frames.empty()) entries_.pop_back();
  AddEntryLocked();
  std::int64_t message_bytes = 0;
  for (FramePtr& frame : frames) AddFrameLocked(std::move(frame), &message_bytes);
  entries_.back().batch.processes = std::move(processes);
  while (bytes_ > max_bytes_ && entries_.size() > 1) {
    dropped_frames_ += std::ssize(entries_.front().batch.frames);
    PopFrontLocked();
  }
}

std::optional<Batch> FrameBuffer::NextToSend() {
  MutexLock lock(mutex_);
  if (sent_ == entries_.size()) return std::nullopt;
  return entries_[sent_++].batch;
}

void FrameBuffer::Rewind() {
  MutexLock lock(mutex_);
  sent_ = 0;
}

void FrameBuffer::Acknowledge(std::int64_t sequence) {
  MutexLock lock(mutex_);
  while (sent_ > 0 && entries_.front().batch.sequence <= sequence) PopFrontLocked();
}

void FrameBuffer::Drop(std::int64_t sequence) {
  MutexLock lock(mutex_);
  const auto entry =
      std::ranges::find(entries_, sequence, [](const Entry& one) { return one.batch.sequence; });
  if (entry == entries_.end()) return;
  if (static_cast<std::size_t>(entry - entries_.begin()) < sent_) --sent_;
  dropped_frames_ += std::ssize(entry->batch.frames);
  bytes_ -= entry->bytes;
  entries_.erase(entry);
}

std::int64_t FrameBuffer::InFlight() const {
  MutexLock lock(mutex_);
  return static_cast<std::int64_t>(sent_);
}

FrameBufferStats FrameBuffer::Stats() const {
  MutexLock lock(mutex_);
  return FrameBufferStats{
      .batches = std::ssize(entries_), .bytes = bytes_, .dropped_frames = dropped_frames_};
}

void FrameBuffer::PopFrontLocked() {
  bytes_ -= entries_.front().bytes;
  if (sent_ > 0) --sent_;
  entries_.pop_front();
}

}  // namespace syspulse
