#include "services/agent/spooler.h"

#include <utility>
#include <vector>

#include "services/base/log.h"

namespace syspulse {
namespace {

constexpr absl::Duration kRetentionInterval = absl::Minutes(1);

// Batches that are read back at a time: enough for a second of an agent with the shortest interval.
constexpr std::size_t kReadBack = 10 * FrameBuffer::kLatePace;

}  // namespace

Spooler::Spooler(SpoolOptions options, FrameBuffer* buffer, FileSystem* files, const Clock* clock)
    : options_(std::move(options)),
      buffer_(buffer),
      files_(files),
      clock_(clock),
      next_try_(clock->Monotonic()),
      next_retention_(clock->Monotonic()) {}

bool Spooler::IsOpen() {
  if (spool_ != nullptr) return true;
  if (clock_->Monotonic() < next_try_) return false;
  auto spool = Spool::Open(options_, files_, clock_);
  Note(spool.status());
  if (!spool.ok()) return false;
  spool_ = *std::move(spool);
  if (spool_->has_more()) {
    LogInfo("spool %s: %d KB of samples wait to be sent", options_.directory,
            spool_->bytes() / 1024);
  }
  return true;
}

void Spooler::MoveOnce() {
  if (!IsOpen()) return;
  if (clock_->Monotonic() >= next_try_) Write(/*all=*/false);
  spool_->Done(buffer_->SpoolDone());
  if (clock_->Monotonic() >= next_retention_) {
    next_retention_ = clock_->Monotonic() + kRetentionInterval;
    spool_->DropOld();
  }
  if (buffer_->WantsReadBack()) buffer_->AddReadBack(spool_->Read(kReadBack));
  Report();
}

bool Spooler::Finish(absl::Duration patience) {
  const absl::Duration deadline = clock_->Monotonic() + patience;
  next_try_ = clock_->Monotonic();
  if (!IsOpen()) return buffer_->Stats().batches == 0;
  spool_->Done(buffer_->SpoolDone());
  while (!buffer_->ToSpool(/*all=*/true).empty() && clock_->Monotonic() < deadline) {
    if (!Write(/*all=*/true)) break;
  }
  Report();
  spool_.reset();
  return buffer_->ToSpool(/*all=*/true).empty();
}

bool Spooler::Write(bool all) {
  const std::vector<SpoolBatch> batches = buffer_->ToSpool(all);
  if (batches.empty()) return true;  // which says nothing of the disk
  const absl::Status status = spool_->Append(batches);
  Note(status);
  if (status.ok()) buffer_->Forget(batches);
  return status.ok();
}

void Spooler::Note(const absl::Status& status) {
  if (status.ok()) {
    if (!said_.empty()) LogInfo("spool %s: it works again", options_.directory);
    said_.clear();
    return;
  }
  next_try_ = clock_->Monotonic() + kRetry;
  std::string cause = CauseOf(status);
  if (cause == said_) return;
  LogWarning(
      "spool: %s; what the service does not take stays in memory, as far as that reaches, until "
      "this works again",
      std::string(status.message()));
  said_ = std::move(cause);
}

void Spooler::Report() {
  buffer_->CountDropped(spool_->TakeDropped());
  buffer_->SetSpool(spool_->bytes(), spool_->has_more());
}

}  // namespace syspulse
