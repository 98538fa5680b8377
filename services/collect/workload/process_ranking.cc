#include "services/collect/workload/process_ranking.h"

#include <algorithm>
#include <numeric>

namespace syspulse {
namespace {

// Marks the `most` that come first by `field`. `order` holds all positions in any order.
void MarkMost(std::span<const ProcessUsage> usages, double ProcessUsage::*field, bool also_zero,
              std::size_t most, std::vector<std::size_t>* order, std::vector<bool>* marked) {
  const auto before = [&](std::size_t a, std::size_t b) {
    const double left = usages[a].*field;
    const double right = usages[b].*field;
    return left != right ? left > right : a < b;
  };
  const auto middle = order->begin() + static_cast<std::ptrdiff_t>(most);
  std::nth_element(order->begin(), middle, order->end(), before);
  for (auto at = order->begin(); at != middle; ++at) {
    if (also_zero || usages[*at].*field > 0) (*marked)[*at] = true;
  }
}

}  // namespace

std::vector<std::size_t> Busiest(std::span<const ProcessUsage> usages, std::size_t most) {
  std::vector<std::size_t> order(usages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (usages.size() <= most) return order;
  std::vector<bool> marked(usages.size());
  MarkMost(usages, &ProcessUsage::cpu, /*also_zero=*/false, most, &order, &marked);
  MarkMost(usages, &ProcessUsage::memory, /*also_zero=*/true, most, &order, &marked);
  MarkMost(usages, &ProcessUsage::io, /*also_zero=*/false, most, &order, &marked);
  std::vector<std::size_t> busiest;
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (marked[i]) busiest.push_back(i);
  }
  return busiest;
}

}  // namespace syspulse
