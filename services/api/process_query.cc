#include "services/api/process_query.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/model/proto.h"

namespace syspulse {

struct ProcessQuery::FieldName {
  std::string_view name;
  Field field;
};

const ProcessQuery::FieldName ProcessQuery::kFields[] = {
    {"cpu_utilization_ratio", Field::kCpuUtilizationRatio},
    {"resident_bytes", Field::kResidentBytes},
    {"read_bytes_per_second", Field::kReadBytesPerSecond},
    {"write_bytes_per_second", Field::kWriteBytesPerSecond},
    {"io_bytes_per_second", Field::kIoBytesPerSecond},
    {"cpu_seconds", Field::kCpuSeconds},
    {"thread_count", Field::kThreadCount},
    {"pid", Field::kPid},
    {"user", Field::kUser},
    {"command", Field::kCommand},
    {"start_time", Field::kStartTime},
    {"virtual_bytes", Field::kVirtualBytes},
    {"shared_bytes", Field::kSharedBytes},
    {"swap_bytes", Field::kSwapBytes},
    {"open_file_count", Field::kOpenFileCount},
    {"container", Field::kContainer},
    {"unit", Field::kUnit},
};

namespace {

constexpr std::size_t kLongestFilter = 256;
constexpr std::size_t kRowsWithoutDemand = 50;  // of each order; see ProcessTable.partial
constexpr std::string_view kDefaultOrder = "cpu_utilization_ratio desc";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Returns whether `text`, in any case, contains `part`, which is in lower case.
bool Contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return Lower(a) == b; }) != text.end();
}

// The comparisons return a negative number if `a` comes first, a positive one if `b` does.

// What was not measured, or is no number, comes last in either direction.
int CompareMeasured(std::optional<double> a, std::optional<double> b, bool descending) {
  const bool has_a = a && !std::isnan(*a);
  const bool has_b = b && !std::isnan(*b);
  if (!has_a || !has_b) return static_cast<int>(has_b) - static_cast<int>(has_a);
  if (*a == *b) return 0;
  return (*a < *b) == descending ? 1 : -1;
}

// No text, such as no container, is not measured either.
int CompareGiven(const std::string& a, const std::string& b, bool descending) {
  if (a == b) return 0;
  if (a.empty() || b.empty()) return a.empty() ? 1 : -1;
  return (a < b) == descending ? 1 : -1;
}

template <typename T>
int Compare(const T& a, const T& b, bool descending) {
  if (a == b) return 0;
  return (a < b) == descending ? 1 : -1;
}

// Returns what is read and written together, as far as it was measured.
std::optional<double> IoOf(const Process& process) {
  if (!process.read_bytes_per_second) return process.write_bytes_per_second;
  return *process.read_bytes_per_second + process.write_bytes_per_second.value_or(0);
}

void Add(const ProcessTotals& from, ProcessTotals* to) {
  to->processes += from.processes;
  to->threads += from.threads;
  to->running += from.running;
  to->sleeping += from.sleeping;
  to->disk_sleep += from.disk_sleep;
  to->stopped += from.stopped;
  to->zombie += from.zombie;
}

}  // namespace

absl::StatusOr<ProcessQuery> ProcessQuery::Create(const std::string& order_by,
                                                  const std::string& filter, bool tree) {
  if (filter.size() > kLongestFilter) {
    return absl::InvalidArgumentError(absl::StrFormat("filter has %d bytes; it may have %d at most",
                                                      filter.size(), kLongestFilter));
  }
  ProcessQuery query;
  query.tree_ = tree;
  query.filter_ = ToLower(filter);
  query.filter_pid_ = ParseNumber<std::int32_t>(filter);

  std::string_view rest = order_by.empty() ? kDefaultOrder : std::string_view(order_by);
  const std::string_view name = TakeField(&rest);
  const std::string_view direction = Trim(rest);
  const auto* const found =
      std::ranges::find_if(kFields, [&](const FieldName& one) { return one.name == name; });
  if (found == std::end(kFields) || (!direction.empty() && direction != "desc")) {
    std::string names;
    for (const FieldName& one : kFields) {
      names += (names.empty() ? "" : ", ") + std::string(one.name);
    }
    return absl::InvalidArgumentError(
        absl::StrFormat("order_by is '%s'; it takes one of %s, with ' desc' for the greatest first",
                        order_by.substr(0, kLongestFilter), names));
  }
  query.field_ = found->field;
  query.descending_ = direction == "desc";
  return query;
}

