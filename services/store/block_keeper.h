// Makes blocks of frozen heads, merges small blocks into larger ones, and drops what is too old or
// too much.
//
// Every step leaves the folder so that a crash at any moment costs nothing: the new file is whole
// and durable before the old ones go, and a start knows by the names alone which of them count.
//
// Confined to one thread.
#ifndef SERVICES_STORE_BLOCK_KEEPER_H_
#define SERVICES_STORE_BLOCK_KEEPER_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/contents.h"
#include "services/store/file_system.h"
#include "services/store/losses.h"
#include "services/store/shared_schemas.h"

namespace syspulse {

struct BlockKeeperOptions {
  std::int64_t head_samples = 2'500'000;           // of a head, about; what block sizes grow from
  absl::Duration longest_block = absl::Hours(24);  // blocks are merged up to this span of time
  // Rows of one source in a merged block: to merge them takes memory, some 32 bytes for each. Those
  // of a day of seconds are 86,400; what is imported may be years of one series.
  std::int64_t source_rows = 4'000'000;
  absl::Duration retention = absl::Hours(24 * 30);  // blocks that ended before that are dropped
  std::int64_t retention_bytes = std::int64_t{10} << 30;  // of all blocks
};

class BlockKeeper {
 public:
  // `files`, `contents` and `schemas` must outlive this. Blocks are not merged over `losses`: what
  // is mended may come back in its place.
  BlockKeeper(FileSystem* files, std::string directory, Contents* contents, SharedSchemas* schemas,
              const BlockKeeperOptions& options, std::vector<Loss> losses = {})
      : files_(files),
        directory_(std::move(directory)),
        contents_(contents),
        schemas_(schemas),
        options_(options),
        losses_(std::move(losses)) {}
  BlockKeeper(const BlockKeeper&) = delete;
  BlockKeeper& operator=(const BlockKeeper&) = delete;

  // Makes a block of the frozen head, if there is one, and removes the segments of the log that it
  // took over. Cancelled if `keep_on` returned false before. After an error the head stays frozen:
  // call it again later.
  absl::Status FlushOnce(const std::function<bool()>& keep_on = [] { return true; });

  // Merges some neighbouring blocks of like size, if there are enough: more than otherwise where
  // the store is `busy`, that is where blocks come so fast that each has few rows of a source.
  // Returns whether it did; Cancelled if `keep_on` returned false before. Blocks with damage are
  // left as they are.
  absl::StatusOr<bool> MergeOnce(const std::function<bool()>& keep_on, bool busy = false);

  // Makes one block anew that has rows of deleted hosts, without those. Returns whether there was
  // one; Cancelled as above. Blocks with damage are left as they are.
  absl::StatusOr<bool> EraseOnce(const std::function<bool()>& keep_on);

  // Drops the blocks that ended too long before `now`, and the oldest ones while there are too many
  // bytes.
  absl::Status RetainOnce(absl::Time now);

 private:
  BlockPtr BlockToErase(const ContentsView& view) const;
  std::vector<BlockPtr> BlocksToMerge(const std::vector<BlockPtr>& blocks, bool busy) const;
  bool Fits(const std::vector<BlockPtr>& run, const BlockPtr& next) const;
  bool IsLossBetween(const Block& before, const Block& after) const;
  int LevelOf(const Block& block) const;
  void RemoveSegments(std::uint64_t below);

  FileSystem* const files_;
  const std::string directory_;
  Contents* const contents_;
  SharedSchemas* const schemas_;
  const BlockKeeperOptions options_;
  const std::vector<Loss> losses_;
  std::set<std::uint64_t> unmergeable_;  // first segments of blocks that are left as they are
};

}  // namespace syspulse

#endif  // SERVICES_STORE_BLOCK_KEEPER_H_
