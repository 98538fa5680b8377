#include "services/store/succession.h"

#include <algorithm>

#include "services/base/status_macros.h"

namespace syspulse {

void Succession::Add(std::uint64_t schema, const MillisRange& range, Open open) {
  rows_.push_back({.schema = schema, .range = range, .open = std::move(open)});
}

absl::StatusOr<std::span<const std::int64_t>> Succession::EndsOf(std::uint64_t schema) {
  const MutexLock lock(mutex_);
  if (!found_) {
    RETURN_IF_ERROR(FindEnds());
    found_ = true;
  }
  const auto ends = ends_.find(schema);
  if (ends == ends_.end()) return std::span<const std::int64_t>();
  return std::span<const std::int64_t>(ends->second);
}

// Groups that overlap in time are a cluster: within one the rows have to be looked at, between two
// the directory knows enough.
absl::Status Succession::FindEnds() {
  ends_.clear();
  last_ = {};
  std::ranges::sort(rows_, {}, [](const Rows& rows) { return rows.range.first_ms; });
  for (std::size_t begin = 0; begin < rows_.size();) {
    std::int64_t last_ms = rows_[begin].range.last_ms;
    std::size_t end = begin + 1;
    while (end < rows_.size() && rows_[end].range.first_ms <= last_ms) {
      last_ms = std::max(last_ms, rows_[end++].range.last_ms);
    }
    RETURN_IF_ERROR(TakeCluster(std::span(rows_).subspan(begin, end - begin)));
    begin = end;
  }
  return absl::OkStatus();
}

absl::Status Succession::TakeCluster(std::span<const Rows> cluster) {
  std::vector<Row> rows;
  const bool is_mixed = std::ranges::any_of(
      cluster, [&](const Rows& one) { return one.schema != cluster.front().schema; });
  if (!is_mixed) rows.push_back({cluster.front().range.first_ms, cluster.front().schema});
  for (const Rows& one : cluster) {
    if (!is_mixed) break;
    const absl::StatusOr<RowGroupPtr> group = one.open();
    if (absl::IsDataLoss(group.status())) continue;
    RETURN_IF_ERROR(group.status());
    if (*group == nullptr) continue;
    std::vector<std::int64_t> times_ms((*group)->rows());
    const absl::Status read = (*group)->ReadTimes(times_ms);
    if (absl::IsDataLoss(read)) continue;
    RETURN_IF_ERROR(read);
    for (const std::int64_t time_ms : times_ms) rows.push_back({time_ms, one.schema});
  }
  std::ranges::sort(rows, {}, &Row::time_ms);
  for (const Row& row : rows) {
    if (last_.schema != row.schema && last_.schema != 0) ends_[last_.schema].push_back(row.time_ms);
    last_ = row;
  }
  return absl::OkStatus();
}

}  // namespace syspulse
