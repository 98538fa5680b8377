#include "services/api/process_query.h"

#include <algorithm>
#include <cmath>
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

// A process among those that match, with what it is sorted by.
struct ProcessQuery::Row {
  const ProcessTable* table;
  const Process* process;
};

const ProcessQuery::FieldName ProcessQuery::kFields[] = {
    {"cpu_utilization_ratio", Field::kCpuUtilizationRatio},
    {"resident_bytes", Field::kResidentBytes},
    {"read_bytes_per_second", Field::kReadBytesPerSecond},
    {"write_bytes_per_second", Field::kWriteBytesPerSecond},
    {"cpu_seconds", Field::kCpuSeconds},
    {"thread_count", Field::kThreadCount},
    {"pid", Field::kPid},
    {"user", Field::kUser},
    {"command", Field::kCommand},
    {"start_time", Field::kStartTime},
};

namespace {

constexpr std::size_t kLongestFilter = 256;
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

template <typename T>
int Compare(const T& a, const T& b, bool descending) {
  if (a == b) return 0;
  return (a < b) == descending ? 1 : -1;
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
                                                  const std::string& filter) {
  if (filter.size() > kLongestFilter) {
    return absl::InvalidArgumentError(absl::StrFormat("filter has %d bytes; it may have %d at most",
                                                      filter.size(), kLongestFilter));
  }
  ProcessQuery query;
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

v1::ProcessTable ProcessQuery::Select(std::span<const ProcessTablePtr> tables,
                                      RowRange range) const {
  std::vector<Row> rows;
  ProcessTotals totals;
  absl::Time newest = absl::InfinitePast();
  for (const ProcessTablePtr& table : tables) {
    Add(table->totals, &totals);
    newest = std::max(newest, table->time);
    for (const Process& process : table->processes) {
      if (Matches(process)) rows.push_back({table.get(), &process});
    }
  }
  const std::size_t end = std::min(rows.size(), range.offset + range.limit);
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(end), rows.end(),
                    [&](const Row& a, const Row& b) { return Before(a, b); });

  v1::ProcessTable selected;
  if (!tables.empty()) ToProto(newest, selected.mutable_sample_time());
  ToProto(totals, selected.mutable_totals());
  selected.set_matched_count(static_cast<std::int32_t>(rows.size()));
  for (std::size_t i = range.offset; i < end; ++i) {
    ToProto(rows[i].table->host, *rows[i].process, selected.add_processes());
  }
  return selected;
}

std::string ProcessQuery::Canonical() const {
  return absl::StrFormat("%d %d %s", static_cast<int>(field_), descending_, filter_);
}

bool ProcessQuery::Matches(const Process& process) const {
  return filter_.empty() || process.pid == filter_pid_ || Contains(process.command, filter_) ||
         Contains(process.command_line, filter_) || Contains(process.user, filter_);
}

bool ProcessQuery::Before(const Row& row_a, const Row& row_b) const {
  const Process& a = *row_a.process;
  const Process& b = *row_b.process;
  const int order = [&] {
    switch (field_) {
      case Field::kCpuUtilizationRatio:
        return CompareMeasured(a.cpu_utilization_ratio, b.cpu_utilization_ratio, descending_);
      case Field::kResidentBytes:
        return Compare(a.resident_bytes, b.resident_bytes, descending_);
      case Field::kReadBytesPerSecond:
        return CompareMeasured(a.read_bytes_per_second, b.read_bytes_per_second, descending_);
      case Field::kWriteBytesPerSecond:
        return CompareMeasured(a.write_bytes_per_second, b.write_bytes_per_second, descending_);
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
    }
    return 0;
  }();
  if (order != 0) return order < 0;
  if (a.pid != b.pid) return a.pid < b.pid;
  return row_a.table->host < row_b.table->host;
}

}  // namespace syspulse
