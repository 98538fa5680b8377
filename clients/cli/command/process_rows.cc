#include "clients/cli/command/process_rows.h"

#include <string>

#include "clients/cli/command/fields.h"
#include "clients/cli/output/units.h"
#include "services/base/text.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

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

}  // namespace

Table ProcessRows(const ProcessList& processes, bool with_host) {
  Table table{.columns = {{"PID", "", true},
                          {"USER", ""},
                          {"S", ""},
                          {"CPU", "", true},
                          {"MEM", "", true},
                          {"RES", "", true},
                          {"READ/s", "", true},
                          {"WRITE/s", "", true},
                          {"THR", "", true},
                          {"TIME", "", true},
                          {"COMMAND", ""}}};
  if (with_host) table.columns.insert(table.columns.begin(), {"HOST", ""});
  for (const v1::Process& process : processes) {
    table.rows.push_back(
        {CountCell(process.pid()), TextCell(process.user()), StateCell(process.state()),
         RatioCell(FIELD(process, cpu_utilization_ratio), false),
         RatioCell(process.memory_utilization_ratio()),
         BytesCell(static_cast<double>(process.resident_bytes())),
         BytesCell(FIELD(process, read_bytes_per_second)),
         BytesCell(FIELD(process, write_bytes_per_second)), CountCell(process.thread_count()),
         CpuTimeCell(process.cpu_seconds()), TextCell(CommandOf(process))});
    auto& row = table.rows.back();
    if (with_host) row.insert(row.begin(), TextCell(HostOf(process)));
  }
  return table;
}

Table ProcessRecords(const ProcessList& processes) {
  Table table;
  for (const char* key :
       {"host", "pid", "ppid", "user", "state", "cpu_utilization_ratio", "memory_utilization_ratio",
        "resident_bytes", "virtual_bytes", "read_bytes_per_second", "write_bytes_per_second",
        "thread_count", "nice", "cpu_seconds", "start_time", "command", "command_line"}) {
    table.columns.push_back({"", key});
  }
  for (const v1::Process& process : processes) {
    table.rows.push_back(
        {TextCell(HostOf(process)), CountCell(process.pid()), CountCell(process.ppid()),
         TextCell(process.user()), TextCell(StateLetter(process.state())),
         RatioCell(FIELD(process, cpu_utilization_ratio)),
         RatioCell(process.memory_utilization_ratio()), CountCell(process.resident_bytes()),
         CountCell(process.virtual_bytes()), BytesCell(FIELD(process, read_bytes_per_second)),
         BytesCell(FIELD(process, write_bytes_per_second)), CountCell(process.thread_count()),
         CountCell(process.nice()), NumberCell(process.cpu_seconds(), 2),
         TextCell(ExactTime(TimeOf(process.start_time()))), TextCell(process.command()),
         TextCell(process.command_line())});
  }
  return table;
}

}  // namespace syspulse
