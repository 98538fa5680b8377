#include "services/store/row_times.h"

namespace syspulse {
namespace {

void AddTimes(const RowGroup& rows, const MillisRange& range, std::vector<std::int64_t>* out) {
  std::vector<std::int64_t> times_ms(rows.rows());
  // Rows whose times are damaged cannot be read at all.
  if (!rows.ReadTimes(times_ms).ok()) return;
  for (const std::int64_t time : times_ms) {
    if (time >= range.first_ms && time <= range.last_ms) out->push_back(time);
  }
}

void AddTimes(const Head& head, std::string_view host, std::string_view source,
              const MillisRange& range, std::vector<std::int64_t>* out) {
  for (const HeadGroupPtr& group : head.GroupsOf(host, source)) {
    if (!group->range().Overlaps(range)) continue;
    if (const RowGroupPtr rows = group->Rows()) AddTimes(*rows, range, out);
  }
}

}  // namespace

std::vector<std::int64_t> TimesOf(const ContentsView& contents, std::string_view host,
                                  std::string_view source, const MillisRange& range) {
  std::vector<std::int64_t> times;
  for (const BlockPtr& block : contents.blocks) {
    if (!block->range().Overlaps(range) || contents.IsDeletedIn(*block, host)) continue;
    for (const std::uint32_t place : block->GroupsOf(host, source)) {
      const BlockGroup& group = block->reader().groups()[place];
      if (!MillisRange{.first_ms = group.first_ms, .last_ms = group.last_ms}.Overlaps(range)) {
        continue;
      }
      const absl::StatusOr<RowGroupPtr> rows = block->OpenGroup(place);
      if (rows.ok()) AddTimes(**rows, range, &times);
    }
  }
  if (contents.frozen != nullptr && !contents.IsDeletedInFrozen(host))
    AddTimes(*contents.frozen, host, source, range, &times);
  AddTimes(*contents.active, host, source, range, &times);
  return times;
}

}  // namespace syspulse
