#include "services/agent/spool.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/store/log_format.h"

namespace syspulse {
namespace {

constexpr const char* kPlaceName = "acknowledged";
constexpr std::int64_t kLongestPlace = 64;             // bytes
constexpr std::uint64_t kMostSegment = 9'000'000'000;  // what a name has digits for

// A segment is read as a whole, so its frames should not be too many for the memory of an agent.
constexpr std::int64_t kLeastSegment = 16 << 10;
constexpr std::int64_t kLargestSegment = 256 << 10;
constexpr std::int64_t kSegments = 64;  // at least, so that dropping the oldest costs little

// How often one that the file system does not give back is asked for before those behind it go on.
constexpr int kMostTries = 10;

std::int64_t SegmentBytes(const SpoolOptions& options) {
  return std::clamp(options.max_bytes / kSegments, kLeastSegment, kLargestSegment);
}

std::string PathOf(const SpoolOptions& options, std::uint64_t number) {
  return options.directory + "/" + LogName(number);
}

}  // namespace

std::string CauseOf(const absl::Status& status) {
  const std::string sentence(status.message());
  const std::size_t colon = sentence.rfind(": ");
  return colon == std::string::npos ? sentence : sentence.substr(colon + 2);
}

absl::StatusOr<std::unique_ptr<Spool>> Spool::Open(SpoolOptions options, FileSystem* files,
                                                   const Clock* clock) {
  std::unique_ptr<Spool> spool(new Spool(std::move(options), files, clock));
  RETURN_IF_ERROR(spool->TakeFolder());
  spool->LoadPlace();
  return spool;
}

Spool::Spool(SpoolOptions options, FileSystem* files, const Clock* clock)
    : options_(std::move(options)), files_(files), clock_(clock) {}

Spool::~Spool() {
  FinishSegment();
  if (done_ == saved_ || lock_ == nullptr) return;
  // Without it some frames are sent twice, and taken once.
  static_cast<void>(WriteFileAtomically(files_, options_.directory, kPlaceName,
                                        absl::StrFormat("%d %d", done_.segment, done_.end)));
}

// Takes the folder as it is now.
absl::Status Spool::TakeFolder() {
  RETURN_IF_ERROR(files_->CreateDirectories(options_.directory));
  ASSIGN_OR_RETURN(std::unique_ptr<DirectoryLock> lock, files_->Lock(options_.directory));
  RETURN_IF_ERROR(FindSegments());
  lock_ = std::move(lock);
  return absl::OkStatus();
}

// Begins anew where somebody removed the folder, or files of it. Places stay what they are: the
// numbers of segments go on, and what was read from those that are gone still counts.
absl::Status Spool::TakeFolderAgain() {
  lock_.reset();
  RETURN_IF_ERROR(TakeFolder());
  saved_ = {};
  LogWarning(
      "spool %s: it was removed, or files of it; samples that stood there are lost, and it is "
      "made again",
      options_.directory);
  return absl::OkStatus();
}

absl::Status Spool::FindSegments() {
  segments_.clear();
  bytes_ = 0;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files_->List(options_.directory));
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> number = LogNumber(name);
    if (!number) continue;
    ASSIGN_OR_RETURN(const std::unique_ptr<ReadableFile> file,
                     files_->Open(options_.directory + "/" + name));
    segments_[*number].bytes = file->size();
    bytes_ += file->size();
    next_segment_ = std::max(next_segment_, *number + 1);
  }
  return absl::OkStatus();
}

void Spool::LoadPlace() {
  const auto bytes = ReadWholeFile(files_, options_.directory + "/" + kPlaceName, kLongestPlace);
  if (!bytes.ok()) return;  // nothing is acknowledged then
  std::string_view rest = *bytes;
  const auto segment = ParseNumber<std::uint64_t>(TakeField(&rest));
  const auto end = ParseNumber<std::int64_t>(TakeField(&rest));
  if (!segment || !end || *segment == 0 || *segment > kMostSegment || *end < 0) return;
  // The next segment must not be taken for one that is acknowledged and gone.
  next_segment_ = std::max(next_segment_, *segment + 1);
  if (!segments_.contains(*segment)) return;
  done_ = saved_ = given_ = read_ = {.segment = *segment, .end = *end};
  read_.segment = *segment - 1;  // the rest of it is to be read
  while (!segments_.empty() && segments_.begin()->first < *segment) {
    Remove(segments_.begin()->first);
  }
}

