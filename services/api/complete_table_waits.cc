#include "services/api/complete_table_waits.h"

#include <algorithm>
#include <utility>

namespace syspulse {

void CompleteTableWaits::Add(CompleteTableWait wait) {
  // A table may have come since the caller looked.
  std::erase_if(wait.host_ids, [&](const std::string& id) { return IsSettled(id); });
  waits_.push_back(std::move(wait));
  const bool too_many = waits_.size() > kMostWaits;
  if (waits_.back().host_ids.empty() || too_many) End(std::prev(waits_.end()));
}

void CompleteTableWaits::OnChange(const std::string& host_id) {
  if (waits_.empty() || !IsSettled(host_id)) return;
  for (auto wait = waits_.begin(); wait != waits_.end();) {
    const auto next = std::next(wait);
    if (wait->host_ids.erase(host_id) > 0 && wait->host_ids.empty()) End(wait);
    wait = next;
  }
}

void CompleteTableWaits::Expire(absl::Duration now) {
  for (auto wait = waits_.begin(); wait != waits_.end();) {
    const auto next = std::next(wait);
    if (wait->deadline <= now) End(wait);
    wait = next;
  }
}

std::optional<absl::Duration> CompleteTableWaits::NextDeadline() const {
  const auto next = std::ranges::min_element(waits_, {}, &CompleteTableWait::deadline);
  if (next == waits_.end()) return std::nullopt;
  return next->deadline;
}

bool CompleteTableWaits::IsSettled(const std::string& host_id) const {
  const ProcessTablePtr table = hub_->LatestProcesses(host_id);
  return table == nullptr || !table->partial;
}

void CompleteTableWaits::End(std::list<CompleteTableWait>::iterator wait) {
  const auto done = std::move(wait->done);
  waits_.erase(wait);
  done();
}

}  // namespace syspulse
