#include "clients/cli/transfer/progress.h"

#include <cstddef>

namespace syspulse {

std::string GroupedNumber(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t place = text.size(); place > first + 3;) {
    place -= 3;
    text.insert(place, 1, ',');
  }
  return text;
}

}  // namespace syspulse
