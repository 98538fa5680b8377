#include "tests/bench/fleet/trial.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/mutex.h"
#include "services/base/periodic.h"
#include "tests/bench/fleet/history_check.h"
#include "tests/bench/fleet/process_cost.h"
#include "tests/bench/fleet/readers.h"
#include "tests/bench/fleet/slow_relay.h"

namespace syspulse {
namespace {

constexpr double kMiB = 1 << 20;
constexpr absl::Duration kReadersPatience = absl::Seconds(60);  // until each was served once
constexpr absl::Duration kLastFramePatience = absl::Seconds(10);
constexpr absl::Duration kPoll = absl::Milliseconds(20);
constexpr absl::Duration kHistoryPatience = absl::Seconds(10);

// How many agents came back in each second.
class Reconnects {
 public:
  Reconnects(const PlayedAgents* agents, const Clock* clock)
      : loop_(clock, absl::Seconds(1), [this, agents] {
          const std::int64_t now = agents->Counts().reconnects;
          MutexLock lock(mutex_);
          each_second_.push_back(now - last_);
          last_ = now;
        }) {}

  // From the first second in which one came back to the last. By now `all` have, in sum.
  std::vector<std::int64_t> EachSecond(std::int64_t all) {
    MutexLock lock(mutex_);
    each_second_.push_back(all - last_);
    last_ = all;
    const auto came = [](std::int64_t count) { return count > 0; };
    const auto first = std::ranges::find_if(each_second_, came);
    const auto last = std::find_if(each_second_.rbegin(), each_second_.rend(), came).base();
    return first < last ? std::vector<std::int64_t>(first, last) : std::vector<std::int64_t>();
  }

 private:
  Mutex mutex_;
  std::vector<std::int64_t> each_second_ ABSL_GUARDED_BY(mutex_);
  std::int64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  const Periodic loop_;  // last: uses what stands above
};

void PrintLatencies(const char* what, const Latencies& latencies) {
  absl::PrintF("%-24s p50 %.1f ms, p99 %.1f ms, max %.1f ms, of %zu\n", what,
               absl::ToDoubleMilliseconds(latencies.Quantile(0.5)),
               absl::ToDoubleMilliseconds(latencies.Quantile(0.99)),
               absl::ToDoubleMilliseconds(latencies.Quantile(1)), latencies.count());
}

void PrintArrivals(const char* what, const Arrivals& arrivals) {
  PrintLatencies(what, arrivals.after());
  absl::PrintF("%-24s %d messages, skipped %d\n", "", arrivals.messages(), arrivals.skipped());
}

// What a process used from here to there.
class CostSince {
 public:
  CostSince(pid_t pid, const Clock* clock)
      : pid_(pid), clock_(*clock), start_(clock->Monotonic()), before_(ReadProcessCost(pid)) {}

  void Print(const char* what) const {
    const auto now = ReadProcessCost(pid_);
    if (!before_.has_value() || !now.has_value()) return;
    const double seconds = absl::ToDoubleSeconds(clock_.Monotonic() - start_);
    absl::PrintF("%-24s %.1f %% of a core, %.0f MiB now, %.0f MiB before, %.0f MiB at most\n", what,
                 100 * (now->cpu_seconds - before_->cpu_seconds) / seconds,
                 static_cast<double>(now->resident_bytes) / kMiB,
                 static_cast<double>(before_->resident_bytes) / kMiB,
                 static_cast<double>(now->peak_bytes) / kMiB);
  }

 private:
  const pid_t pid_;
  const Clock& clock_;
  const absl::Duration start_;  // monotonic
  const std::optional<ProcessCost> before_;
};

// Returns whether it came true, within so much time.
template <typename Condition>
bool WaitFor(absl::Duration patience, const Clock& clock, const Condition& condition) {
  const absl::Duration deadline = clock.Monotonic() + patience;
  while (!condition()) {
    if (clock.Monotonic() > deadline) return false;
    clock.SleepUntil(clock.Monotonic() + kPoll, std::stop_token());
  }
  return true;
}

// Those who watch, as far as they are wanted.
struct Audience {
  Audience(const TrialOptions& options, const PlayedAgents& agents, const Clock* clock)
      : frames(&agents.send_times(), clock),
        snapshots(&agents.send_times(), clock),
        ignored(&agents.send_times(), clock) {
    if (options.live) live.emplace(options.agents.server, &frames);
    const auto readers = [&](const std::string& server, std::size_t count, bool never_read,
                             Arrivals* arrivals) {
      return std::make_unique<SnapshotReaders>(
          SnapshotReaders::Options{.server = server,
                                   .streams = count,
                                   .connections = std::clamp<std::size_t>(count / 100, 1, 50),
                                   .hosts = options.agents.agents,
                                   .never_read = never_read},
          clock, arrivals);
    };
    if (options.readers > 0) {
      crowd = readers(options.agents.server, options.readers, false, &snapshots);
    }
    if (!options.stalled) return;
    relay.emplace(options.agents.server);
    silent = readers(options.agents.server, 1, true, &ignored);
    slow = readers(relay->address(), 1, false, &ignored);
  }