absl::Status Spool::Append(std::span<const SpoolBatch> batches) {
  if (batches.empty()) return absl::OkStatus();
  if (lock_ == nullptr) RETURN_IF_ERROR(TakeFolderAgain());
  absl::Status status = WriteAll(batches);
  if (absl::IsNotFound(status)) {
    Abandon();
    RETURN_IF_ERROR(TakeFolderAgain());
    status = WriteAll(batches);
  }
  if (!status.ok()) {
    Abandon();
    return status;
  }
  NoteSize();
  if (log_->size() >= SegmentBytes(options_)) FinishSegment();
  while (bytes_ > options_.max_bytes && segments_.size() > 1) {
    DropSegment(segments_.begin()->first);
  }
  return absl::OkStatus();
}

absl::Status Spool::WriteAll(std::span<const SpoolBatch> batches) {
  if (log_ == nullptr) {
    const std::uint64_t number = next_segment_++;
    absl::StatusOr<std::unique_ptr<LogWriter>> log =
        LogWriter::Create(files_, options_.directory, number);
    if (!log.ok()) {
      // Nothing stands in it. It may not even exist.
      static_cast<void>(files_->Remove(PathOf(options_, number)));
      return log.status();
    }
    log_ = *std::move(log);
    log_newest_ = absl::InfinitePast();
    segments_[number];
  }
  for (const SpoolBatch& batch : batches) {
    for (const FramePtr& frame : batch.frames) {
      log_->Add(*frame);
      log_newest_ = std::max(log_newest_, frame->time);
    }
  }
  RETURN_IF_ERROR(log_->Write());
  return log_->Sync();
}

// A segment that failed is not continued; what was synced of it counts.
void Spool::Abandon() {
  if (log_ == nullptr) return;
  const std::uint64_t number = log_->number();
  if (log_->synced_size() == 0) {
    Remove(number);
  } else {
    NoteSize();
  }
  log_.reset();
}

void Spool::NoteSize() {
  Segment& segment = segments_[log_->number()];
  bytes_ += log_->size() - segment.bytes;
  segment.bytes = log_->size();
  segment.newest = log_newest_;
}

void Spool::FinishSegment() {
  if (log_ == nullptr) return;
  // The mark only helps to tell damage from the trace of a crash; the frames are synced.
  static_cast<void>(log_->Finish());
  NoteSize();
  log_.reset();
}

std::uint64_t Spool::NextToRead() const {
  const auto next = segments_.upper_bound(read_.segment);
  return next == segments_.end() ? 0 : next->first;
}

bool Spool::has_more() const { return !ready_.empty() || NextToRead() != 0; }

std::vector<SpoolBatch> Spool::Read(std::size_t most) {
  while (ready_.empty() && NextToRead() != 0) {
    const std::uint64_t number = NextToRead();
    if (log_ != nullptr && log_->number() == number) FinishSegment();
    if (!ReadSegment(number) && !GiveUp(number)) break;
  }
  std::vector<SpoolBatch> batches;
  for (; !ready_.empty() && batches.size() < most; ready_.pop_front()) {
    given_ = ready_.front().place;
    batches.push_back(std::move(ready_.front()));
  }
  return batches;
}

absl::StatusOr<LogReadResult> Spool::ForEachRow(std::uint64_t number, const OnLogRow& on_row) {
  return ReadLogFile(
      files_, PathOf(options_, number), number, [](std::uint64_t) { return nullptr; }, on_row);
}

