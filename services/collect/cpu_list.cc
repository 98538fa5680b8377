#include "services/collect/cpu_list.h"

#include <cstddef>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {

absl::StatusOr<std::vector<CpuRange>> ParseCpuList(std::string_view text) {
  constexpr std::string_view kFile = "list of processors";
  RETURN_IF_ERROR(CheckWholeLines(text, kFile));
  const std::string_view list = Trim(text);
  std::vector<CpuRange> ranges;
  if (list.empty()) return ranges;
  for (const std::string_view part : Split(list, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = ParseNumber<std::uint32_t>(part.substr(0, dash));
    const auto last = dash == part.npos ? first : ParseNumber<std::uint32_t>(part.substr(dash + 1));
    if (!first || !last || *last < *first) return BadLine(kFile, list);
    ranges.push_back({.first = *first, .last = *last});
  }
  return ranges;
}

}  // namespace syspulse
