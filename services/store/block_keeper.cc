#include "services/store/block_keeper.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/store/block_making.h"
#include "services/store/log_format.h"

namespace syspulse {
namespace {

// Each sample is written again once for each merge, and the fewer rows a block has, the more that
// costs: who has no time waits for more of them.
constexpr std::size_t kLeastAtOnce = 4;
constexpr std::size_t kMostAtOnce = 16;
constexpr std::int64_t kLevelGrowth = 4;
constexpr int kHighestLevel = 5;
// A block goes whole: none is merged to more than this part of what the disk may hold.
constexpr std::int64_t kLeastBlocks = 8;
// What a clock may be ahead of ours, or a time zone be mistaken by, and be believed.
constexpr absl::Duration kBelievableLead = absl::Hours(24);

// Returns when a block ended as far as it can be believed: a host that says it is the year 2070
// does not keep everybody's rows until then.
std::int64_t EndOf(const Block& block, absl::Time now) {
  const std::int64_t last_ms = block.range().last_ms;
  if (last_ms <= absl::ToUnixMillis(now + kBelievableLead)) return last_ms;
  return block.usual_range().last_ms;
}

std::string TimeText(std::int64_t time_ms) {
  return absl::FormatTime(absl::RFC3339_sec, absl::FromUnixMillis(time_ms), absl::UTCTimeZone());
}

}  // namespace

absl::Status BlockKeeper::FlushOnce(const std::function<bool()>& keep_on) {
  const ContentsView view = contents_->View();
  if (view.frozen == nullptr) return absl::OkStatus();
  const std::uint64_t next = view.active->first_segment();
  ASSIGN_OR_RETURN(
      BlockPtr block,
      MakeBlock(files_, directory_, {.first = view.frozen->first_segment(), .last = next - 1},
                *view.frozen, schemas_, keep_on));
  contents_->Thaw(std::move(block));
  RemoveSegments(next);
  return absl::OkStatus();
}

void BlockKeeper::RemoveSegments(std::uint64_t below) {
  const absl::StatusOr<std::vector<std::string>> names = files_->List(directory_);
  if (!names.ok()) return;  // the next time or the next start removes them
  for (const std::string& name : *names) {
    const auto number = LogNumber(name);
    if (!number.has_value() || *number >= below) continue;
    const std::string path = directory_ + "/" + name;
    // What could be read of it stands in the block, and somebody may mend the rest.
    const bool is_damaged = std::ranges::find(losses_, name, &Loss::file) != losses_.end();
    static_cast<void>(is_damaged ? files_->Rename(path, path + std::string(kDamagedSuffix))
                                 : files_->Remove(path));
  }
}

int BlockKeeper::LevelOf(const Block& block) const {
  int level = 0;
  std::int64_t samples = 2 * options_.head_samples;
  while (block.reader().samples() > samples && level < kHighestLevel) {
    samples *= kLevelGrowth;
    ++level;
  }
  return level;
}

bool BlockKeeper::IsLossBetween(const Block& before, const Block& after) const {
  return std::ranges::any_of(losses_, [&](const Loss& loss) {
    return before.segments().last < loss.segments.first &&
           loss.segments.last < after.segments().first;
  });
}

bool BlockKeeper::Fits(const std::vector<BlockPtr>& run, const BlockPtr& next) const {
  if (!run.empty() && IsLossBetween(*run.back(), *next)) return false;
  // By what is usual: a single host whose clock is wrong must not keep all blocks small.
  std::int64_t first_ms = next->usual_range().first_ms;
  std::int64_t last_ms = next->usual_range().last_ms;
  std::int64_t rows = next->most_rows();
  std::int64_t bytes = next->reader().size();
  for (const BlockPtr& block : run) {
    rows += block->most_rows();
    bytes += block->reader().size();
    first_ms = std::min(first_ms, block->usual_range().first_ms);
    last_ms = std::max(last_ms, block->usual_range().last_ms);
  }
  return last_ms - first_ms <= absl::ToInt64Milliseconds(options_.longest_block) &&
         rows <= options_.source_rows && bytes <= options_.retention_bytes / kLeastBlocks;
}

std::vector<BlockPtr> BlockKeeper::BlocksToMerge(const std::vector<BlockPtr>& blocks,
                                                 bool busy) const {
  const std::size_t least = busy ? kMostAtOnce : kLeastAtOnce;
  for (int level = 0; level < kHighestLevel; ++level) {
    const auto is_for_level = [&](const BlockPtr& block) {
      if (unmergeable_.contains(block->segments().first)) return false;
      return busy ? LevelOf(*block) == level : LevelOf(*block) <= level;
    };
    std::vector<BlockPtr> run;
    for (const BlockPtr& block : blocks) {
      if (!is_for_level(block) || !Fits(run, block)) {
        if (run.size() >= least) return run;
        run.clear();
      }
      if (!is_for_level(block) || !Fits(run, block)) continue;
      run.push_back(block);
      if (run.size() == kMostAtOnce) return run;
    }
    if (run.size() >= least) return run;
  }
  return {};
}

absl::StatusOr<bool> BlockKeeper::MergeOnce(const std::function<bool()>& keep_on, bool busy) {
  const ContentsView view = contents_->View();
  const std::vector<BlockPtr> blocks = BlocksToMerge(view.blocks, busy);
  if (blocks.empty()) return false;
  absl::StatusOr<BlockPtr> merged =
      MergeBlocks(files_, directory_, blocks, view.deletions, schemas_, keep_on);
  // To try again would not help: of those that are damaged, or whose schemas together are too many.
  if (absl::IsDataLoss(merged.status()) || absl::IsOutOfRange(merged.status())) {
    for (const BlockPtr& block : blocks) unmergeable_.insert(block->segments().first);
  }
  RETURN_IF_ERROR(merged.status());
  if (*merged != nullptr) contents_->Replace(*std::move(merged));
  for (const BlockPtr& block : blocks) {
    contents_->Drop(block->segments());
    static_cast<void>(files_->Remove(block->reader().path()));
  }
  return true;
}

BlockPtr BlockKeeper::BlockToErase(const ContentsView& view) const {
  for (const BlockPtr& block : view.blocks) {
    if (unmergeable_.contains(block->segments().first)) continue;
    for (const auto& [host, last_segment] : *view.deletions) {
      if (block->segments().last <= last_segment && block->Has(host)) return block;
    }
  }
  return nullptr;
}

absl::StatusOr<bool> BlockKeeper::EraseOnce(const std::function<bool()>& keep_on) {
  const ContentsView view = contents_->View();
  const BlockPtr block = BlockToErase(view);
  if (block == nullptr) return false;
  absl::StatusOr<BlockPtr> rest =
      MergeBlocks(files_, directory_, {block}, view.deletions, schemas_, keep_on);
  if (absl::IsDataLoss(rest.status())) unmergeable_.insert(block->segments().first);
  RETURN_IF_ERROR(rest.status());
  if (*rest != nullptr) {
    contents_->Replace(*std::move(rest));  // its file stands where the other one stood
    return true;
  }
  contents_->Drop(block->segments());
  RETURN_IF_ERROR(files_->Remove(block->reader().path()));
  return true;
}

absl::Status BlockKeeper::RetainOnce(absl::Time now) {
  std::vector<BlockPtr> blocks = contents_->View().blocks;
  std::ranges::sort(blocks, {}, [&](const BlockPtr& block) { return EndOf(*block, now); });
  std::int64_t bytes = 0;
  for (const BlockPtr& block : blocks) bytes += block->reader().size();
  const std::int64_t oldest_ms = absl::ToUnixMillis(now - options_.retention);
  for (const BlockPtr& block : blocks) {
    const bool is_old = EndOf(*block, now) < oldest_ms;
    if (!is_old && bytes <= options_.retention_bytes) break;
    bytes -= block->reader().size();
    contents_->Drop(block->segments());
    RETURN_IF_ERROR(files_->Remove(block->reader().path()));
    LogInfo("store %s: the block of %s to %s goes, %d bytes: %s", directory_,
            TimeText(block->usual_range().first_ms), TimeText(block->usual_range().last_ms),
            block->reader().size(),
            is_old ? "it is older than is kept" : "all together are more than is kept");
  }
  return absl::OkStatus();
}

}  // namespace syspulse
