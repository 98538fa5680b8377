#include "services/api/series_budget.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "services/remote_write/series_table.h"

namespace syspulse {
namespace {

constexpr std::uint32_t kIdleSeconds = 3600;  // after which a series is forgotten
constexpr std::uint32_t kForgetSeconds = 60;  // how often such series are looked for

}  // namespace

absl::Status SeriesBudget::Take(const std::string& sender, const std::vector<std::string>& series,
                                absl::Duration now) {
  const auto second = static_cast<std::uint32_t>(absl::ToInt64Seconds(now));
  ForgetIfDue(second);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(series.size());
  for (const std::string& one : series) hashes.push_back(HashLabels(one, options_.seed).low);
  const auto found = senders_.find(sender);
  std::size_t added = 0;
  for (const std::uint64_t hash : hashes) {
    added += found == senders_.end() || !found->second.contains(hash) ? 1 : 0;
  }
  const std::size_t had = found == senders_.end() ? 0 : found->second.size();
  if (added > 0 && had + added > options_.of_sender) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%s had %d series within the last hour, and %d new ones make more than %d",
                        sender, had, added, options_.of_sender));
  }
  if (added > 0 && size_ + added > options_.of_all) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "%d series were pushed within the last hour; %d new ones of %s make more than %d", size_,
        added, sender, options_.of_all));
  }
  Seen& seen = senders_[sender];
  for (const std::uint64_t hash : hashes) {
    size_ += seen.insert_or_assign(hash, second).second ? 1 : 0;
  }
  return absl::OkStatus();
}

void SeriesBudget::ForgetIfDue(std::uint32_t now) {
  if (now - forgotten_at_ < kForgetSeconds) return;
  forgotten_at_ = now;
  size_ = 0;
  for (auto& [sender, seen] : senders_) {
    std::erase_if(seen, [now](const auto& one) { return now - one.second > kIdleSeconds; });
    size_ += seen.size();
  }
  std::erase_if(senders_, [](const auto& sender) { return sender.second.empty(); });
}

}  // namespace syspulse
