#include "services/store/arrivals.h"

#include <algorithm>
#include <vector>

namespace syspulse {
namespace {

void LearnFrom(const RowGroup& rows, const MillisRange& range, TimeSet* set) {
  std::vector<std::int64_t> times_ms(rows.rows());
  // Rows whose times are damaged cannot be read at all: they have not arrived.
  if (!rows.ReadTimes(times_ms).ok()) return;
  for (const std::int64_t time : times_ms) {
    if (time >= range.first_ms && time <= range.last_ms) set->Insert(time);
  }
}

void LearnFrom(const Head& head, std::string_view host, std::string_view source,
               const MillisRange& range, TimeSet* set) {
  for (const HeadGroupPtr& group : head.GroupsOf(host, source)) {
    if (!group->range().Overlaps(range)) continue;
    if (const RowGroupPtr rows = group->Rows()) LearnFrom(*rows, range, set);
  }
}

// Adds the times of one source within `range` to `set`.
void Learn(const ContentsView& contents, std::string_view host, std::string_view source,
           const MillisRange& range, TimeSet* set) {
  for (const BlockPtr& block : contents.blocks) {
    if (!block->range().Overlaps(range)) continue;
    for (const std::uint32_t place : block->GroupsOf(host, source)) {
      const BlockGroup& group = block->reader().groups()[place];
      if (!MillisRange{.first_ms = group.first_ms, .last_ms = group.last_ms}.Overlaps(range)) {
        continue;
      }
      const absl::StatusOr<RowGroupPtr> rows = block->OpenGroup(place);
      if (rows.ok()) LearnFrom(**rows, range, set);
    }
  }
  if (contents.frozen != nullptr) LearnFrom(*contents.frozen, host, source, range, set);
  LearnFrom(*contents.active, host, source, range, set);
}

}  // namespace

bool Arrivals::Add(const std::string& host, const std::string& source, std::int64_t time_ms,
                   const ContentsView& contents) {
  auto found = sources_.find(KeyView(host, source));
  if (found == sources_.end()) found = sources_.emplace(Key(host, source), Times()).first;
  Times& times = found->second;
  if (time_ms < times.known_from) {
    const std::int64_t from = time_ms - kWindowMs;
    Learn(contents, host, source, {.first_ms = from, .last_ms = times.known_from - 1}, &times.set);
    times.known_from = from;
  }
  times.newest = std::max(times.newest, time_ms);
  return times.set.Insert(time_ms);
}

void Arrivals::Trim() {
  for (auto& [key, times] : sources_) {
    const std::int64_t from = times.newest - kWindowMs;
    if (from <= times.known_from) continue;
    times.set.ForgetBefore(from);
    times.known_from = from;
  }
}

}  // namespace syspulse
