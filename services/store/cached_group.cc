#include "services/store/cached_group.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "services/base/mutex.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

class CachedGroup final : public RowGroup {
 public:
  CachedGroup(BlockPtr block, std::uint32_t place, std::size_t columns, ColumnCache* cache)
      : block_(std::move(block)),
        group_(block_->reader().groups()[place]),
        place_(place),
        columns_(columns),
        cache_(cache) {}

  const std::string& host() const override { return group_.host; }
  const std::string& source() const override { return group_.source; }
  const SchemaPtr& schema() const override { return group_.schema; }
  MillisRange range() const override {
    return {.first_ms = group_.first_ms, .last_ms = group_.last_ms};
  }
  std::size_t rows() const override { return group_.rows; }

  absl::Status ReadTimes(std::span<std::int64_t> out) const override {
    const ColumnCache::Key key = KeyOf(ColumnCache::kTimes);
    if (const ColumnCache::ColumnPtr known = cache_->Find(key)) {
      std::ranges::copy(known->times_ms, out.begin());
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const RowGroupPtr opened, Opened());
    RETURN_IF_ERROR(opened->ReadTimes(out));
    cache_->Add(key, std::make_shared<const ColumnCache::Column>(
                         ColumnCache::Column{.times_ms = {out.begin(), out.end()}}));
    return absl::OkStatus();
  }

  absl::Status ReadColumn(std::size_t column, std::span<double> out) const override {
    const ColumnCache::Key key = KeyOf(static_cast<std::uint32_t>(column));
    if (const ColumnCache::ColumnPtr known = cache_->Find(key)) {
      std::ranges::copy(known->values, out.begin());
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const RowGroupPtr opened, Opened());
    RETURN_IF_ERROR(opened->ReadColumn(column, out));
    cache_->Add(key, std::make_shared<const ColumnCache::Column>(
                         ColumnCache::Column{.values = {out.begin(), out.end()}}));
    return absl::OkStatus();
  }

 private:
  ColumnCache::Key KeyOf(std::uint32_t column) const {
    return {.block = block_->segments(), .group = place_, .column = column};
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
  mutable Mutex mutex_;
  mutable RowGroupPtr opened_ ABSL_GUARDED_BY(mutex_);  // null until something is not in the cache
};

}  // namespace

RowGroupPtr OpenCachedGroup(BlockPtr block, std::uint32_t place, std::size_t columns,
                            ColumnCache* cache) {
  return std::make_shared<const CachedGroup>(std::move(block), place, columns, cache);
}

}  // namespace syspulse
