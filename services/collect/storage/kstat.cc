#include "services/collect/storage/kstat.h"

#include <cstdint>
#include <optional>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

// Types of fields, KSTAT_DATA_* of sys/kstat.h.
constexpr std::string_view kSigned = "3";
constexpr std::string_view kUnsigned = "4";

constexpr std::string_view kDataset = "dataset_name";

std::optional<double> ParseField(std::string_view type, std::string_view data) {
  if (type == kSigned) {
    const auto number = ParseNumber<std::int64_t>(data);
    return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
  }
  const auto number = ParseNumber<std::uint64_t>(data);
  return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

bool IsHead(std::string_view line) {
  return TakeField(&line) == "name" && TakeField(&line) == "type" && TakeField(&line) == "data";
}

}  // namespace

absl::StatusOr<Kstat> ParseKstat(std::string_view text) {
  RETURN_IF_ERROR(CheckWholeLines(text, "kstat"));
  while (!text.empty() && !IsHead(text.substr(0, text.find('\n')))) TakeUntil(&text, '\n');
  if (text.empty()) return absl::DataLossError("parse kstat: it has no line 'name type data'");
  TakeUntil(&text, '\n');
  Kstat kstat;
  while (!text.empty()) {
    const std::string_view whole = TakeUntil(&text, '\n');
    std::string_view line = whole;
    const std::string_view name = TakeField(&line);
    const std::string_view type = TakeField(&line);
    if (name.empty() || type.empty()) return BadLine("kstat", whole);
    if (name == kDataset) kstat.dataset = Trim(line);
    if (type != kSigned && type != kUnsigned) continue;
    const auto value = ParseField(type, TakeField(&line));
    if (!value || !TakeField(&line).empty()) return BadLine("kstat", whole);
    kstat.fields.push_back({.name = name, .value = *value});
  }
  return kstat;
}

absl::StatusOr<std::vector<KstatField>> ParsePoolIo(std::string_view text) {
  RETURN_IF_ERROR(CheckWholeLines(text, "kstat io"));
  std::vector<KstatField> fields;
  while (!text.empty()) {
    std::string_view names = TakeUntil(&text, '\n');
    if (names.substr(0, names.find(' ')) != "nread") continue;
    const std::string_view whole = TakeUntil(&text, '\n');
    std::string_view values = whole;
    for (std::string_view name = TakeField(&names); !name.empty(); name = TakeField(&names)) {
      const auto value = ParseNumber<std::uint64_t>(TakeField(&values));
      if (!value) return BadLine("kstat io", whole);
      fields.push_back({.name = name, .value = static_cast<double>(*value)});
    }
    return fields;
  }
  return absl::DataLossError("parse kstat io: it has no line that begins with 'nread'");
}

absl::StatusOr<std::string> ParsePoolState(std::string_view text) {
  RETURN_IF_ERROR(CheckWholeLines(text, "kstat state"));
  const std::string_view whole = TakeUntil(&text, '\n');
  std::string_view line = whole;
  const std::string_view state = TakeField(&line);
  if (state.empty() || !TakeField(&line).empty()) return BadLine("kstat state", whole);
  return ToLower(state);
}

}  // namespace syspulse
