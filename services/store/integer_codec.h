// A sequence of whole numbers as bytes, in the way that takes the fewest.
//
// Encoded are the numbers themselves, their differences, or the differences of those: gauges,
// counters, and counters that grow at a steady pace. Of the result, either only what is not zero is
// listed, or all of it goes into bins (binned_integers.h). All arithmetic wraps around, so any
// numbers come back as they were.
#ifndef SERVICES_STORE_INTEGER_CODEC_H_
#define SERVICES_STORE_INTEGER_CODEC_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace syspulse {

// Appends at least one number. Small is what starts at or near zero.
void EncodeIntegers(std::span<const std::int64_t> numbers, std::string* out);

// Fills `out` with as many numbers as were encoded. Returns false if `bytes` are not exactly those.
bool DecodeIntegers(std::string_view bytes, std::span<std::int64_t> out);

}  // namespace syspulse

#endif  // SERVICES_STORE_INTEGER_CODEC_H_
