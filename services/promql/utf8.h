// UTF-8, character by character.
#ifndef SERVICES_PROMQL_UTF8_H_
#define SERVICES_PROMQL_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace syspulse::promql {

// Returns how many bytes the character at the beginning of `text` has, 1 to 4; 0 if it is empty or
// begins with what is no valid UTF-8.
std::size_t Utf8Size(std::string_view text);

// Returns the code point of the character at the beginning of `text`; U+FFFD if there is no valid
// one.
std::uint32_t CodePointOf(std::string_view text);

// Appends the character of this code point. Returns false, and appends nothing, if there is none:
// above 0x10ffff or a surrogate.
bool AppendUtf8(std::uint32_t code_point, std::string* text);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_UTF8_H_
