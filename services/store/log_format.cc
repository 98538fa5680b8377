#include "services/store/log_format.h"

#include <xxhash.h>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/store/bytes.h"

namespace syspulse {
namespace {

constexpr std::size_t kDigits = 10;  // of a number in a name: 300 years at 30 segments a minute

}  // namespace

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

std::string LogName(std::uint64_t number) {
  return absl::StrFormat("%0*d%s", static_cast<int>(kDigits), number, kLogSuffix);
}

std::optional<std::uint64_t> LogNumber(std::string_view name) {
  if (!name.ends_with(kLogSuffix)) return std::nullopt;
  name.remove_suffix(kLogSuffix.size());
  if (name.size() < kDigits) return std::nullopt;
  return ParseNumber<std::uint64_t>(name);
}

}  // namespace syspulse
