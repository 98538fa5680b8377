// A group of a block by way of the cache: it is opened once a column is asked for that is not
// there.
#ifndef SERVICES_STORE_CACHED_GROUP_H_
#define SERVICES_STORE_CACHED_GROUP_H_

#include <cstddef>
#include <cstdint>

#include "services/store/block.h"
#include "services/store/column_cache.h"
#include "services/store/row_group.h"

namespace syspulse {

// Returns the group at that place of block->reader().groups(), to read about so many of its
// columns. It keeps the block alive; `cache` must outlive it. What damage there is, its parts
// report.
RowGroupPtr OpenCachedGroup(BlockPtr block, std::uint32_t place, std::size_t columns,
                            ColumnCache* cache);

}  // namespace syspulse

#endif  // SERVICES_STORE_CACHED_GROUP_H_
