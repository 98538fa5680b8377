#include "services/collect/storage/rpc_stats.h"

#include <limits>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kThreads = "th";
constexpr std::size_t kThreadCounts = 2;

bool CountsItsNumbers(std::string_view word) { return word.starts_with("proc"); }

}  // namespace

absl::StatusOr<RpcStats> ParseRpcStats(std::string_view text, std::string_view file) {
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  RpcStats stats;
  while (!text.empty()) {
    const std::string_view whole = TakeUntil(&text, '\n');
    std::string_view line = whole;
    const std::string_view word = TakeField(&line);
    const std::size_t most =
        word == kThreads ? kThreadCounts : std::numeric_limits<std::size_t>::max();
    std::vector<std::uint64_t> numbers;
    for (std::string_view field = TakeField(&line); !field.empty() && numbers.size() < most;
         field = TakeField(&line)) {
      const auto number = ParseNumber<std::uint64_t>(field);
      if (!number) return BadLine(file, whole);
      numbers.push_back(*number);
    }
    if (word.empty() || numbers.empty()) return BadLine(file, whole);
    if (CountsItsNumbers(word)) {
      if (numbers.front() != numbers.size() - 1) return BadLine(file, whole);
      numbers.erase(numbers.begin());
    }
    if (!stats.emplace(word, std::move(numbers)).second) return BadLine(file, whole);
  }
  if (!stats.contains("net")) {
    return absl::DataLossError(absl::StrFormat("parse %s: it has no line 'net'", file));
  }
  return stats;
}

void AddRpcColumns(const RpcStats& stats, std::span<const RpcColumn> columns,
                   MetricWriter* writer) {
  for (const RpcColumn& column : columns) {
    const auto line = stats.find(column.line);
    if (line == stats.end() || column.index >= line->second.size()) continue;
    const auto value = static_cast<double>(line->second[column.index]);
    if (column.label.empty()) {
      writer->Add(column.family, value);
    } else {
      writer->Add(column.family, value, column.label);
    }
  }
}

void AddRpcProcedures(const RpcStats& stats, const RpcProcedures& procedures, const Family& family,
                      MetricWriter* writer) {
  const auto line = stats.find(procedures.line);
  if (line == stats.end()) return;
  const std::vector<std::uint64_t>& counts = line->second;
  for (std::size_t i = procedures.first; i < procedures.methods.size(); ++i) {
    if (procedures.methods[i].empty()) continue;
    const double count = i < counts.size() ? static_cast<double>(counts[i]) : 0;
    writer->Add(family, count, procedures.version, procedures.methods[i]);
  }
}

}  // namespace syspulse
