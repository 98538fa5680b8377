// Attributes of OpenTelemetry: names with values of any kind, as texts.
#ifndef SERVICES_OTLP_ATTRIBUTES_H_
#define SERVICES_OTLP_ATTRIBUTES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace syspulse {

inline constexpr std::size_t kMostAttributes = 128;           // of a point or a resource
inline constexpr std::size_t kLongestAttributeName = 512;     // bytes
inline constexpr std::size_t kLongestAttributeValue = 4'096;  // bytes, as text
inline constexpr std::size_t kMostAttributeBytes = 16 << 10;  // of all of a point or a resource

using Attributes = std::map<std::string, std::string, std::less<>>;

// Adds the attribute that a KeyValue is. What is no text becomes one: lists and maps as JSON, bytes
// in base64. InvalidArgument if it is none, or there are more or longer ones than the limits.
absl::Status AddAttribute(std::string_view key_value, Attributes* attributes);

// Returns the labels that attributes become. Where two become one label it has both values, by a
// semicolon apart. Those without a value are none.
std::map<std::string, std::string> LabelsOfAttributes(const Attributes& attributes);

}  // namespace syspulse

#endif  // SERVICES_OTLP_ATTRIBUTES_H_