// Returns false if it cannot be read now.
bool Spool::ReadSegment(std::uint64_t number) {
  SpoolPlace place{.segment = number};
  std::int64_t others = 0;
  const auto result = ForEachRow(number, [&](const LogRow& row) {
    ++place.end;
    if (place <= done_) return;
    if (row.host != options_.host_id) {
      ++dropped_[row.source];
      ++others;
      return;
    }
    const absl::Time time = absl::FromUnixMillis(row.time_ms);
    // Frames of one time were measured together.
    if (ready_.empty() || ready_.back().frames.front()->time != time) ready_.emplace_back();
    SpoolBatch& batch = ready_.back();
    batch.place = place;
    batch.frames.push_back(
        std::make_shared<const Frame>(Frame{.host = row.host,
                                            .source = row.source,
                                            .schema = row.schema,
                                            .time = time,
                                            .values = {row.values.begin(), row.values.end()}}));
  });
  if (MayComeBack(result.status())) return false;
  tries_ = 0;
  if (result.ok()) said_.clear();
  read_ = place;
  if (!ready_.empty()) ready_.back().place = place;  // behind it are those of others at most
  if (result.ok() && !result->damage.empty()) {
    LogWarning("spool: %s; the samples there are lost", result->damage);
  }
  if (others > 0) {
    LogWarning("spool %s: dropped %d frames of another host; this one is hosts/%s",
               options_.directory, others, options_.host_id);
  }
  if (ready_.empty()) Remove(number);
  return true;
}

// Returns whether a segment that could not be read was tried often enough: then it is left behind.
bool Spool::GiveUp(std::uint64_t number) {
  if (++tries_ < kMostTries) return false;
  LogWarning("spool: %s could not be read %d times; its samples are lost", PathOf(options_, number),
             tries_);
  tries_ = 0;
  read_ = {.segment = number};
  Remove(number);
  return true;
}

// Says what is wrong with a segment, if anything is. Returns whether it may be read another time.
bool Spool::MayComeBack(const absl::Status& status) {
  if (status.ok()) return false;
  // Each that is damaged is a loss of its own; else they share what is wrong with the disk.
  const std::string sentence(status.message());
  const std::string cause = absl::IsDataLoss(status) ? sentence : CauseOf(status);
  if (std::exchange(said_, cause) != cause) LogWarning("spool: %s", sentence);
  return !absl::IsDataLoss(status) && !absl::IsNotFound(status);
}

void Spool::Done(SpoolPlace place) {
  if (place <= done_) return;
  done_ = place;
  while (!segments_.empty() && segments_.begin()->first < place.segment) {
    Remove(segments_.begin()->first);
  }
  if (place == read_) Remove(place.segment);
}

void Spool::DropOld() {
  const absl::Time oldest = clock_->Now() - options_.max_age;
  while (!segments_.empty()) {
    auto& [number, segment] = *segments_.begin();
    if (!segment.newest) {
      absl::Time newest = absl::InfinitePast();  // if there is nothing in it
      const auto result = ForEachRow(number, [&newest](const LogRow& row) {
        newest = std::max(newest, absl::FromUnixMillis(row.time_ms));
      });
      if (MayComeBack(result.status())) return;
      segment.newest = newest;
    }
    if (*segment.newest >= oldest) return;
    DropSegment(number);
  }
}

void Spool::DropSegment(std::uint64_t number) {
  if (log_ != nullptr && log_->number() == number) FinishSegment();
  SpoolPlace place{.segment = number};
  // What was read goes its own way, and may still arrive.
  static_cast<void>(ForEachRow(number, [&](const LogRow& row) {
    ++place.end;
    if (place > std::max(done_, given_)) ++dropped_[row.source];
  }));
  std::erase_if(ready_, [&](const SpoolBatch& batch) { return batch.place.segment == number; });
  read_ = std::max(read_, SpoolPlace{.segment = number});
  Remove(number);
}

void Spool::Remove(std::uint64_t number) {
  const auto segment = segments_.find(number);
  if (segment == segments_.end()) return;
  static_cast<void>(files_->Remove(PathOf(options_, number)));
  bytes_ -= segment->second.bytes;
  segments_.erase(segment);
}

SourceCounts Spool::TakeDropped() { return std::exchange(dropped_, {}); }

}  // namespace syspulse
