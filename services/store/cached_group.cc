#include "services/store/cached_group.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "services/base/mutex.h"
#include "services/base/status_macros.h"
#include "services/store/merged_rows.h"

namespace syspulse {
namespace {

class CachedGroup final : public RowGroup {
 public:
  CachedGroup(BlockPtr block, std::uint32_t place, std::size_t columns, ColumnCache* cache)
      : block_(std::move(block)),
        group_(block_->reader().groups()[place]),
        place_(place),
        columns_(columns),
        cache_(cache),
        known_(cache->GroupAt({.block = block_->segments(),
                               .place = place,
                               .block_bytes = block_->reader().size()})) {}

  const std::string& host() const override { return group_.host; }
  const std::string& source() const override { return group_.source; }
  const SchemaPtr& schema() const override { return group_.schema; }
  MillisRange range() const override {
    return {.first_ms = group_.first_ms, .last_ms = group_.last_ms};
  }
  std::size_t rows() const override { return group_.rows; }

  absl::Status ReadTimes(std::span<std::int64_t> out) const override {
    ASSIGN_OR_RETURN(const ColumnCache::ColumnPtr times, Times());
    std::ranges::copy(times->times_ms, out.begin());
    return absl::OkStatus();
  }

  absl::Status ReadColumn(std::size_t column, std::span<double> out) const override {
    ASSIGN_OR_RETURN(const ColumnCache::ColumnPtr known, Column(column));
    std::ranges::copy(known->values, out.begin());
    return absl::OkStatus();
  }

  absl::StatusOr<SharedTimes> ShareTimes() const override {
    ASSIGN_OR_RETURN(const ColumnCache::ColumnPtr times, Times());
    return times->ascends ? SharedTimes(times, &times->times_ms) : nullptr;
  }

  absl::StatusOr<SharedColumn> ShareColumn(std::size_t column) const override {
    ASSIGN_OR_RETURN(const ColumnCache::ColumnPtr known, Column(column));
    return SharedColumn{.values = SharedValues(known, &known->values),
                        .has_absent = known->has_absent,
                        .facts = known->facts};
  }

 private:
  absl::StatusOr<ColumnCache::ColumnPtr> Times() const {
    if (ColumnCache::ColumnPtr known = known_->Find(ColumnCache::kTimes)) return known;
    ASSIGN_OR_RETURN(const RowGroupPtr opened, Opened());
    const auto read = std::make_shared<ColumnCache::Column>();
    read->times_ms.resize(rows());
    RETURN_IF_ERROR(opened->ReadTimes(read->times_ms));
    read->ascends = Ascend(read->times_ms);
    cache_->Add(known_, ColumnCache::kTimes, read);
    return read;
  }

  absl::StatusOr<ColumnCache::ColumnPtr> Column(std::size_t column) const {
    const auto key = static_cast<std::uint32_t>(column);
    if (ColumnCache::ColumnPtr known = known_->Find(key)) return known;
    ASSIGN_OR_RETURN(const RowGroupPtr opened, Opened());
    const auto read = std::make_shared<ColumnCache::Column>();
    read->values.resize(rows());
    RETURN_IF_ERROR(opened->ReadColumn(column, read->values));
    read->facts = FactsOf(read->values);
    read->has_absent = !read->facts.numbers && HasAbsent(read->values);
    cache_->Add(known_, key, read);
    return read;
  }

  absl::StatusOr<RowGroupPtr> Opened() const {
    const MutexLock lock(mutex_);
    if (opened_ == nullptr) {
      ASSIGN_OR_RETURN(opened_, block_->OpenGroup(place_, columns_));
    }
    return opened_;
  }

  const BlockPtr block_;
  const BlockGroup& group_;
  const std::uint32_t place_;
  const std::size_t columns_;  // that will be read, about
  ColumnCache* const cache_;
  const ColumnCache::GroupPtr known_;
  mutable Mutex mutex_;
  mutable RowGroupPtr opened_ ABSL_GUARDED_BY(mutex_);  // null until something is not in the cache
};

}  // namespace

RowGroupPtr OpenCachedGroup(BlockPtr block, std::uint32_t place, std::size_t columns,
                            ColumnCache* cache) {
  return std::make_shared<const CachedGroup>(std::move(block), place, columns, cache);
}

}  // namespace syspulse
