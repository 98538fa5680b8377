// A sequence of whole numbers as bytes, in the way that takes the fewest.
//
// Encoded are the numbers themselves, their differences, or the differences of those: gauges,
// counters, and counters that grow at a steady pace. Of the result, either only what is not zero is
// listed, or all of it goes into bins (binned_integers.h). All arithmetic wraps around, so any
// numbers come back as they were.
#ifndef SERVICES_STORE_INTEGER_CODEC_H_
#define SERVICES_STORE_INTEGER_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace syspulse {

// Appends at least one number. Small is what starts at or near zero.
void EncodeIntegers(std::span<const std::int64_t> numbers, std::string* out);

// Fills `out` with as many numbers as were encoded. Returns false if `bytes` are not exactly those.
bool DecodeIntegers(std::string_view bytes, std::span<std::int64_t> out);

// The same number, one time after the other.
struct IntegerRun {
  std::int64_t number = 0;
  std::size_t length = 0;
};

// Returns `count` encoded numbers as runs, if that is how they were stored and `bytes` are exactly
// those; else DecodeIntegers may still decode them. It is many times faster.
std::optional<std::vector<IntegerRun>> DecodeRuns(std::string_view bytes, std::size_t count);

}  // namespace syspulse

#endif  // SERVICES_STORE_INTEGER_CODEC_H_
