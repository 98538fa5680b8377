// Lists of processors as sysfs writes them, such as "0,2-4".
#ifndef SERVICES_COLLECT_CPU_LIST_H_
#define SERVICES_COLLECT_CPU_LIST_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

// Processors, both ends included.
struct CpuRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  bool operator==(const CpuRange&) const = default;
};

// Returns the ranges of a list such as "0,2-4\n"; none for an empty list. DataLoss if it is cut or
// no such list.
absl::StatusOr<std::vector<CpuRange>> ParseCpuList(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_CPU_LIST_H_
