#include "services/api/write_intake.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

// How often, and how long each time, a request that is half taken waits for the disk to go on.
constexpr int kPatience = 10;
constexpr absl::Duration kPause = absl::Milliseconds(200);

absl::Status Stopping() { return absl::UnavailableError("the service is stopping; send it again"); }

}  // namespace

absl::Status ToStatus(const WriteResult& result) {
  if (result.refused == 0) return absl::OkStatus();
  const std::string kept = result.samples == 0
                               ? std::string("none is kept")
                               : absl::StrFormat("the other %d are kept", result.samples);
  return absl::InvalidArgumentError(absl::StrFormat("%d of %d samples were refused, %s: %s",
                                                    result.refused, result.samples + result.refused,
                                                    kept, result.refusal));
}

WriteIntake::WriteIntake(FrameKeeper* keeper, WriteMetrics* metrics)
    : keeper_(keeper), metrics_(metrics) {
  keeper_->AddListener(this);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

WriteIntake::~WriteIntake() {
  Stop();
  thread_ = {};
  keeper_->RemoveListener(this);
}

absl::Status WriteIntake::Start(std::size_t bytes, Take take, Answered answered) {
  ++metrics_->requests;
  const MutexLock lock(mutex_);
  if (stopped_) return Stopping();
  if (!keeper_->is_keeping()) {
    ++metrics_->failed_requests;
    return absl::UnavailableError("the disk is full or broken; send it again later");
  }
  if (waiting_.size() + unkept_.size() >= kMostWaiting ||
      (waiting_bytes_ + bytes > kMostWaitingBytes && !waiting_.empty())) {
    ++metrics_->failed_requests;
    return absl::UnavailableError(
        absl::StrFormat("%d requests wait for the disk already; send it again later",
                        waiting_.size() + unkept_.size()));
  }
  waiting_bytes_ += bytes;
  waiting_.push_back({.bytes = bytes, .take = std::move(take), .answered = std::move(answered)});
  wake_.notify_all();
  return absl::OkStatus();
}

void WriteIntake::Run(const std::stop_token& stop) {
  while (true) {
    Request request;
    {
      const MutexLock lock(mutex_);
      wake_.wait(mutex_, stop,
                 [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !waiting_.empty(); });
      if (stop.stop_requested() || waiting_.empty()) return;
      request = std::move(waiting_.front());
      waiting_.pop_front();
      waiting_bytes_ -= request.bytes;
    }
    TakeOnce(request, stop);
  }
}

void WriteIntake::TakeOnce(const Request& request, const std::stop_token& stop) {
  absl::StatusOr<WrittenParts> parts = request.take();
  if (!parts.ok()) {
    Fail(request.answered, parts.status());
    return;
  }
  Count(*parts);
  const absl::StatusOr<std::uint64_t> ticket = KeepAll(parts->frames, stop);
  if (!ticket.ok()) {
    Fail(request.answered, ticket.status());
    return;
  }
  parts->frames.clear();  // the keeper has them
  bool stopped = false;
  {
    const MutexLock lock(mutex_);
    stopped = stopped_;
    if (!stopped) {
      unkept_.push_back(
          {.ticket = *ticket, .parts = *std::move(parts), .answered = request.answered});
    }
  }
  if (stopped) Fail(request.answered, Stopping());
  AnswerKept(keeper_->kept());
}

absl::StatusOr<std::uint64_t> WriteIntake::KeepAll(const std::vector<FramePtr>& frames,
                                                   const std::stop_token& stop) {
  std::uint64_t last = 0;
  for (const FramePtr& frame : frames) {
    absl::StatusOr<std::uint64_t> ticket = keeper_->Keep(frame);
    for (int i = 0; absl::IsUnavailable(ticket.status()) && i < kPatience; ++i) {
      if (!WaitForRoom(stop)) break;
      ticket = keeper_->Keep(frame);
    }
    if (!ticket.ok()) return ticket.status();
    last = *ticket;
  }
  return last;
}

bool WriteIntake::WaitForRoom(const std::stop_token& stop) {
  const MutexLock lock(mutex_);
  const std::uint64_t before = kept_;
  waits_for_room_ = true;
  wake_.wait_for(mutex_, stop, absl::ToChronoNanoseconds(kPause),
                 [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return kept_ != before; });
  waits_for_room_ = false;
  return !stop.stop_requested();
}

void WriteIntake::OnKept(std::uint64_t ticket) {
  {
    const MutexLock lock(mutex_);
    kept_ = ticket;
    if (waits_for_room_) wake_.notify_all();
  }
  AnswerKept(ticket);
}

void WriteIntake::AnswerKept(std::uint64_t ticket) {
  std::vector<Unkept> kept;
  {
    const MutexLock lock(mutex_);
    while (!unkept_.empty() && unkept_.front().ticket <= ticket) {
      kept.push_back(std::move(unkept_.front()));
      unkept_.pop_front();
    }
  }
  for (const Unkept& request : kept) Answer(request);
}

void WriteIntake::Count(const WrittenParts& parts) {
  metrics_->samples += parts.samples;
  metrics_->invalid_samples += parts.invalid_samples;
  metrics_->beyond_samples += parts.beyond_samples;
  metrics_->duplicate_samples += parts.conflicting_samples;
  metrics_->unplaced_samples += parts.unplaced_samples;
  metrics_->exemplars += parts.exemplars;
  metrics_->histograms += parts.histograms;
}

void WriteIntake::Answer(const Unkept& request) {
  const WrittenParts& parts = request.parts;
  const std::int64_t conflicting = parts.outcome->conflicting_values();
  metrics_->samples -= conflicting;
  metrics_->duplicate_samples += conflicting;
  WriteResult result{.samples = parts.samples - conflicting,
                     .refused = parts.refused_samples() + conflicting,
                     .refusal = parts.refusal};
  if (result.refused > 0 && result.refusal.empty()) {
    result.refusal =
        absl::StrFormat("the sample of %s has another value already, which counts as it came first",
                        parts.outcome->first_conflict());
  }
  request.answered(result);
}

void WriteIntake::Fail(const Answered& answered, const absl::Status& status) {
  ++metrics_->failed_requests;
  answered(status);
}

void WriteIntake::Stop() {
  thread_.request_stop();
  std::deque<Request> waiting;
  std::deque<Unkept> unkept;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    waiting.swap(waiting_);
    unkept.swap(unkept_);
    wake_.notify_all();
  }
  for (const Request& request : waiting) Fail(request.answered, Stopping());
  for (const Unkept& request : unkept) Fail(request.answered, Stopping());
}

}  // namespace syspulse