  void CountFrom(std::int64_t second) {
    frames.CountFrom(second);
    snapshots.CountFrom(second);
  }

  // Waits until all of them got what there is already. Returns false if that takes too long.
  bool WaitUntilServed(const TrialOptions& options, const Clock& clock) const {
    const auto hosts = static_cast<std::int64_t>(options.agents.agents);
    return WaitFor(kReadersPatience, clock, [&] {
      return (!live.has_value() || frames.messages() >= hosts) &&
             (crowd == nullptr || crowd->served() >= options.readers);
    });
  }

  // Waits until the reader of all frames got the last of so many, unless that takes too long.
  void WaitForFrames(std::int64_t sent, const Clock& clock) const {
    WaitFor(kLastFramePatience, clock,
            [&] { return !live.has_value() || frames.messages() + frames.skipped() >= sent; });
  }

  void Print() const {
    if (live.has_value()) PrintArrivals("to a reader of frames", frames);
    if (crowd != nullptr) {
      PrintArrivals("to readers of snapshots", snapshots);
      PrintEnd("readers of snapshots", *crowd);
    }
    if (silent != nullptr) PrintEnd("who never reads", *silent);
    if (slow != nullptr) PrintEnd("who hardly reads", *slow);
  }

  static void PrintEnd(const char* who, const SnapshotReaders& readers) {
    absl::PrintF("%-24s %zu ended by the service%s%s\n", who, readers.ended(),
                 readers.ended() > 0 ? ", the first " : "", readers.first_end().c_str());
  }

  Arrivals frames;
  Arrivals snapshots;
  Arrivals ignored;
  std::optional<LiveReader> live;
  std::optional<SlowRelay> relay;
  std::unique_ptr<SnapshotReaders> crowd;
  std::unique_ptr<SnapshotReaders> silent;
  std::unique_ptr<SnapshotReaders> slow;
};

absl::Time NextWholeSecond(const Clock& clock) {
  return NextMultiple(clock.Now(), absl::Seconds(1));
}

void PrintReconnects(const AgentsCounts& counts, Reconnects* reconnects) {
  const std::vector<std::int64_t> each = reconnects->EachSecond(counts.reconnects);
  if (each.empty()) return;
  absl::PrintF("%-24s %d, within %zu s, %d in the busiest; each second:", "connected again",
               counts.reconnects, each.size(), *std::ranges::max_element(each));
  for (const std::int64_t count : each) absl::PrintF(" %d", static_cast<int>(count));
  absl::PrintF("\n");
}

bool PrintOutcome(const AgentsCounts& counts) {
  absl::PrintF("%-24s sent %d, acknowledged %d, dropped %d, missing %d\n", "frames", counts.sent,
               counts.acknowledged, counts.dropped,
               counts.sent - counts.acknowledged - counts.dropped);
  return counts.acknowledged == counts.sent;
}

// Returns whether the history has all that was sent.
bool CheckHistory(const TrialOptions& options, std::vector<absl::Time> seconds,
                  const Clock& clock) {
  const HistoryCheck check{.server = options.agents.server,
                           .hosts = options.agents.agents,
                           .first = seconds.front(),
                           .last = seconds.back(),
                           .frames_each = std::ssize(seconds)};
  absl::Status found;
  WaitFor(kHistoryPatience, clock, [&] {
    found = CheckOnce(check);
    return found.ok();
  });
  absl::PrintF("%-24s %s\n", "history",
               found.ok() ? "has every frame once" : std::string(found.message()).c_str());
  return found.ok();
}

}  // namespace

bool RunTrial(const TrialOptions& options, const Fleet& fleet, const Clock& clock) {
  PlayedAgents agents(options.agents, &fleet, &clock);
  std::vector<absl::Time> seconds = {NextWholeSecond(clock)};
  agents.PlaySecond(seconds.back(), /*timed=*/false);
  if (!agents.WaitUntilSettled(options.patience)) {
    PrintOutcome(agents.Counts());
    return false;
  }
  Audience audience(options, agents, &clock);
  if (!audience.WaitUntilServed(options, clock)) {
    absl::PrintF("not every reader got what there is\n");
    audience.Print();
    return false;
  }
  Reconnects reconnects(&agents, &clock);
  const absl::Time start = NextWholeSecond(clock);
  audience.CountFrom(absl::ToUnixSeconds(start));
  const CostSince service(options.service, &clock);
  const CostSince own(getpid(), &clock);
  for (std::int64_t i = 0; i < options.seconds; ++i) {
    seconds.push_back(start + absl::Seconds(i));
    agents.PlaySecond(seconds.back(), /*timed=*/true);
  }
  if (options.service > 0) service.Print("service");
  own.Print("load");
  const bool settled = agents.WaitUntilSettled(options.patience);
  const AgentsCounts counts = agents.Counts();
  audience.WaitForFrames(counts.sent, clock);
  PrintLatencies("behind their time", agents.late());
  PrintLatencies("to acknowledgement", agents.acknowledged_after());
  audience.Print();
  PrintReconnects(counts, &reconnects);
  const bool acknowledged = PrintOutcome(counts) && settled;
  return CheckHistory(options, std::move(seconds), clock) && acknowledged;
}

}  // namespace syspulse
