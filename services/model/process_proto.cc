#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

struct StateLetter {
  char letter;
  v1::ProcessState state;
};

// The letters of proc(5), /proc/[pid]/stat field 3. The first of a state is the one it is turned
// back into.
constexpr StateLetter kStates[] = {
    {'R', v1::PROCESS_STATE_RUNNING},    {'S', v1::PROCESS_STATE_SLEEPING},
    {'D', v1::PROCESS_STATE_DISK_SLEEP}, {'T', v1::PROCESS_STATE_STOPPED},
    {'t', v1::PROCESS_STATE_STOPPED},    {'Z', v1::PROCESS_STATE_ZOMBIE},
    {'I', v1::PROCESS_STATE_IDLE},
};

v1::ProcessState StateOf(char letter) {
  for (const StateLetter& one : kStates) {
    if (one.letter == letter) return one.state;
  }
  return v1::PROCESS_STATE_OTHER;
}

char LetterOf(v1::ProcessState state) {
  for (const StateLetter& one : kStates) {
    if (one.state == state) return one.letter;
  }
  return '?';
}

absl::StatusOr<Process> ProcessFromProto(const v1::Process& in) {
  Process process{.pid = in.pid(),
                  .ppid = in.ppid(),
                  .state = LetterOf(in.state()),
                  .user = in.user(),
                  .command = in.command(),
                  .command_line = in.command_line(),
                  .thread_count = in.thread_count(),
                  .cpu_seconds = in.cpu_seconds(),
                  .resident_bytes = in.resident_bytes(),
                  .virtual_bytes = in.virtual_bytes(),
                  .memory_utilization_ratio = in.memory_utilization_ratio(),
                  .nice = in.nice(),
                  .executable = in.executable(),
                  .container = in.container(),
                  .unit = in.unit()};
  ASSIGN_OR_RETURN(process.start_time, FromProto(in.start_time()));
  if (in.has_cpu_utilization_ratio()) process.cpu_utilization_ratio = in.cpu_utilization_ratio();
  if (in.has_read_bytes_per_second()) process.read_bytes_per_second = in.read_bytes_per_second();
  if (in.has_write_bytes_per_second()) process.write_bytes_per_second = in.write_bytes_per_second();
  if (in.has_shared_bytes()) process.shared_bytes = in.shared_bytes();
  if (in.has_swap_bytes()) process.swap_bytes = in.swap_bytes();
  if (in.has_open_file_count()) process.open_file_count = in.open_file_count();
  if (process.pid <= 0) {
    return absl::InvalidArgumentError(absl::StrFormat("process with pid %d", process.pid));
  }
  return process;
}

ProcessTotals TotalsFromProto(const v1::ProcessTotals& in) {
  return ProcessTotals{.processes = in.process_count(),
                       .threads = in.thread_count(),
                       .running = in.running_count(),
                       .sleeping = in.sleeping_count(),
                       .disk_sleep = in.disk_sleep_count(),
                       .stopped = in.stopped_count(),
                       .zombie = in.zombie_count()};
}

}  // namespace

void ToProto(std::string_view host_id, const Process& process, v1::Process* out) {
  out->set_name(ProcessName(host_id, process.pid));
  out->set_pid(process.pid);
  out->set_ppid(process.ppid);
  ToProto(process.start_time, out->mutable_start_time());
  out->set_state(StateOf(process.state));
  out->set_user(process.user);
  out->set_command(process.command);
  out->set_command_line(process.command_line);
  out->set_thread_count(process.thread_count);
  if (process.cpu_utilization_ratio) {
    out->set_cpu_utilization_ratio(*process.cpu_utilization_ratio);
  }
  out->set_cpu_seconds(process.cpu_seconds);
  out->set_resident_bytes(process.resident_bytes);
  out->set_virtual_bytes(process.virtual_bytes);
  out->set_memory_utilization_ratio(process.memory_utilization_ratio);
  out->set_nice(process.nice);
  if (process.read_bytes_per_second) {
    out->set_read_bytes_per_second(*process.read_bytes_per_second);
  }
  if (process.write_bytes_per_second) {
    out->set_write_bytes_per_second(*process.write_bytes_per_second);
  }
  out->set_executable(process.executable);
  if (process.shared_bytes) out->set_shared_bytes(*process.shared_bytes);
  if (process.swap_bytes) out->set_swap_bytes(*process.swap_bytes);
  if (process.open_file_count) out->set_open_file_count(*process.open_file_count);
  out->set_container(process.container);
  out->set_unit(process.unit);
}

void ToProto(const ProcessTotals& totals, v1::ProcessTotals* out) {
  out->set_process_count(totals.processes);
  out->set_thread_count(totals.threads);
  out->set_running_count(totals.running);
  out->set_sleeping_count(totals.sleeping);
  out->set_disk_sleep_count(totals.disk_sleep);
  out->set_stopped_count(totals.stopped);
  out->set_zombie_count(totals.zombie);
}

void ToProto(const ProcessTable& table, v1::ProcessTable* out) {
  out->set_host(HostName(table.host));
  ToProto(table.time, out->mutable_sample_time());
  ToProto(table.totals, out->mutable_totals());
  for (const Process& process : table.processes) {
    ToProto(table.host, process, out->add_processes());
  }
  out->set_matched_count(static_cast<std::int32_t>(table.processes.size()));
  out->set_partial(table.partial);
}

absl::StatusOr<ProcessTablePtr> FromProto(const v1::ProcessTable& in, std::string_view host) {
  if (HostIdOf(in.host()) != host) {
    return absl::InvalidArgumentError(
        absl::StrFormat("processes of '%s' in the stream of hosts/%s", in.host(), host));
  }
  ProcessTable table{
      .host = std::string(host), .totals = TotalsFromProto(in.totals()), .partial = in.partial()};
  ASSIGN_OR_RETURN(table.time, FromProto(in.sample_time()));
  table.processes.reserve(static_cast<std::size_t>(in.processes_size()));
  for (const v1::Process& one : in.processes()) {
    ASSIGN_OR_RETURN(Process process, ProcessFromProto(one));
    table.processes.push_back(std::move(process));
  }
  return std::make_shared<const ProcessTable>(std::move(table));
}

}  // namespace syspulse
