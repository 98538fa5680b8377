#include "services/store/log_format.h"

#include <xxhash.h>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/store/bytes.h"

namespace syspulse {
std::string EncodeLogHeader(std::uint64_t number) {
  std::string header(kLogMagic);
  PutFixed(number, &header);
  PutFixed<std::uint64_t>(XXH64(header.data(), header.size(), 0), &header);
  return header;
}

bool IsLogHeader(std::string_view bytes, std::uint64_t number) {
  return bytes.starts_with(EncodeLogHeader(number));
}

std::uint64_t RecordChecksum(std::string_view payload, std::uint64_t number) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), number);
}

std::string SegmentText(std::uint64_t number) {
  return absl::StrFormat("%010d", number);  // 300 years at 30 segments a minute
}

std::optional<std::uint64_t> SegmentNumber(std::string_view text) {
  constexpr std::uint64_t kMost = 1'000'000'000'000'000'000;  // there is always a next one
  const auto number = ParseNumber<std::uint64_t>(text);
  if (!number || *number > kMost || SegmentText(*number) != text) return std::nullopt;
  return number;
}

std::string LogName(std::uint64_t number) { return SegmentText(number) + std::string(kLogSuffix); }

std::optional<std::uint64_t> LogNumber(std::string_view name) {
  if (!name.ends_with(kLogSuffix)) return std::nullopt;
  name.remove_suffix(kLogSuffix.size());
  return SegmentNumber(name);
}

}  // namespace syspulse
