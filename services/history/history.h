// The past: keeps every frame that comes in, under the labels that queries know its host by, and
// gives it back as series.
//
//   instance   the hostname; with "/" and the host's id behind it where several hosts share one
//   job        "syspulse"
#ifndef SERVICES_HISTORY_HISTORY_H_
#define SERVICES_HISTORY_HISTORY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/history/store_series.h"
#include "services/hub/frame_keeper.h"
#include "services/hub/hub.h"
#include "services/store/store.h"

namespace syspulse {

// Thread-safe. Lock order: hub, reader of the store, store, then what is here.
class History final : public FrameKeeper, public HubSink {
 public:
  // Opens the store, whatever a crash left of it, and learns from the hub what hosts are called.
  // Errors are those of Store::Open. `hub`, `files` and `clock` must outlive it.
  static absl::StatusOr<std::unique_ptr<History>> Open(Hub* hub, StoreOptions options,
                                                       FileSystem* files, const Clock* clock);
  ~History() override;
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  absl::StatusOr<std::uint64_t> Keep(const FramePtr& frame) override;
  bool has_room() const override { return store_->has_room(); }
  bool is_keeping() const override { return store_->is_writing(); }
  KeptTimes times() const override;
  std::uint64_t taken() const override;
  std::uint64_t kept() const override;
  void DeleteHost(const std::string& host_id,
                  std::function<void(const absl::Status& status)> done) override {
    store_->DeleteHost(host_id, std::move(done));
  }
  void AddListener(KeptListener* listener) override;
  void RemoveListener(KeptListener* listener) override;

  void OnFrame(const FramePtr&) override {}                // comes by Keep, late ones too
  void OnProcessTable(const ProcessTablePtr&) override {}  // rows are not series
  void OnHost(const HostPtr& host) override;
  void OnHostDeleted(const std::string& host_id) override;

  // Returns the times at which a host has frames of a source, from `since` on, in no order. Waits
  // for the disk.
  std::vector<absl::Time> SampleTimes(std::string_view host_id, std::string_view source,
                                      absl::Time since) const;

  const promql::SeriesSource& series() const { return *series_; }
  StoreStats stats() const { return store_->stats(); }

 private:
  History(Hub* hub, const Clock* clock, absl::Duration retention)
      : hub_(hub), clock_(clock), retention_(retention) {}

  void OnDurable(std::uint64_t ticket);
  void NameLocked(const std::string& hostname) ABSL_EXCLUSIVE_LOCKS_REQUIRED(hosts_mutex_);

  Hub* const hub_;
  const Clock* const clock_;
  const absl::Duration retention_;

  Mutex listeners_mutex_;
  std::set<KeptListener*> listeners_ ABSL_GUARDED_BY(listeners_mutex_);

  Mutex hosts_mutex_;
  std::map<std::string, HostPtr> hosts_ ABSL_GUARDED_BY(hosts_mutex_);  // by id
  std::map<std::string, std::map<std::string, HostPtr>> by_hostname_
      ABSL_GUARDED_BY(hosts_mutex_);  // then by id

  std::unique_ptr<Store> store_;  // its threads end before the rest goes
  std::unique_ptr<const StoreSeries> series_;
};

}  // namespace syspulse

#endif  // SERVICES_HISTORY_HISTORY_H_
