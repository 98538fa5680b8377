#include "services/hub/reader_demand.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

// An agent sends as much by itself, unless it is told to.
constexpr absl::Duration kOrdinary = absl::Seconds(1);

// Zero stands for no demand.
absl::Duration Shorter(absl::Duration a, absl::Duration b) {
  if (a == absl::ZeroDuration() || b == absl::ZeroDuration()) return std::max(a, b);
  return std::min(a, b);
}

void Add(const Demand& demand, Demand* sum) {
  sum->all_processes = sum->all_processes || demand.all_processes;
  sum->sample_interval = Shorter(sum->sample_interval, demand.sample_interval);
  sum->process_interval = Shorter(sum->process_interval, demand.process_interval);
}

bool IsFast(const Demand& demand) {
  const absl::Duration interval = Shorter(demand.sample_interval, demand.process_interval);
  return interval > absl::ZeroDuration() && interval < kOrdinary;
}

bool AnyFast(const auto& wants) {
  return std::ranges::any_of(wants, [](const auto& want) { return IsFast(want.first); });
}

}  // namespace

ReaderDemand::Lease::Lease(ReaderDemand* book, std::string host_id, const Demand& demand)
    : book_(book), host_id_(std::move(host_id)), demand_(demand) {}

ReaderDemand::Lease::Lease(Lease&& other) noexcept
    : book_(std::exchange(other.book_, nullptr)),
      host_id_(std::move(other.host_id_)),
      demand_(other.demand_) {}

ReaderDemand::Lease& ReaderDemand::Lease::operator=(Lease&& other) noexcept {
  // What this held ends with `other`.
  std::swap(book_, other.book_);
  std::swap(host_id_, other.host_id_);
  std::swap(demand_, other.demand_);
  return *this;
}

ReaderDemand::Lease::~Lease() {
  if (book_ != nullptr) book_->End(host_id_, demand_);
}

ReaderDemand::Lease ReaderDemand::WantAll(std::string host_id) {
  MutexLock lock(mutex_);
  return AddLocked(std::move(host_id), {.all_processes = true});
}

absl::StatusOr<ReaderDemand::Lease> ReaderDemand::Want(std::string host_id, Demand demand) {
  for (absl::Duration* interval : {&demand.sample_interval, &demand.process_interval}) {
    if (*interval > absl::ZeroDuration()) *interval = std::max(*interval, kLeastInterval);
  }
  if (demand == Demand()) return Lease();
  MutexLock lock(mutex_);
  if (IsFast(demand)) {
    if (absl::Status room = CheckRoomLocked(host_id); !room.ok()) return room;
  }
  return AddLocked(std::move(host_id), demand);
}

absl::Status ReaderDemand::CheckRoomLocked(const std::string& host_id) const {
  const auto known = wants_.find(host_id);
  if (known != wants_.end() && AnyFast(known->second)) return absl::OkStatus();
  const auto fast =
      std::ranges::count_if(wants_, [](const auto& host) { return AnyFast(host.second); });
  if (static_cast<std::size_t>(fast) < kMostFastHosts) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrFormat(
      "%d hosts are asked for more than one sample a second already; ask for an interval of 1s, or "
      "try again when others have left",
      kMostFastHosts));
}

ReaderDemand::Lease ReaderDemand::AddLocked(std::string host_id, const Demand& demand) {
  const auto [standing, is_new] = wants_[host_id].try_emplace(demand);
  ++standing->second.leases;
  if (is_new) TellLocked(host_id);
  return {this, std::move(host_id), demand};
}

void ReaderDemand::End(const std::string& host_id, const Demand& demand) {
  MutexLock lock(mutex_);
  Standing& standing = wants_[host_id][demand];
  --standing.leases;
  standing.until = clock_->Monotonic() + kAfterlife;
}

Demand ReaderDemand::Of(std::string_view host_id) const {
  MutexLock lock(mutex_);
  return OfLocked(host_id);
}

Demand ReaderDemand::OfLocked(std::string_view host_id) const {
  Demand sum;
  for (const std::string_view id : {std::string_view(), host_id}) {
    const auto wants = wants_.find(id);
    if (wants == wants_.end()) continue;
    for (const auto& [demand, standing] : wants->second) Add(demand, &sum);
  }
  return sum;
}

void ReaderDemand::AddListener(const std::string& host_id, DemandListener* listener) {
  MutexLock lock(mutex_);
  listeners_[host_id].push_back(listener);
  listener->OnDemand(OfLocked(host_id));
}

void ReaderDemand::RemoveListener(const std::string& host_id, DemandListener* listener) {
  MutexLock lock(mutex_);
  const auto found = listeners_.find(host_id);
  if (found == listeners_.end()) return;
  std::erase(found->second, listener);
  if (found->second.empty()) listeners_.erase(found);
}

void ReaderDemand::Expire() {
  const absl::Duration now = clock_->Monotonic();
  MutexLock lock(mutex_);
  for (auto host = wants_.begin(); host != wants_.end();) {
    const auto ended = std::erase_if(host->second, [&](const auto& want) {
      return want.second.leases == 0 && now >= want.second.until;
    });
    const std::string host_id = host->first;
    host = host->second.empty() ? wants_.erase(host) : std::next(host);
    if (ended > 0) TellLocked(host_id);
  }
}

// What is wanted may be the same as before, because of other readers: those who listen find that
// out.
void ReaderDemand::TellLocked(const std::string& host_id) const {
  const auto tell = [&](const auto& listening) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const Demand demand = OfLocked(listening.first);
    for (DemandListener* listener : listening.second) listener->OnDemand(demand);
  };
  if (host_id.empty()) {
    for (const auto& listening : listeners_) tell(listening);
  } else if (const auto found = listeners_.find(host_id); found != listeners_.end()) {
    tell(*found);
  }
}

}  // namespace syspulse
