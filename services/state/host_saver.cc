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

constexpr absl::Duration kRetry = absl::Seconds(2);  // while the disk is full or broken

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

void HostSaver::OnHost(const HostPtr&) { NoteChange(); }
void HostSaver::OnHostDeleted(const std::string&) { NoteChange(); }

void HostSaver::NoteChange() {
  MutexLock lock(mutex_);
  changed_ = true;
  wake_.notify_one();
}

bool HostSaver::WaitForChange(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  return wake_.wait(mutex_, stop, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return changed_; }) &&
         !stop.stop_requested();
}

void HostSaver::Run(const std::stop_token& stop) {
  while (WaitForChange(stop) && clock_->SleepUntil(clock_->Monotonic() + kGather, stop)) {
    {
      MutexLock lock(mutex_);
      changed_ = false;
    }
    while (!SaveOnce()) {
      if (!clock_->SleepUntil(clock_->Monotonic() + kRetry, stop)) return;
    }
  }
}

}  // namespace syspulse
