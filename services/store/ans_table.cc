#include "services/store/ans_table.h"

#include <algorithm>
#include <numeric>

namespace syspulse {
std::vector<std::uint8_t> SpreadSymbols(std::span<const std::uint32_t> weights, int table_log) {
  const std::uint32_t size = 1U << table_log;
  // It is odd, so it meets every state.
  const std::uint32_t stride = (size / 8 * 5 + 3) | 1;
  std::vector<std::uint8_t> symbols(size);
  std::uint32_t place = 0;
  for (std::size_t symbol = 0; symbol < weights.size(); ++symbol) {
    for (std::uint32_t i = 0; i < weights[symbol]; ++i) {
      symbols[place] = static_cast<std::uint8_t>(symbol);
      place = (place + stride) & (size - 1);
    }
  }
  return symbols;
}

std::vector<std::uint32_t> NormaliseWeights(std::span<const std::uint32_t> counts, int table_log) {
  const std::int64_t size = std::int64_t{1} << table_log;
  const std::int64_t all = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  std::vector<std::uint32_t> weights;
  std::int64_t sum = 0;
  for (const std::uint32_t count : counts) {
    weights.push_back(
        static_cast<std::uint32_t>(std::max<std::int64_t>(1, (size * count + all / 2) / all)));
    sum += weights.back();
  }
  // What rounding left over or took too much is least felt by the greatest weight.
  while (sum != size) {
    std::uint32_t& greatest = *std::ranges::max_element(weights);
    const std::int64_t change =
        std::max(size - sum, -static_cast<std::int64_t>(greatest / 2));  // but it stays at least 1
    greatest = static_cast<std::uint32_t>(greatest + change);
    sum += change;
  }
  return weights;
}

AnsEncodeTable::AnsEncodeTable(std::span<const std::uint32_t> weights, int table_log)
    : size_(1U << table_log), states_(size_) {
  std::vector<std::uint32_t> ends;
  std::uint32_t begin = 0;
  for (const std::uint32_t weight : weights) {
    ranges_.push_back(
        {.weight = weight, .begin = begin, .most_bits = table_log + 1 - BitWidth(weight)});
    ends.push_back(begin);
    begin += weight;
  }
  const std::vector<std::uint8_t> symbols = SpreadSymbols(weights, table_log);
  for (std::uint32_t state = 0; state < size_; ++state) {
    states_[ends[symbols[state]]++] = static_cast<std::uint16_t>(state);
  }
}

}  // namespace syspulse
