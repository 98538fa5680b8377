#include "services/hub/process_demand.h"

#include <utility>

namespace syspulse {

ProcessDemand::Lease::Lease(ProcessDemand* demand, std::string host_id)
    : demand_(demand), host_id_(std::move(host_id)) {}

ProcessDemand::Lease::Lease(Lease&& other) noexcept
    : demand_(std::exchange(other.demand_, nullptr)), host_id_(std::move(other.host_id_)) {}

ProcessDemand::Lease& ProcessDemand::Lease::operator=(Lease&& other) noexcept {
  // What this held ends with `other`.
  std::swap(demand_, other.demand_);
  std::swap(host_id_, other.host_id_);
  return *this;
}

ProcessDemand::Lease::~Lease() {
  if (demand_ != nullptr) demand_->End(host_id_);
}

ProcessDemand::Lease ProcessDemand::WantAll(std::string host_id) {
  MutexLock lock(mutex_);
  const auto [want, is_new] = wants_.try_emplace(host_id);
  ++want->second.leases;
  if (is_new) TellLocked(host_id);
  return {this, std::move(host_id)};
}

void ProcessDemand::End(const std::string& host_id) {
  MutexLock lock(mutex_);
  Want& want = wants_[host_id];
  --want.leases;
  want.until = clock_->Monotonic() + kAfterlife;
}

bool ProcessDemand::WantsAll(std::string_view host_id) const {
  MutexLock lock(mutex_);
  return WantsAllLocked(host_id);
}

bool ProcessDemand::WantsAllLocked(std::string_view host_id) const {
  return wants_.contains("") || wants_.contains(host_id);
}

void ProcessDemand::AddListener(const std::string& host_id, DemandListener* listener) {
  MutexLock lock(mutex_);
  listeners_[host_id].push_back(listener);
  listener->OnDemand(WantsAllLocked(host_id));
}

void ProcessDemand::RemoveListener(const std::string& host_id, DemandListener* listener) {
  MutexLock lock(mutex_);
  const auto found = listeners_.find(host_id);
  if (found == listeners_.end()) return;
  std::erase(found->second, listener);
  if (found->second.empty()) listeners_.erase(found);
}

void ProcessDemand::Expire() {
  const absl::Duration now = clock_->Monotonic();
  MutexLock lock(mutex_);
  for (auto it = wants_.begin(); it != wants_.end();) {
    if (it->second.leases > 0 || now < it->second.until) {
      ++it;
      continue;
    }
    const std::string host_id = it->first;
    it = wants_.erase(it);
    TellLocked(host_id);
  }
}

// A host's demand may be the same as before, because of all hosts' or the other way round: those
// who listen find that out.
void ProcessDemand::TellLocked(const std::string& host_id) const {
  const auto tell = [&](const auto& listening) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const bool all = WantsAllLocked(listening.first);
    for (DemandListener* listener : listening.second) listener->OnDemand(all);
  };
  if (host_id.empty()) {
    for (const auto& listening : listeners_) tell(listening);
  } else if (const auto found = listeners_.find(host_id); found != listeners_.end()) {
    tell(*found);
  }
}

}  // namespace syspulse
