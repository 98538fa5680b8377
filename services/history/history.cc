#include "services/history/history.h"

#include <utility>
#include <vector>

#include "services/base/log.h"
#include "services/model/instance_names.h"

namespace syspulse {

History::History(Hub* hub, Store* store) : hub_(hub), store_(store) {
  hub_->AddSink(this);
  for (const HostPtr& host : hub_->Hosts()) OnHost(host);
}

History::~History() { hub_->RemoveSink(this); }

void History::OnFrame(const FramePtr& frame) {
  const absl::Status status = store_->Append(frame).status();
  if (!status.ok()) ++refused_frames_;
  const MutexLock lock(mutex_);
  if (!status.ok() && !refusing_) {
    LogWarning("the history does not take frames: %s", std::string(status.message()));
  }
  if (status.ok() && refusing_) LogInfo("the history takes frames again");
  refusing_ = !status.ok();
}

void History::OnHost(const HostPtr& host) {
  const MutexLock lock(mutex_);
  HostPtr& known = hosts_[host->id];
  if (known != nullptr && known->hostname == host->hostname) return;
  if (known != nullptr) {
    by_hostname_[known->hostname].erase(host->id);
    NameLocked(known->hostname);
  }
  known = host;
  by_hostname_[host->hostname][host->id] = host;
  NameLocked(host->hostname);
}

void History::OnHostDeleted(const std::string& host_id) {
  const MutexLock lock(mutex_);
  const auto host = hosts_.find(host_id);
  if (host == hosts_.end()) return;
  const std::string hostname = host->second->hostname;
  hosts_.erase(host);
  by_hostname_[hostname].erase(host_id);
  NameLocked(hostname);
}

void History::NameLocked(const std::string& hostname) {
  const auto found = by_hostname_.find(hostname);
  if (found->second.empty()) {
    by_hostname_.erase(found);
    return;
  }
  std::vector<HostPtr> hosts;
  for (const auto& [id, host] : found->second) hosts.push_back(host);
  for (const auto& [id, instance] : InstancesOf(hosts)) {
    store_->SetHostLabels(id, {{"instance", instance}, {"job", "syspulse"}});
  }
}

}  // namespace syspulse
