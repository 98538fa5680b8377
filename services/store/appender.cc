#include "services/store/appender.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/base/status_macros.h"
#include "services/store/known_values.h"
#include "services/store/log_format.h"
#include "services/store/merged_rows.h"
#include "services/store/schema_codec.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostNameBytes = 1024;   // of a host id or source: both are short names
constexpr std::size_t kMostColumns = 1 << 20;  // of a schema: what a block can hold

std::int64_t CountMeasured(const Frame& frame) {
  return std::ranges::count_if(frame.values, [](double value) { return !IsAbsent(value); });
}

}  // namespace

absl::Status CheckFrame(const Frame& frame) {
  if (frame.schema == nullptr || frame.host.empty() || frame.host.size() > kMostNameBytes ||
      frame.source.size() > kMostNameBytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("store frame of '%s', source '%s': it lacks a schema or has no good name",
                        frame.host.substr(0, 100), frame.source.substr(0, 100)));
  }
  if (frame.values.size() != frame.schema->series().size() || frame.values.size() > kMostColumns) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "store frame of %s: %d values, while its schema has %d series and the store takes %d",
        frame.host, frame.values.size(), frame.schema->series().size(), kMostColumns));
  }
  const std::int64_t time_ms = absl::ToUnixMillis(frame.time);
  if (time_ms < kFirstTimeMs || time_ms > kLastTimeMs) {
    return absl::InvalidArgumentError(
        absl::StrFormat("store frame of %s: its time is not within years 1 to 9999", frame.host));
  }
  return absl::OkStatus();
}

absl::Status CheckSchema(const Schema& schema) {
  std::string bytes;
  AppendSchema(schema, &bytes);
  if (bytes.size() < kMostRecordBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("store a schema of %d series: it takes %d bytes, and may take %d",
                      schema.series().size(), bytes.size(), kMostRecordBytes));
}

std::int64_t Appender::Take(std::span<const FramePtr> frames) {
  const ContentsView contents = contents_->View();
  std::int64_t taken = 0;
  for (const FramePtr& frame : frames) {
    const std::int64_t time_ms = absl::ToUnixMillis(frame->time);
    if (frame->part) {
      taken += TakePart(frame, time_ms, contents);
      continue;
    }
    if (!arrivals_.Add(frame->host, frame->source, time_ms, contents)) {
      const KnownValues known = FindKnownValues(*frame, time_ms, contents, /*with_own_group=*/true);
      NoteConflicts(*frame, known.conflicting, known.first_conflict);
      if (frame->outcome != nullptr) frame->outcome->NoteRepeated(CountMeasured(*frame));
      continue;
    }
    contents.active->Add(frame->host, frame->source, frame->schema, time_ms, frame->values);
    unsynced_.push_back(frame);
    if (log_ != nullptr) log_->Add(*frame);
    ++taken;
  }
  return taken;
}

bool Appender::TakePart(const FramePtr& frame, std::int64_t time_ms, const ContentsView& contents) {
  KnownValues known = FindKnownValues(*frame, time_ms, contents, /*with_own_group=*/false);
  NoteConflicts(*frame, known.conflicting, known.first_conflict);
  FramePtr kept = frame;
  if (known.known > 0) {
    Frame rest = *frame;
    rest.values = std::move(known.rest);
    kept = std::make_shared<const Frame>(std::move(rest));
  }
  const Filled filled =
      contents.active->Fill(kept->host, kept->source, kept->schema, time_ms, kept->values);
  NoteConflicts(*frame, filled.conflicting, filled.first_conflict);
  // What was there already stands in the log, or in frames that are on their way there.
  if (filled.taken == 0) return false;
  has_parts_ = true;
  unsynced_.push_back(kept);
  if (log_ != nullptr) log_->Add(*kept);
  return true;
}

void Appender::NoteConflicts(const Frame& frame, std::int64_t count, std::size_t column) {
  if (count == 0) return;
  const std::string sample = DescribeSample(frame, column);
  conflicts_.values += count;
  if (conflicts_.first.empty()) conflicts_.first = sample;
  if (frame.outcome != nullptr) frame.outcome->NoteConflicts(count, sample);
}

absl::Status Appender::BeginSegment() {
  const std::uint64_t number = next_segment_++;
  absl::StatusOr<std::unique_ptr<LogWriter>> log = LogWriter::Create(files_, directory_, number);
  if (!log.ok()) {
    // Nothing stands in it, so it is only in the way. It may not even exist.
    static_cast<void>(files_->Remove(directory_ + "/" + LogName(number)));
    return log.status();
  }
  log_ = *std::move(log);
  for (const FramePtr& frame : unsynced_) log_->Add(*frame);
  return absl::OkStatus();
}

void Appender::Abandon() {
  const std::unique_ptr<LogWriter> log = std::move(log_);
  // All that stands in a segment which was never synced is in unsynced_, too. On a full disk its
  // bytes are what the next attempt needs.
  if (log->synced_size() == 0) {
    static_cast<void>(files_->Remove(directory_ + "/" + LogName(log->number())));
  }
}

absl::Status Appender::Write() {
  if (unsynced_.empty()) return absl::OkStatus();
  if (log_ == nullptr) RETURN_IF_ERROR(BeginSegment());
  const absl::Status status = log_->Write();
  if (!status.ok()) Abandon();
  return status;
}

absl::Status Appender::Sync() {
  if (unsynced_.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(Write());
  const absl::Status status = log_->Sync();
  if (!status.ok()) {
    Abandon();
    return status;
  }
  unsynced_.clear();
  has_parts_ = false;
  return absl::OkStatus();
}

std::uint64_t Appender::EndSegment() {
  if (log_ != nullptr) {
    // The mark only helps to tell damage from the trace of a crash; the rows are synced.
    static_cast<void>(log_->Finish());
    log_.reset();
  }
  return next_segment_ - 1;
}

void Appender::Freeze() {
  EndSegment();
  contents_->Freeze(next_segment_);
  arrivals_.Trim();
}

}  // namespace syspulse
