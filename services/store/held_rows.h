// Whether a block has the rows of another one, whose segments it holds by its name.
#ifndef SERVICES_STORE_HELD_ROWS_H_
#define SERVICES_STORE_HELD_ROWS_H_

#include "services/store/block.h"
#include "services/store/deletions.h"

namespace syspulse {

// Returns whether `holder` was made of `held` too, by a look at the first and last rows of some of
// its groups, those of deleted hosts aside. What cannot be read is held by nobody.
bool HoldsRowsOf(const Block& holder, const Block& held, const DeletionsPtr& deletions);

}  // namespace syspulse

#endif  // SERVICES_STORE_HELD_ROWS_H_
