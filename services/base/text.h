// Taking text apart without copying it: views in, views and numbers out.
#ifndef SERVICES_BASE_TEXT_H_
#define SERVICES_BASE_TEXT_H_

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syspulse {

// Returns `text` without white space at either end.
std::string_view Trim(std::string_view text);

// Returns the parts of `text` between separators, empty ones included; one empty part for an empty
// text.
std::vector<std::string_view> Split(std::string_view text, char separator);

// Returns the next part of `*rest` up to `separator`, and takes it and the separator off `*rest`.
// The last part ends with the text. Returns the empty view once `*rest` is empty.
std::string_view TakeUntil(std::string_view* rest, char separator);

// Returns the next run of characters other than spaces and tabs, taken off `*rest` with the blanks
// before it. Returns the empty view when only blanks are left.
std::string_view TakeField(std::string_view* rest);

// Returns the number that `text` is, whole: no white space, no sign for unsigned types, no
// overflow.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Returns the whole number that the hexadecimal digits `text` are, without "0x".
template <typename Number>
std::optional<Number> ParseHex(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Returns `text` with ASCII letters in lower case.
std::string ToLower(std::string_view text);

// Returns `text` as valid UTF-8: each byte that is not part of a valid sequence becomes U+FFFD.
// Protobuf strings must be valid, and what the kernel passes on (process names, mount points) need
// not be.
std::string ToUtf8(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_BASE_TEXT_H_
