#include "services/base/metric_name.h"

#include <algorithm>

namespace syspulse {
namespace {

bool IsName(std::string_view name, bool colons) {
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
  };
  return !name.empty() && fits(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return fits(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

bool IsMetricName(std::string_view name) { return IsName(name, /*colons=*/true); }

bool IsLabelName(std::string_view name) { return IsName(name, /*colons=*/false); }

}  // namespace syspulse
