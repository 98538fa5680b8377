#include "services/collect/metric_name.h"

#include <cstddef>

namespace syspulse {
namespace {

bool MayStandInAMetricName(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

std::string SanitizeMetricName(std::string_view name) {
  std::string sanitized;
  while (!name.empty()) {
    std::size_t end = 0;
    while (end < name.size() && !MayStandInAMetricName(name[end])) ++end;
    const std::string_view others = name.substr(0, end);
    // Underscores on their own are as good as letters.
    const bool only_underscores = others.find_first_not_of('_') == others.npos;
    sanitized += only_underscores ? others : "_";
    name.remove_prefix(end);
    end = 0;
    while (end < name.size() && MayStandInAMetricName(name[end])) ++end;
    sanitized += name.substr(0, end);
    name.remove_prefix(end);
  }
  return sanitized;
}

}  // namespace syspulse
