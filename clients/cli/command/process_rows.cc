#include "clients/cli/command/process_rows.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/output/units.h"
#include "services/base/text.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr std::size_t kShortId = 12;
constexpr int kDeepestIndent = 24;  // levels; what is deeper stands there

// Returns the host of `hosts/{host}/processes/{pid}`.
std::string HostOf(const v1::Process& process) {
  std::string_view rest = HostIdOf(process.name());
  return std::string(TakeUntil(&rest, '/'));
}

Cell StateCell(v1::ProcessState state) {
  switch (state) {
    case v1::PROCESS_STATE_RUNNING:
      return TextCell("R", Emphasis::kGood);
    case v1::PROCESS_STATE_DISK_SLEEP:
      return TextCell("D", Emphasis::kWarning);
    case v1::PROCESS_STATE_ZOMBIE:
      return TextCell("Z", Emphasis::kCritical);
    default:
      return TextCell(StateLetter(state));
  }
}

Cell CpuTimeCell(double seconds) {
  return {.human = HumanCpuTime(seconds), .exact = ExactNumber(seconds), .is_number = true};
}

// The first digits of an id are enough to tell containers apart, as their runtimes show them.
Cell ContainerCell(const v1::Process& process) {
  Cell cell = TextCell(std::string_view(process.container()).substr(0, kShortId));
  if (cell.human.empty()) cell.human = "-";
  return cell;
}

Cell UnitCell(const v1::Process& process) {
  return TextCell(process.unit().empty() ? "-" : process.unit());
}

Cell CommandCell(const v1::Process& process) {
  Cell cell = TextCell(CommandOf(process));
  const int levels = std::clamp(process.depth(), 0, kDeepestIndent);
  if (levels > 0) cell.human.insert(0, std::string(2 * (levels - 1), ' ') + "\\_ ");
  return cell;
}

struct ProcessColumn {
  std::string_view name;
  std::string_view title;
  bool right_aligned;
  Cell (*cell)(const v1::Process&);
};

const ProcessColumn kColumns[] = {
    {"host", "HOST", false,
     [](const v1::Process& p) {
       return TextCell(p.hostname().empty() ? HostOf(p) : p.hostname());
     }},
    {"pid", "PID", true, [](const v1::Process& p) { return CountCell(p.pid()); }},
    {"ppid", "PPID", true, [](const v1::Process& p) { return CountCell(p.ppid()); }},
    {"user", "USER", false, [](const v1::Process& p) { return TextCell(p.user()); }},
    {"state", "S", false, [](const v1::Process& p) { return StateCell(p.state()); }},
    {"nice", "NI", true, [](const v1::Process& p) { return CountCell(p.nice()); }},
    {"cpu", "CPU", true,
     [](const v1::Process& p) { return RatioCell(FIELD(p, cpu_utilization_ratio), false); }},
    {"memory", "MEM", true,
     [](const v1::Process& p) { return RatioCell(p.memory_utilization_ratio()); }},
    {"resident", "RES", true,
     [](const v1::Process& p) { return BytesCell(static_cast<double>(p.resident_bytes())); }},
    {"shared", "SHR", true, [](const v1::Process& p) { return BytesCell(FIELD(p, shared_bytes)); }},
    {"swap", "SWAP", true, [](const v1::Process& p) { return BytesCell(FIELD(p, swap_bytes)); }},
    {"virtual", "VIRT", true,
     [](const v1::Process& p) { return BytesCell(static_cast<double>(p.virtual_bytes())); }},
    {"read", "READ/s", true,
     [](const v1::Process& p) { return BytesCell(FIELD(p, read_bytes_per_second)); }},
    {"write", "WRITE/s", true,
     [](const v1::Process& p) { return BytesCell(FIELD(p, write_bytes_per_second)); }},
    {"threads", "THR", true, [](const v1::Process& p) { return CountCell(p.thread_count()); }},
    {"files", "FILES", true,
     [](const v1::Process& p) { return NumberCell(FIELD(p, open_file_count), 0); }},
    {"start", "STARTED", false,
     [](const v1::Process& p) { return TextCell(ExactTime(TimeOf(p.start_time()))); }},
    {"time", "TIME", true, [](const v1::Process& p) { return CpuTimeCell(p.cpu_seconds()); }},
    {"container", "CONTAINER", false, ContainerCell},
    {"unit", "UNIT", false, UnitCell},
    {"executable", "EXECUTABLE", false,
     [](const v1::Process& p) { return TextCell(p.executable().empty() ? "-" : p.executable()); }},
    {"command", "COMMAND", false, CommandCell},
};

}  // namespace

