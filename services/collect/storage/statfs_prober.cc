#include "services/collect/storage/statfs_prober.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "services/base/mutex.h"

namespace syspulse {
namespace {

// While questions wait and no thread is free, the threads are doubled this often.
constexpr absl::Duration kPatience = absl::Milliseconds(10);

}  // namespace

struct StatfsProber::State {
  // A mount point that was asked for.
  struct Probe {
    bool outstanding = false;
    bool taken = false;       // by a thread
    absl::Duration asked_at;  // monotonic
    std::optional<FilesystemUsage> answer;
  };

  const StatfsFunction statfs;
  Mutex mutex;
  std::condition_variable_any changed;
  std::map<std::string, Probe> probes ABSL_GUARDED_BY(mutex);
  std::deque<std::string> questions ABSL_GUARDED_BY(mutex);  // no thread has taken them yet
  int threads ABSL_GUARDED_BY(mutex) = 0;
  bool stopped ABSL_GUARDED_BY(mutex) = false;

  explicit State(StatfsFunction function) : statfs(std::move(function)) {}

  static void Work(const std::shared_ptr<State>& state);
  static void AddThreads(const std::shared_ptr<State>& state, int count)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(state->mutex);
  bool Answered(const std::vector<std::string>& asked) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  int Stuck(absl::Duration since) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

// Answers questions until there is no more use for it.
void StatfsProber::State::Work(const std::shared_ptr<State>& state) {
  while (true) {
    std::string mount_point;
    {
      MutexLock lock(state->mutex);
      state->changed.wait(state->mutex, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return state->stopped || !state->questions.empty();
      });
      if (state->stopped) break;
      mount_point = std::move(state->questions.front());
      state->questions.pop_front();
      state->probes[mount_point].taken = true;
    }
    const FilesystemUsage usage = state->statfs(mount_point);
    MutexLock lock(state->mutex);
    Probe& probe = state->probes[mount_point];
    probe.outstanding = false;
    probe.answer = usage;
    state->changed.notify_all();
  }
  MutexLock lock(state->mutex);
  --state->threads;
  state->changed.notify_all();
}

void StatfsProber::State::AddThreads(const std::shared_ptr<State>& state, int count) {
  for (int i = 0; i < count; ++i) {
    ++state->threads;
    std::thread([state] { Work(state); }).detach();
  }
}

bool StatfsProber::State::Answered(const std::vector<std::string>& asked) const {
  return std::ranges::none_of(
      asked, [&](const std::string& mount_point)
                 ABSL_NO_THREAD_SAFETY_ANALYSIS { return probes.at(mount_point).outstanding; });
}

// Returns how many threads wait for an answer since that time.
int StatfsProber::State::Stuck(absl::Duration since) const {
  return static_cast<int>(std::ranges::count_if(probes, [&](const auto& entry) {
    const Probe& probe = entry.second;
    return probe.outstanding && probe.taken && probe.asked_at <= since;
  }));
}

StatfsProber::StatfsProber(const Clock* clock, StatfsFunction statfs, StatfsOptions options)
    : clock_(clock), options_(options), state_(std::make_shared<State>(std::move(statfs))) {}

StatfsProber::~StatfsProber() {
  MutexLock lock(state_->mutex);
  state_->stopped = true;
  state_->questions.clear();
  state_->changed.notify_all();
  state_->changed.wait_for(state_->mutex, absl::ToChronoMilliseconds(options_.wait),
                           [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return state_->threads == 0; });
}

std::vector<FilesystemUsage> StatfsProber::Ask(const std::vector<std::string>& mount_points) {
  const absl::Duration now = clock_->Monotonic();
  MutexLock lock(state_->mutex);
  // Forgets what is no longer mounted, unless a thread still waits for its answer.
  const std::set<std::string_view> current(mount_points.begin(), mount_points.end());
  std::erase_if(state_->probes, [&](const auto& entry) {
    return !entry.second.outstanding && !current.contains(entry.first);
  });

  std::vector<std::string> asked;
  for (const std::string& mount_point : mount_points) {
    State::Probe& probe = state_->probes[mount_point];
    if (probe.outstanding) continue;
    probe.outstanding = true;
    probe.taken = false;
    probe.asked_at = now;
    asked.push_back(mount_point);
    state_->questions.push_back(mount_point);
  }
  state_->changed.notify_all();
  if (state_->threads == 0 && !asked.empty()) State::AddThreads(state_, 1);
  // A server that is gone may have many mounts: they must not take the place of all others.
  const int stuck = std::min(state_->Stuck(now - options_.stuck_after), options_.most_stuck);
  const int most_threads = options_.most_threads + stuck;
  for (absl::Duration waited; waited < options_.wait; waited += kPatience) {
    const bool answered = state_->changed.wait_for(
        state_->mutex, absl::ToChronoMilliseconds(kPatience), [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
          return state_->questions.empty() && state_->Answered(asked);
        });
    if (answered) break;
    if (state_->questions.empty()) continue;
    State::AddThreads(state_, std::clamp(most_threads - state_->threads, 0, state_->threads));
  }

  std::vector<FilesystemUsage> usages;
  for (const std::string& mount_point : mount_points) {
    const State::Probe& probe = state_->probes.at(mount_point);
    const bool stuck = probe.outstanding && now - probe.asked_at >= options_.stuck_after;
    usages.push_back(probe.answer && !stuck ? *probe.answer : FilesystemUsage{.error = ETIMEDOUT});
  }
  return usages;
}

}  // namespace syspulse
