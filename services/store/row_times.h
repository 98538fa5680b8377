// At which times a source has rows.
#ifndef SERVICES_STORE_ROW_TIMES_H_
#define SERVICES_STORE_ROW_TIMES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/store/contents.h"

namespace syspulse {

// Returns the times of all rows of a source within `range`, Unix ms, in no order, without those
// that cannot be read. A row that stands in a log and in a block, after a crash, may be there
// twice.
std::vector<std::int64_t> TimesOf(const ContentsView& contents, std::string_view host,
                                  std::string_view source, const MillisRange& range);

}  // namespace syspulse

#endif  // SERVICES_STORE_ROW_TIMES_H_