ProcessSelection ProcessQuery::Select(std::span<const ProcessTablePtr> tables,
                                      RowRange range) const {
  const std::size_t limit = range.offset + range.limit;
  const std::vector<ProcessRow> rows = Rows(tables, limit);
  const std::size_t end = std::min(rows.size(), limit);
  ProcessTotals totals;
  absl::Time newest = absl::InfinitePast();
  std::size_t matched = 0;
  bool partial = false;
  for (const ProcessTablePtr& table : tables) {
    Add(table->totals, &totals);
    newest = std::max(newest, table->time);
    partial = partial || table->partial;
    if (filter_.empty()) {  // those that are not known here match as well
      matched += std::max(table->processes.size(),
                          static_cast<std::size_t>(std::max(table->totals.processes, 0)));
    } else {
      matched += static_cast<std::size_t>(std::ranges::count_if(
          table->processes, [&](const Process& process) { return Matches(process); }));
    }
  }
  ProcessSelection selection{.row_count = rows.size()};
  v1::ProcessTable& selected = selection.table;
  if (!tables.empty()) ToProto(newest, selected.mutable_sample_time());
  ToProto(totals, selected.mutable_totals());
  selected.set_matched_count(static_cast<std::int32_t>(matched));
  selected.set_partial(partial && NeedsAll(range));
  for (std::size_t i = range.offset; i < end; ++i) {
    v1::Process* const process = selected.add_processes();
    ToProto(rows[i].table->host, *rows[i].process, process);
    process->set_depth(rows[i].depth);
  }
  return selection;
}

// Returns all rows that there are, the first `end` of them in order.
std::vector<ProcessRow> ProcessQuery::Rows(std::span<const ProcessTablePtr> tables,
                                           std::size_t end) const {
  const auto matches = [&](const Process& process) { return Matches(process); };
  const auto before = [&](const ProcessRow& a, const ProcessRow& b) { return Before(a, b); };
  if (tree_) return ArrangeTree(tables, matches, before);
  std::vector<ProcessRow> rows;
  for (const ProcessTablePtr& table : tables) {
    for (const Process& process : table->processes) {
      if (Matches(process)) rows.push_back({.table = table.get(), .process = &process});
    }
  }
  const auto sorted_end = static_cast<std::ptrdiff_t>(std::min(rows.size(), end));
  std::partial_sort(rows.begin(), rows.begin() + sorted_end, rows.end(), before);
  return rows;
}

bool ProcessQuery::NeedsAll(RowRange range) const {
  // Agents send those that read and write most together: who reads most need not be among them.
  const bool by_use = field_ == Field::kCpuUtilizationRatio || field_ == Field::kResidentBytes ||
                      field_ == Field::kIoBytesPerSecond;
  return tree_ || !filter_.empty() || !by_use || !descending_ ||
         range.offset + range.limit > kRowsWithoutDemand;
}

bool ProcessQuery::NeedsAllOfFleet() const {
  switch (field_) {
    case Field::kCpuUtilizationRatio:
    case Field::kResidentBytes:
    case Field::kReadBytesPerSecond:
    case Field::kWriteBytesPerSecond:
    case Field::kIoBytesPerSecond:
      return tree_ || !filter_.empty() || !descending_;
    default:
      return true;
  }
}

std::string ProcessQuery::Canonical() const {
  return absl::StrFormat("%d %d %d %s", static_cast<int>(field_), descending_, tree_, filter_);
}

bool ProcessQuery::Matches(const Process& process) const {
  if (filter_.empty() || process.pid == filter_pid_) return true;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{process.command, process.command_line, process.user,
                                              process.executable, process.container, process.unit},
      [&](std::string_view text) { return Contains(text, filter_); });
}

int ProcessQuery::Order(const Process& a, const Process& b) const {
  switch (field_) {
    case Field::kCpuUtilizationRatio:
      return CompareMeasured(a.cpu_utilization_ratio, b.cpu_utilization_ratio, descending_);
    case Field::kResidentBytes:
      return Compare(a.resident_bytes, b.resident_bytes, descending_);
    case Field::kReadBytesPerSecond:
      return CompareMeasured(a.read_bytes_per_second, b.read_bytes_per_second, descending_);
    case Field::kWriteBytesPerSecond:
      return CompareMeasured(a.write_bytes_per_second, b.write_bytes_per_second, descending_);
    case Field::kIoBytesPerSecond:
      return CompareMeasured(IoOf(a), IoOf(b), descending_);
    case Field::kCpuSeconds:
      return CompareMeasured(a.cpu_seconds, b.cpu_seconds, descending_);
    case Field::kThreadCount:
      return Compare(a.thread_count, b.thread_count, descending_);
    case Field::kPid:
      return Compare(a.pid, b.pid, descending_);
    case Field::kUser:
      return Compare(a.user, b.user, descending_);
    case Field::kCommand:
      return Compare(a.command, b.command, descending_);
    case Field::kStartTime:
      return Compare(a.start_time, b.start_time, descending_);
    case Field::kVirtualBytes:
      return Compare(a.virtual_bytes, b.virtual_bytes, descending_);
    case Field::kSharedBytes:
      return CompareMeasured(a.shared_bytes, b.shared_bytes, descending_);
    case Field::kSwapBytes:
      return CompareMeasured(a.swap_bytes, b.swap_bytes, descending_);
    case Field::kOpenFileCount:
      return CompareMeasured(a.open_file_count, b.open_file_count, descending_);
    case Field::kContainer:
      return CompareGiven(a.container, b.container, descending_);
    case Field::kUnit:
      return CompareGiven(a.unit, b.unit, descending_);
  }
  return 0;
}

bool ProcessQuery::Before(const ProcessRow& a, const ProcessRow& b) const {
  if (const int order = Order(*a.process, *b.process); order != 0) return order < 0;
  if (a.process->pid != b.process->pid) return a.process->pid < b.process->pid;
  return a.table->host < b.table->host;
}

}  // namespace syspulse
