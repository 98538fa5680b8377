#include "services/state/host_saver.h"

#include <utility>

#include "absl/time/time.h"
#include "services/base/log.h"
#include "services/state/host_file.h"

namespace syspulse {
namespace {

// Changes of this long are written at once: long enough to gather a fleet that reconnects, short
// enough to lose no name that someone just gave.
constexpr absl::Duration kGather = absl::Milliseconds(200);

// The same for what is not worth a write of its own.
constexpr absl::Duration kGatherSeen = absl::Seconds(10);

constexpr absl::Duration kRetry = absl::Seconds(2);  // while the disk is full or broken

// Whether two descriptions of a host differ in nothing but when, where and how it was seen.
bool AlikeButSeen(const Host& a, Host b) {
  b.state = a.state;
  b.address = a.address;
  b.last_seen = a.last_seen;
  b.completeness = a.completeness;
  b.clock_skew = a.clock_skew;
  b.conflict = a.conflict;
  return a == b;
}

}  // namespace

HostSaver::HostSaver(Hub* hub, const DataDir* dir, const Clock* clock)
    : hub_(hub), dir_(dir), clock_(clock) {
  const std::vector<HostPtr> hosts = hub->Hosts();
  for (const HostPtr& host : hosts) known_[host->id] = host;
  saved_ = FormatHosts(hosts);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  hub_->AddSink(this);
}

HostSaver::~HostSaver() {
  hub_->RemoveSink(this);
  thread_.request_stop();
  {
    MutexLock lock(mutex_);
    nap_.request_stop();
  }
  thread_.join();
  SaveOnce();
}

bool HostSaver::SaveOnce() {
  std::string text = FormatHosts(hub_->Hosts());
  if (text == saved_) return true;
  const absl::Status written = dir_->WriteFile(kHostFileName, text);
  if (written.ok()) {
    saved_ = std::move(text);
    if (failing_) LogInfo("the list of hosts is saved again");
  } else if (!failing_) {
    LogWarning("cannot save the list of hosts: %s; trying again every %s",
               std::string(written.message()), absl::FormatDuration(kRetry));
  }
  failing_ = !written.ok();
  return written.ok();
}

void HostSaver::OnHost(const HostPtr& host) {
  MutexLock lock(mutex_);
  HostPtr& known = known_[host->id];
  const bool alike = known != nullptr && AlikeButSeen(*known, *host);
  known = host;
  SaveWithinLocked(alike ? kGatherSeen : kGather);
}

void HostSaver::OnHostDeleted(const std::string& host_id) {
  MutexLock lock(mutex_);
  known_.erase(host_id);
  SaveWithinLocked(kGather);
}

void HostSaver::SaveWithinLocked(absl::Duration time) {
  const absl::Duration due = clock_->Monotonic() + time;
  if (due >= due_) return;
  due_ = due;
  nap_.request_stop();
  wake_.notify_one();
}

void HostSaver::Run(const std::stop_token& stop) {
  while (true) {
    absl::Duration due;
    std::stop_token nap;
    {
      MutexLock lock(mutex_);
      wake_.wait(mutex_, stop, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return due_ != absl::InfiniteDuration();
      });
      if (stop.stop_requested()) return;
      due = due_;
      nap_ = std::stop_source();
      nap = nap_.get_token();
    }
    if (!clock_->SleepUntil(due, nap)) continue;  // it is due sooner, or this ends
    {
      MutexLock lock(mutex_);
      due_ = absl::InfiniteDuration();
    }
    while (!SaveOnce()) {
      if (!clock_->SleepUntil(clock_->Monotonic() + kRetry, stop)) return;
    }
  }
}

}  // namespace syspulse
