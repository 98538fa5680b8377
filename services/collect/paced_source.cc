#include "services/collect/paced_source.h"

#include <condition_variable>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/log.h"
#include "services/base/mutex.h"

namespace syspulse {
namespace {

constexpr absl::Duration kFarewell = absl::Milliseconds(200);

}  // namespace

struct PacedSource::State {
  const std::unique_ptr<Source> source;  // read by the thread
  mutable Mutex mutex;
  mutable std::condition_variable_any changed;
  std::optional<absl::Time> wanted ABSL_GUARDED_BY(mutex);  // the thread has not taken it yet
  bool reading ABSL_GUARDED_BY(mutex) = false;              // wanted or being read
  bool stopped ABSL_GUARDED_BY(mutex) = false;
  bool ended ABSL_GUARDED_BY(mutex) = false;           // the thread has
  std::deque<FramePtr> frames ABSL_GUARDED_BY(mutex);  // read and not taken

  explicit State(std::unique_ptr<Source> owned) : source(std::move(owned)) {}

  void Work();
};

void PacedSource::State::Work() {
  while (true) {
    absl::Time time;
    {
      MutexLock lock(mutex);
      changed.wait(mutex, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopped || wanted; });
      if (stopped) break;
      time = *std::exchange(wanted, std::nullopt);
    }
    FramePtr read = source->Read(time);
    MutexLock lock(mutex);
    if (stopped) break;
    if (read != nullptr) frames.push_back(std::move(read));
    reading = false;
    changed.notify_all();
  }
}

PacedSource::PacedSource(std::unique_ptr<Source> source, const Clock* clock, Pace pace)
    : clock_(clock), pace_(pace), state_(std::make_shared<State>(std::move(source))) {
  std::thread([state = state_] {
    state->Work();
    MutexLock lock(state->mutex);
    state->ended = true;
    state->changed.notify_all();
  }).detach();
}

PacedSource::~PacedSource() {
  MutexLock lock(state_->mutex);
  state_->stopped = true;
  state_->changed.notify_all();
  state_->changed.wait_for(state_->mutex, absl::ToChronoMilliseconds(kFarewell),
                           [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return state_->ended; });
}

bool PacedSource::IsDue(absl::Time deadline, std::optional<absl::Time> last) const {
  const auto interval_of = [&](absl::Time time) {
    return absl::Floor(time - absl::UnixEpoch(), pace_.interval);
  };
  return !last || interval_of(deadline) != interval_of(*last);
}

void PacedSource::StartIfDue(absl::Time deadline) {
  if (!IsDue(deadline, last_start_)) return;
  MutexLock lock(state_->mutex);
  if (state_->reading) return;
  last_start_ = deadline;
  last_report_.reset();
  started_at_ = clock_->Monotonic();
  state_->reading = true;
  state_->wanted = deadline;
  state_->changed.notify_all();
}

FramePtr PacedSource::Take(absl::Time deadline) {
  {
    MutexLock lock(state_->mutex);
    if (!state_->frames.empty()) {
      FramePtr frame = std::move(state_->frames.front());
      state_->frames.pop_front();
      return frame;
    }
    if (!state_->reading) return nullptr;
  }
  const absl::Duration since = clock_->Monotonic() - started_at_;
  if (since < pace_.patience || !IsDue(deadline, last_report_)) return nullptr;
  return HangingFrame(deadline, since);
}

// What was read before the collector at fault is the thread's until it ends, so only outcomes are
// told.
FramePtr PacedSource::HangingFrame(absl::Time deadline, absl::Duration since) {
  const std::vector<std::string_view> names = state_->source->CollectorNames();
  const std::size_t at = state_->source->position();
  if (!last_report_) {
    LogWarning("collector %s hangs since %s; source %s waits for it", std::string(names[at]),
               absl::FormatDuration(since), state_->source->name());
  }
  last_report_ = deadline;
  for (std::size_t i = 0; i < names.size(); ++i) {
    AddOutcome(
        {.name = names[i], .success = i < at, .duration = i == at ? since : absl::ZeroDuration()},
        &hanging_writer_);
  }
  absl::StatusOr<Tick> tick = hanging_writer_.Finish();
  if (!tick.ok()) return nullptr;
  return std::make_shared<const Frame>(Frame{.host = state_->source->host_id(),
                                             .source = state_->source->name(),
                                             .schema = std::move(tick->schema),
                                             .time = deadline,
                                             .values = std::move(tick->values)});
}

bool PacedSource::WaitUntilRead(absl::Duration timeout) const {
  MutexLock lock(state_->mutex);
  return state_->changed.wait_for(state_->mutex, absl::ToChronoMilliseconds(timeout),
                                  [&]()
                                      ABSL_NO_THREAD_SAFETY_ANALYSIS { return !state_->reading; });
}

}  // namespace syspulse
