// Whole numbers as bins and offsets in bits: what of a column is not worth a thought otherwise.
//
// The bits are: the bins (see bins.h), the states that the coder ends in, and for each number the
// offset in its bin and the bits of the coder's step. With a single bin there is no coder. Several
// coders take turns, number by number, so that a processor can work on one while it waits for
// another.
#ifndef SERVICES_STORE_BINNED_INTEGERS_H_
#define SERVICES_STORE_BINNED_INTEGERS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "services/store/bins.h"

namespace syspulse {

// Appends `numbers`, at least one, that `binning` was made for.
void EncodeBinned(std::span<const std::int64_t> numbers, const Binning& binning, std::string* out);

// Fills `out` with as many numbers as were encoded. Returns false if `bytes` are not those.
bool DecodeBinned(std::string_view bytes, std::span<std::int64_t> out);

}  // namespace syspulse

#endif  // SERVICES_STORE_BINNED_INTEGERS_H_
