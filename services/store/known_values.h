// What the heads hold already of a row that comes again.
//
// Of two values for one instant of a series the first counts. Within one schema of a source the
// head sees to that; but a source that gained a metric has another schema since, and its older rows
// may come again with that one.
#ifndef SERVICES_STORE_KNOWN_VALUES_H_
#define SERVICES_STORE_KNOWN_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "services/model/frame.h"
#include "services/store/contents.h"

namespace syspulse {

struct KnownValues {
  // Those of the frame that are new, the others absent; empty if all of them are new.
  std::vector<double> rest;
  std::int64_t known = 0;          // values that are there already, the same ones or others
  std::int64_t conflicting = 0;    // others
  std::size_t first_conflict = 0;  // the column of one of those
};

// Returns what the heads know of the row of that frame, whose time is `time_ms`, Unix. Unless
// `with_own_group`, the rows of its own schema in the active head do not count.
KnownValues FindKnownValues(const Frame& frame, std::int64_t time_ms, const ContentsView& contents,
                            bool with_own_group);

// Returns the series of a column and the time, in words: `up{instance="a"} at 2026-…Z`.
std::string DescribeSample(const Frame& frame, std::size_t column);

}  // namespace syspulse

#endif  // SERVICES_STORE_KNOWN_VALUES_H_
