#include "services/collect/storage/bcachefs_files.h"

#include <cmath>
#include <cstddef>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kUnits = "KMGTPE";  // each 1024 of the one before
constexpr double kMostNumber = 1.8e19;         // fits into 64 bits

std::string_view WithoutColon(std::string_view name) {
  if (name.ends_with(':')) name.remove_suffix(1);
  return name;
}

}  // namespace

std::optional<std::uint64_t> ParseBcachefsNumber(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (const auto exact = ParseNumber<std::uint64_t>(text)) return exact;
  double factor = 1;
  const char last = text.back() == 'k' ? 'K' : text.back();
  if (const std::size_t unit = kUnits.find(last); unit != kUnits.npos) {
    factor = std::pow(1024.0, static_cast<double>(unit + 1));
    text.remove_suffix(1);
  }
  const auto number = ParseNumber<double>(text);
  if (!number || !(*number >= 0) || !(*number * factor <= kMostNumber)) return std::nullopt;
  return static_cast<std::uint64_t>(*number * factor);
}

absl::StatusOr<std::vector<BcachefsRow>> ParseBcachefsTable(std::string_view table) {
  constexpr std::string_view kFile = "bcachefs table";
  RETURN_IF_ERROR(CheckWholeLines(table, kFile));
  std::vector<BcachefsRow> rows;
  TakeUntil(&table, '\n');  // the headings
  while (!table.empty()) {
    const std::string_view whole = TakeUntil(&table, '\n');
    std::string_view line = whole;
    const std::string_view name = WithoutColon(TakeField(&line));
    const std::string_view first = TakeField(&line);
    const std::string_view second = TakeField(&line);
    if (second.empty()) continue;
    const auto first_number = ParseBcachefsNumber(first);
    const auto second_number = ParseBcachefsNumber(second);
    if (!first_number || !second_number) return BadLine(kFile, whole);
    rows.push_back({.name = name, .first = *first_number, .second = *second_number});
  }
  return rows;
}

absl::StatusOr<std::vector<BcachefsNumber>> ParseBcachefsErrors(std::string_view errors) {
  std::vector<BcachefsNumber> numbers;
  if (errors.empty()) return numbers;  // there were none
  RETURN_IF_ERROR(CheckWholeLines(errors, "bcachefs/errors"));
  while (!errors.empty()) {
    const std::string_view whole = TakeUntil(&errors, '\n');
    std::string_view line = whole;
    const std::string_view name = TakeField(&line);
    const std::string_view count = TakeField(&line);
    if (count.empty()) continue;
    const auto number = ParseNumber<std::uint64_t>(count);
    if (!number) return BadLine("bcachefs/errors", whole);
    numbers.push_back({.name = name, .value = *number});
  }
  return numbers;
}

absl::StatusOr<std::uint64_t> ParseBcachefsCounter(std::string_view counter) {
  constexpr std::string_view kFile = "bcachefs/counters";
  RETURN_IF_ERROR(CheckWholeLines(counter, kFile));
  std::optional<std::uint64_t> since_creation;
  while (!counter.empty()) {
    const std::string_view whole = TakeUntil(&counter, '\n');
    std::string_view line = whole;
    const std::string_view since = TakeUntil(&line, ':');
    if (since != "since filesystem creation") continue;
    since_creation = ParseBcachefsNumber(Trim(line));
    if (!since_creation) return BadLine(kFile, whole);
  }
  if (since_creation) return *since_creation;
  return absl::DataLossError("parse bcachefs/counters: it has no line 'since filesystem creation'");
}

absl::StatusOr<std::vector<BcachefsIo>> ParseBcachefsIoDone(std::string_view io_done) {
  constexpr std::string_view kFile = "bcachefs/io_done";
  RETURN_IF_ERROR(CheckWholeLines(io_done, kFile));
  std::vector<BcachefsIo> done;
  std::string_view operation;
  while (!io_done.empty()) {
    const std::string_view whole = TakeUntil(&io_done, '\n');
    std::string_view line = Trim(whole);
    if (line == "read:" || line == "write:") {
      operation = WithoutColon(line);
      continue;
    }
    if (operation.empty() || line.find(':') == line.npos) continue;
    const std::string_view type = Trim(TakeUntil(&line, ':'));
    const auto bytes = ParseNumber<std::uint64_t>(Trim(line));
    if (!bytes) return BadLine(kFile, whole);
    done.push_back({.operation = operation, .data_type = type, .bytes = *bytes});
  }
  return done;
}

absl::StatusOr<std::vector<BcachefsNumber>> ParseBcachefsIoErrors(std::string_view io_errors) {
  constexpr std::string_view kFile = "bcachefs/io_errors";
  RETURN_IF_ERROR(CheckWholeLines(io_errors, kFile));
  std::vector<BcachefsNumber> errors;
  bool since_creation = false;
  while (!io_errors.empty()) {
    const std::string_view whole = TakeUntil(&io_errors, '\n');
    if (whole.starts_with("IO errors since ")) {
      since_creation = whole.starts_with("IO errors since filesystem creation");
      continue;
    }
    std::string_view line = Trim(whole);
    if (!since_creation || line.find(':') == line.npos) continue;
    const std::string_view type = Trim(TakeUntil(&line, ':'));
    const auto count = ParseNumber<std::uint64_t>(Trim(line));
    if (!count) return BadLine(kFile, whole);
    errors.push_back({.name = type, .value = *count});
  }
  return errors;
}

}  // namespace syspulse
