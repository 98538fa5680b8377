// Keeps the file of hosts up to date with the hub.
//
// The hub calls from inside its lock, so all that happens there is to note that something changed;
// a thread that may block writes the file. What somebody said of a host is written at once; when
// and where it was last seen changes for a whole fleet whenever the network does, and is written
// now and then.
//
// Thread-safe.
#ifndef SERVICES_STATE_HOST_SAVER_H_
#define SERVICES_STATE_HOST_SAVER_H_

#include <condition_variable>
#include <map>
#include <stop_token>
#include <string>
#include <thread>

#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/hub/hub.h"
#include "services/state/data_dir.h"

namespace syspulse {

class HostSaver final : public HubSink {
 public:
  // All pointers must outlive this. Makes itself a sink of `hub`.
  HostSaver(Hub* hub, const DataDir* dir, const Clock* clock);

  // Saves what changed last.
  ~HostSaver() override;

  // Writes the file if it would differ from what was written last. Returns whether it holds
  // everything now; a failure is logged, once until it works again, and tried again every few
  // seconds.
  bool SaveOnce();

  void OnFrame(const FramePtr&) override {}
  void OnProcessTable(const ProcessTablePtr&) override {}
  void OnHost(const HostPtr& host) override;
  void OnHostDeleted(const std::string& host_id) override;

 private:
  void Run(const std::stop_token& stop);
  void SaveWithinLocked(absl::Duration time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Hub* const hub_;
  const DataDir* const dir_;
  const Clock* const clock_;

  Mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, HostPtr> known_ ABSL_GUARDED_BY(mutex_);           // by id
  absl::Duration due_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteDuration();  // monotonic
  std::stop_source nap_ ABSL_GUARDED_BY(mutex_);  // ends the wait until then

  // Of whoever saves: the thread, and the destructor behind it.
  std::string saved_;
  bool failing_ = false;

  std::jthread thread_;
};

}  // namespace syspulse

#endif  // SERVICES_STATE_HOST_SAVER_H_
