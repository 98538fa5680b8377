#include "clients/cli/command/host_tables.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

// Seconds that a clock may be off without anyone noticing; networks take less.
constexpr double kLeastSkew = 1;

Cell StateCell(const v1::Host& host) {
  const v1::HostState state = host.state();
  const Emphasis emphasis = state == v1::HOST_STATE_ONLINE    ? Emphasis::kGood
                            : state == v1::HOST_STATE_OFFLINE ? Emphasis::kCritical
                                                              : Emphasis::kWarning;
  Cell cell = TextCell(StateName(state), emphasis);
  if (host.has_conflict()) {
    cell.human += ", claimed twice";
    cell.emphasis = Emphasis::kCritical;
  }
  return cell;
}

Cell SinceCell(absl::Time now, const v1::Host& host) {
  if (!host.has_last_seen_time()) return {.human = "never", .emphasis = Emphasis::kFaint};
  const absl::Time seen = TimeOf(host.last_seen_time());
  return {.human = HumanDuration(absl::ToDoubleSeconds(now - seen)) + " ago",
          .exact = ExactTime(seen)};
}

double SecondsOf(const google::protobuf::Duration& duration) {
  return static_cast<double>(duration.seconds()) + duration.nanos() / 1e9;
}

// A host that is only pushed to says neither how many cores it has nor how much memory.
Cell CoresCell(const v1::Host& host) {
  return host.core_count() > 0 ? CountCell(host.core_count()) : NumberCell(std::nullopt, 0);
}

Cell MemoryCell(const v1::Host& host) {
  if (host.memory_bytes() <= 0) return BytesCell(std::nullopt);
  return BytesCell(static_cast<double>(host.memory_bytes()));
}

// How far the clock of the host is off.
Cell ClockCell(const v1::Host& host) {
  if (!host.has_clock_skew()) return {};
  const double seconds = SecondsOf(host.clock_skew());
  const std::string exact = absl::StrFormat("%.3f", seconds);
  if (std::abs(seconds) < kLeastSkew) {
    return {.human = "right", .exact = exact, .is_number = true, .emphasis = Emphasis::kFaint};
  }
  return {.human = HumanDuration(std::abs(seconds)) + (seconds > 0 ? " ahead" : " behind"),
          .exact = exact,
          .is_number = true,
          .emphasis = Emphasis::kWarning};
}

Cell LabelsCell(const google::protobuf::Map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [key, value] :
       std::map<std::string, std::string>(labels.begin(), labels.end())) {
    if (!text.empty()) text += ",";
    text += key + "=" + value;
  }
  return TextCell(text);
}

// What the history lacks of the last day.
Cell GapCell(const v1::Host& host) {
  if (!host.has_completeness()) return {};
  const double seconds = SecondsOf(host.completeness().gap());
  if (seconds < 1)
    return {.human = "none", .exact = "0", .is_number = true, .emphasis = Emphasis::kFaint};
  return {.human = HumanDuration(seconds),
          .exact = absl::StrFormat("%.3f", seconds),
          .is_number = true,
          .emphasis = Emphasis::kWarning};
}

// What hosts are doing, behind the columns that say who they are; nothing if no host says.
struct SummaryColumn {
  const char* title;
  const char* key;
  Cell (*cell)(const v1::HostSummary&);
};

constexpr std::size_t kSummaryPlace = 3;  // behind the state

const SummaryColumn kSummaryColumns[] = {
    {"CPU", "cpu_utilization_ratio",
     [](const v1::HostSummary& s) { return RatioCell(FIELD(s, cpu_utilization_ratio)); }},
    {"MEM", "memory_utilization_ratio",
     [](const v1::HostSummary& s) { return RatioCell(FIELD(s, memory_utilization_ratio)); }},
    {"LOAD", "load_one_minute",
     [](const v1::HostSummary& s) { return NumberCell(FIELD(s, load_one_minute), 2); }},
    {"DISK", "filesystem_utilization_ratio",
     [](const v1::HostSummary& s) { return RatioCell(FIELD(s, filesystem_utilization_ratio)); }},
    {"PRESSURE", "pressure_ratio",
     [](const v1::HostSummary& s) { return RatioCell(FIELD(s, pressure_ratio)); }}};

