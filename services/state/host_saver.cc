#include "services/state/host_saver.h"

#include "absl/time/time.h"
#include "services/base/log.h"
#include "services/state/host_file.h"

namespace syspulse {
namespace {

// Changes of this long are written at once: long enough to gather a fleet that reconnects, short
// enough to lose no name that someone just gave.
constexpr absl::Duration kGather = absl::Milliseconds(200);

}  // namespace

HostSaver::HostSaver(Hub* hub, const DataDir* dir, const Clock* clock)
    : hub_(hub),
      dir_(dir),
      clock_(clock),
      saved_(FormatHosts(hub->Hosts())),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {
  hub_->AddSink(this);
}

HostSaver::~HostSaver() {
  hub_->RemoveSink(this);
  thread_.request_stop();
  thread_.join();
  SaveOnce();
}

void HostSaver::SaveOnce() {
  std::string text = FormatHosts(hub_->Hosts());
  if (text == saved_) return;
  const absl::Status written = dir_->WriteFile(kHostFileName, text);
  if (written.ok()) {
    saved_ = std::move(text);
    failing_ = false;
  } else if (!failing_) {
    failing_ = true;
    LogWarning("cannot save the list of hosts: %s", written.ToString());
  }
}

void HostSaver::OnHost(const HostPtr&) { NoteChange(); }
void HostSaver::OnHostDeleted(const std::string&) { NoteChange(); }

void HostSaver::NoteChange() {
  MutexLock lock(mutex_);
  changed_ = true;
  wake_.notify_one();
}

void HostSaver::Run(const std::stop_token& stop) {
  while (true) {
    {
      MutexLock lock(mutex_);
      const bool woken =
          wake_.wait(mutex_, stop, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return changed_; });
      if (!woken || stop.stop_requested()) return;
    }
    if (!clock_->SleepUntil(clock_->Now() + kGather, stop)) return;
    {
      MutexLock lock(mutex_);
      changed_ = false;
    }
    SaveOnce();
  }
}

}  // namespace syspulse
