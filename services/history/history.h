// Keeps what passes through the hub: every frame goes into the store, under the labels that queries
// know its host by.
//
//   instance   the hostname; with "/" and the host's id behind it where several hosts share one
//   job        "syspulse"
//
// Never waits: what the store does not take is counted, said once, and lives on in the hub only.
#ifndef SERVICES_HISTORY_HISTORY_H_
#define SERVICES_HISTORY_HISTORY_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/hub/hub.h"
#include "services/store/store.h"

namespace syspulse {

// Thread-safe.
class History final : public HubSink {
 public:
  // Listens to the hub from now on. Both must outlive this; hosts that the hub knows already are
  // taken in.
  History(Hub* hub, Store* store);
  ~History() override;

  void OnFrame(const FramePtr& frame) override;
  void OnProcessTable(const ProcessTablePtr&) override {}  // rows are not series
  void OnHost(const HostPtr& host) override;
  void OnHostDeleted(const std::string& host_id) override;

  // Returns how many frames the store did not take.
  std::int64_t refused_frames() const { return refused_frames_; }

 private:
  void NameLocked(const std::string& hostname) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Hub* const hub_;
  Store* const store_;
  std::atomic<std::int64_t> refused_frames_ = 0;

  Mutex mutex_;
  bool refusing_ ABSL_GUARDED_BY(mutex_) = false;                 // and that was logged
  std::map<std::string, HostPtr> hosts_ ABSL_GUARDED_BY(mutex_);  // by id
  std::map<std::string, std::map<std::string, HostPtr>> by_hostname_
      ABSL_GUARDED_BY(mutex_);  // then by id
};

}  // namespace syspulse

#endif  // SERVICES_HISTORY_HISTORY_H_