void AddSummaries(const v1::HostList& list, Table* table) {
  const auto has_summary = [](const v1::Host& host) { return host.has_summary(); };
  if (std::ranges::none_of(list.hosts(), has_summary)) return;
  std::size_t place = kSummaryPlace;
  for (const SummaryColumn& column : kSummaryColumns) {
    const auto offset = static_cast<std::ptrdiff_t>(place++);
    table->columns.insert(table->columns.begin() + offset, {column.title, "", true});
    for (std::size_t i = 0; i < table->rows.size(); ++i) {
      const v1::Host& host = list.hosts(static_cast<int>(i));
      table->rows[i].insert(table->rows[i].begin() + offset, column.cell(host.summary()));
    }
  }
}

}  // namespace

Table HostTable(const v1::HostList& list, absl::Time now) {
  Table table{.columns = {{"HOST", ""},
                          {"ID", ""},
                          {"STATE", ""},
                          {"CORES", "", true},
                          {"MEMORY", "", true},
                          {"SYSTEM", ""},
                          {"KERNEL", ""},
                          {"AGENT", ""},
                          {"GAP", "", true},
                          {"CLOCK", "", true},
                          {"LABELS", ""},
                          {"LAST SEEN", ""}}};
  for (const v1::Host& host : list.hosts()) {
    table.rows.push_back({TextCell(HostLabel(host)), TextCell(std::string(HostIdOf(host.name()))),
                          StateCell(host), CoresCell(host), MemoryCell(host),
                          TextCell(host.os_name()), TextCell(host.kernel_release()),
                          TextCell(host.agent_version()), GapCell(host), ClockCell(host),
                          LabelsCell(host.labels()), SinceCell(now, host)});
  }
  AddSummaries(list, &table);
  return table;
}

Table HostRecords(const v1::HostList& list) {
  Table table;
  for (const char* key : {"name",
                          "hostname",
                          "display_name",
                          "state",
                          "os_name",
                          "kernel_release",
                          "architecture",
                          "core_count",
                          "memory_bytes",
                          "boot_time",
                          "agent_version",
                          "address",
                          "first_seen_time",
                          "last_seen_time",
                          "expected_count",
                          "received_count",
                          "late_count",
                          "duplicate_count",
                          "dropped_frame_count",
                          "gap_seconds",
                          "clock_skew_seconds",
                          "labels",
                          "conflict_address",
                          "conflict_refused_count"}) {
    table.columns.push_back({"", key});
  }
  for (const SummaryColumn& column : kSummaryColumns) table.columns.push_back({"", column.key});
  const auto time = [](bool present, const google::protobuf::Timestamp& value) {
    return present ? TextCell(ExactTime(TimeOf(value))) : Cell{};
  };
  for (const v1::Host& host : list.hosts()) {
    const v1::HostCompleteness& samples = host.completeness();
    const auto count = [&](std::int64_t value) {
      return host.has_completeness() ? CountCell(value) : Cell{};
    };
    table.rows.push_back(
        {TextCell(host.name()),
         TextCell(host.hostname()),
         TextCell(host.display_name()),
         TextCell(StateName(host.state())),
         TextCell(host.os_name()),
         TextCell(host.kernel_release()),
         TextCell(host.architecture()),
         CoresCell(host),
         host.memory_bytes() > 0 ? CountCell(host.memory_bytes()) : Cell{},
         time(host.has_boot_time(), host.boot_time()),
         TextCell(host.agent_version()),
         TextCell(host.address()),
         time(host.has_first_seen_time(), host.first_seen_time()),
         time(host.has_last_seen_time(), host.last_seen_time()),
         count(samples.expected_count()),
         count(samples.received_count()),
         count(samples.late_count()),
         count(samples.duplicate_count()),
         count(samples.dropped_frame_count()),
         GapCell(host),
         ClockCell(host),
         LabelsCell(host.labels()),
         TextCell(host.conflict().address()),
         host.has_conflict() ? CountCell(host.conflict().refused_count()) : Cell{}});
    for (const SummaryColumn& column : kSummaryColumns) {
      table.rows.back().push_back(column.cell(host.summary()));
    }
  }
  return table;
}

std::string ConflictSentence(const v1::Host& host) {
  const v1::HostConflict& conflict = host.conflict();
  return SafeText(absl::StrFormat(
      "%s: another agent, on %s at %s, says it is this host and is refused; give it an id of its "
      "own with --host-id, or stop it",
      host.name(), conflict.same_boot() ? "the same machine" : conflict.hostname(),
      conflict.address()));
}

}  // namespace syspulse
