// Makes a block of rows that stand elsewhere: of a head, or of smaller blocks.
#ifndef SERVICES_STORE_BLOCK_MAKING_H_
#define SERVICES_STORE_BLOCK_MAKING_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/store/block.h"
#include "services/store/deletions.h"
#include "services/store/file_system.h"
#include "services/store/head.h"
#include "services/store/row_group.h"

namespace syspulse {

// Rows of a group at most: 2 hours of seconds. More would save hardly any bytes, and a query for
// five minutes decodes all rows of a group.
inline constexpr std::size_t kRowsPerGroup = 8192;

// Makes the block of these segments of all rows of a head, and opens it. Returns null if there are
// no rows. `keep_on` is asked between groups: Cancelled once it returns false. After an error there
// is no such block, or one that is whole.
absl::StatusOr<BlockPtr> MakeBlock(FileSystem* files, const std::string& directory,
                                   const SegmentRange& segments, const Head& head,
                                   SharedSchemas* schemas, const std::function<bool()>& keep_on);

// Makes one block of several, which are in the order of their segments, and opens it; of a single
// one it takes the place. It holds the segments from the first block's first to the last one's
// last, without rows that are deleted; null, and no such block, if none is left. `keep_on` is asked
// between groups: Cancelled once it returns false. DataLoss if something in the blocks is damaged:
// then they are better left alone.
absl::StatusOr<BlockPtr> MergeBlocks(FileSystem* files, const std::string& directory,
                                     const std::vector<BlockPtr>& blocks,
                                     const DeletionsPtr& deletions, SharedSchemas* schemas,
                                     const std::function<bool()>& keep_on);

}  // namespace syspulse

#endif  // SERVICES_STORE_BLOCK_MAKING_H_
