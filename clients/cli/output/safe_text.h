// Text from the network, made fit for a terminal and measured as a terminal measures it.
//
// A process may call itself anything, escape sequences included: what we print must never steer the
// terminal it lands in. Every string of a message passes through SafeText() on its way out.
#ifndef CLIENTS_CLI_OUTPUT_SAFE_TEXT_H_
#define CLIENTS_CLI_OUTPUT_SAFE_TEXT_H_

#include <string>
#include <string_view>

namespace syspulse {

// Returns `text` as valid UTF-8 without anything that steers a terminal: tab, newline and carriage
// return as `\t`, `\n`, `\r`, other control characters (C0, DEL, C1) as `\x1b`, and those that
// reorder or hide text (bidirectional controls, line separators, byte order mark) as `\u202e`.
std::string SafeText(std::string_view text);

// Returns how many columns a terminal gives to `text`, which must be safe: 2 for wide characters
// (East Asian, emoji), 0 for combining ones.
int DisplayWidth(std::string_view text);

// Returns the first code point of `*text`, which is valid UTF-8 and not empty, and takes it off.
char32_t TakeCodePoint(std::string_view* text);

// Returns how many columns one code point takes: 0, 1 or 2.
int CodePointWidth(char32_t code_point);

// Returns as much of `text` as fits `width` columns, ending in `…` (or `~` where `ascii`) where
// something had to go.
std::string CutToWidth(std::string_view text, int width, bool ascii = false);

// Returns `text` filled with spaces to `width` columns, on the left side if `right_aligned`.
std::string PadToWidth(std::string_view text, int width, bool right_aligned = false);

}  // namespace syspulse

#endif  // CLIENTS_CLI_OUTPUT_SAFE_TEXT_H_
