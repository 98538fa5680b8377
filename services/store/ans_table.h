// Entropy coding of small symbols: tabled asymmetric numeral systems.
//
// A coder's state is a number below the size of its table. Each symbol owns as many of the states
// as its weight says; to code a symbol is to write the lowest bits of the state and to go to one of
// the symbol's states, and decoding walks the same way back: the state names the symbol, and the
// bits that are read lead to the state before. A symbol of weight w in a table of size s so costs
// log2(s/w) bits on average, fractions of a bit included. What is encoded last is decoded first.
// (J. Duda, "Asymmetric numeral systems", arXiv:1311.2540.)
#ifndef SERVICES_STORE_ANS_TABLE_H_
#define SERVICES_STORE_ANS_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "services/store/bit_stream.h"

namespace syspulse {

// Tables have 2^n states.
inline constexpr int kLargestAnsLog = 11;

// Returns weights in proportion to `counts`, none of which is zero, each at least 1, of the sum
// 2^table_log. There are at most half as many counts.
std::vector<std::uint32_t> NormaliseWeights(std::span<const std::uint32_t> counts, int table_log);

// Returns which symbol each state belongs to: the states of a symbol lie far apart, and evenly. The
// weights are at least 1 and add up to 2^table_log.
std::vector<std::uint8_t> SpreadSymbols(std::span<const std::uint32_t> weights, int table_log);

// Calls `set(state, symbol, bits, next)` for each state, ascending: decoding in that state gives
// the symbol, reads so many bits, and goes to the state that is the sum of them and `next`. Weights
// are as above.
template <typename Set>
void BuildDecodeTable(std::span<const std::uint32_t> weights, int table_log, const Set& set) {
  const std::vector<std::uint8_t> symbols = SpreadSymbols(weights, table_log);
  std::vector<std::uint32_t> ranks(weights.begin(), weights.end());  // of the next state of each
  const auto size = static_cast<std::uint32_t>(symbols.size());
  for (std::uint32_t state = 0; state < size; ++state) {
    const std::uint32_t rank = ranks[symbols[state]]++;
    const int bits = table_log + 1 - BitWidth(rank);
    set(state, symbols[state], bits, (rank << bits) - size);
  }
}

// Encodes symbols of one table, from the last to the first. Thread-safe, as it never changes.
class AnsEncodeTable {
 public:
  // The weights are those that are decoded with.
  AnsEncodeTable(std::span<const std::uint32_t> weights, int table_log);

  // Returns a state that decodes as `symbol`: the one to begin with.
  std::uint32_t FirstState(std::uint8_t symbol) const { return states_[ranges_[symbol].begin]; }

  // Goes to a state that decodes as `symbol` and leads back to `*state` by the bits that are
  // returned.
  struct Output {
    std::uint32_t value = 0;
    int bits = 0;
  };
  Output Encode(std::uint8_t symbol, std::uint32_t* state) const {
    const Range& range = ranges_[symbol];
    const std::uint32_t from = *state + size_;
    int bits = range.most_bits;
    if ((from >> bits) < range.weight) --bits;
    const Output output{.value = from & ((1U << bits) - 1), .bits = bits};
    *state = states_[range.begin + (from >> bits) - range.weight];
    return output;
  }

 private:
  struct Range {
    std::uint32_t weight = 0;
    std::uint32_t begin = 0;  // of its states in states_
    int most_bits = 0;        // that one step writes
  };

  const std::uint32_t size_;           // of the table
  std::vector<Range> ranges_;          // of each symbol
  std::vector<std::uint16_t> states_;  // by symbol, ascending
};

}  // namespace syspulse

#endif  // SERVICES_STORE_ANS_TABLE_H_