std::vector<std::string> ProcessColumns() {
  std::vector<std::string> names;
  for (const ProcessColumn& column : kColumns) names.emplace_back(column.name);
  return names;
}

absl::StatusOr<std::vector<std::string>> ParseProcessColumns(std::string_view text) {
  const std::vector<std::string> known = ProcessColumns();
  if (text == "wide") return known;
  std::vector<std::string> columns;
  for (const std::string_view part : Split(text, ',')) {
    const std::string_view name = Trim(part);
    if (std::ranges::find(known, name) == known.end()) {
      std::string listed;
      for (const std::string& one : known) listed += (listed.empty() ? "" : ", ") + one;
      return absl::InvalidArgumentError(absl::StrFormat(
          "there is no column '%s'; write some of %s, with commas between them, or wide for all",
          name, listed));
    }
    columns.emplace_back(name);
  }
  return columns;
}

std::vector<std::string> DefaultProcessColumns(const ProcessList& processes, bool with_host) {
  std::vector<std::string> columns = {"pid",      "user", "state", "cpu",     "memory",
                                      "resident", "read", "write", "threads", "time"};
  if (with_host) columns.insert(columns.begin(), "host");
  const auto has = [](const std::string& text) { return !text.empty(); };
  if (std::ranges::any_of(processes, has, &v1::Process::container)) columns.push_back("container");
  if (std::ranges::any_of(processes, has, &v1::Process::unit)) columns.push_back("unit");
  columns.push_back("command");
  return columns;
}

Table ProcessRows(const ProcessList& processes, const std::vector<std::string>& columns) {
  std::vector<const ProcessColumn*> chosen;
  Table table;
  for (const std::string& name : columns) {
    const auto* const column = std::ranges::find(kColumns, name, &ProcessColumn::name);
    if (column == std::end(kColumns)) continue;
    chosen.push_back(column);
    table.columns.push_back({std::string(column->title), "", column->right_aligned});
  }
  for (const v1::Process& process : processes) {
    std::vector<Cell>& row = table.rows.emplace_back();
    for (const ProcessColumn* column : chosen) row.push_back(column->cell(process));
  }
  return table;
}

Table ProcessRecords(const ProcessList& processes) {
  Table table;
  for (const char* key : {"host",
                          "pid",
                          "ppid",
                          "user",
                          "state",
                          "cpu_utilization_ratio",
                          "memory_utilization_ratio",
                          "resident_bytes",
                          "virtual_bytes",
                          "read_bytes_per_second",
                          "write_bytes_per_second",
                          "thread_count",
                          "nice",
                          "cpu_seconds",
                          "start_time",
                          "command",
                          "command_line",
                          "executable",
                          "shared_bytes",
                          "swap_bytes",
                          "open_file_count",
                          "container",
                          "unit",
                          "depth"}) {
    table.columns.push_back({"", key});
  }
  for (const v1::Process& process : processes) {
    table.rows.push_back({TextCell(HostOf(process)),
                          CountCell(process.pid()),
                          CountCell(process.ppid()),
                          TextCell(process.user()),
                          TextCell(StateLetter(process.state())),
                          RatioCell(FIELD(process, cpu_utilization_ratio)),
                          RatioCell(process.memory_utilization_ratio()),
                          CountCell(process.resident_bytes()),
                          CountCell(process.virtual_bytes()),
                          BytesCell(FIELD(process, read_bytes_per_second)),
                          BytesCell(FIELD(process, write_bytes_per_second)),
                          CountCell(process.thread_count()),
                          CountCell(process.nice()),
                          NumberCell(process.cpu_seconds(), 2),
                          TextCell(ExactTime(TimeOf(process.start_time()))),
                          TextCell(process.command()),
                          TextCell(process.command_line()),
                          TextCell(process.executable()),
                          BytesCell(FIELD(process, shared_bytes)),
                          BytesCell(FIELD(process, swap_bytes)),
                          NumberCell(FIELD(process, open_file_count), 0),
                          TextCell(process.container()),
                          TextCell(process.unit()),
                          CountCell(process.depth())});
  }
  return table;
}

}  // namespace syspulse
