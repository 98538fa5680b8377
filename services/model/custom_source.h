// Sources of those who push what they like for a host, beside those of its agent.
#ifndef SERVICES_MODEL_CUSTOM_SOURCE_H_
#define SERVICES_MODEL_CUSTOM_SOURCE_H_

#include <string_view>

namespace syspulse {

// What their names begin with, as those of agents' sources do not.
inline constexpr std::string_view kCustomSource = "custom/";

// Several may push to one source, each what it has: a row of it says nothing of the series that it
// lacks, where a row of an agent's source has all there are.
inline bool IsCustomSource(std::string_view source) { return source.starts_with(kCustomSource); }

}  // namespace syspulse

#endif  // SERVICES_MODEL_CUSTOM_SOURCE_H_
