// One host on one screen: what an engineer wants to know first.
#include <string>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/command/process_rows.h"
#include "clients/cli/output/units.h"
#include "services/base/status_macros.h"
#include "services/model/resource_name.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"

namespace syspulse {
namespace {

std::string Percent(std::optional<double> ratio) { return RatioCell(ratio).human; }
std::string Bytes(std::optional<double> bytes) { return BytesCell(bytes).human; }

// Absent if neither is known.
std::optional<double> Sum(std::optional<double> a, std::optional<double> b) {
  if (!a && !b) return std::nullopt;
  return a.value_or(0) + b.value_or(0);
}

std::string SystemText(const v1::Host& host) {
  return absl::StrFormat("%s, kernel %s, %s, %d cores", host.os_name(), host.kernel_release(),
                         host.architecture(), host.core_count());
}

std::string CpuText(const v1::CpuModes& modes) {
  return absl::StrFormat("user %s, system %s, iowait %s, steal %s",
                         HumanPercent(modes.user_ratio() + modes.nice_ratio()),
                         Percent(FIELD(modes, system_ratio)), Percent(FIELD(modes, iowait_ratio)),
                         Percent(FIELD(modes, steal_ratio)));
}

std::string LoadText(const v1::LoadAverage& load) {
  return absl::StrFormat("%s over 1 minute, %s over 5, %s over 15",
                         NumberCell(FIELD(load, one_minute), 2).human,
                         NumberCell(FIELD(load, five_minutes), 2).human,
                         NumberCell(FIELD(load, fifteen_minutes), 2).human);
}

std::string MemoryText(const v1::Memory& memory) {
  return absl::StrFormat("%s of %s, %s available, %s cached", Bytes(FIELD(memory, used_bytes)),
                         Bytes(FIELD(memory, total_bytes)), Bytes(FIELD(memory, available_bytes)),
                         Bytes(FIELD(memory, cached_bytes)));
}

std::string SwapText(const v1::SwapSpace& swap) {
  if (swap.has_total_bytes() && swap.total_bytes() == 0) return "none";
  return absl::StrFormat("%s of %s", Bytes(FIELD(swap, used_bytes)),
                         Bytes(FIELD(swap, total_bytes)));
}

std::string PressureText(const v1::Pressure& pressure) {
  return absl::StrFormat("cpu %s, memory %s, I/O %s", Percent(FIELD(pressure.cpu(), some_ratio)),
                         Percent(FIELD(pressure.memory(), some_ratio)),
                         Percent(FIELD(pressure.io(), some_ratio)));
}

Table OverviewTable(const v1::Snapshot& snapshot, absl::TimeZone zone) {
  Table table{.columns = {{"", ""}, {"", "", true}, {"", ""}}};
  const auto add = [&](std::string_view name, Cell value, std::string_view text) {
    table.rows.push_back({TextCell(name, Emphasis::kFaint), std::move(value), TextCell(text)});
  };
  add("CPU", RatioCell(FIELD(snapshot.cpu(), utilization_ratio)), CpuText(snapshot.cpu().modes()));
  add("Memory", RatioCell(FIELD(snapshot.memory(), utilization_ratio)),
      MemoryText(snapshot.memory()));
  add("Swap", RatioCell(FIELD(snapshot.swap(), utilization_ratio)), SwapText(snapshot.swap()));
  add("Load", NumberCell(FIELD(snapshot.load(), one_minute), 2), LoadText(snapshot.load()));
  if (snapshot.has_pressure()) {
    add("Pressure", TextCell(""), PressureText(snapshot.pressure()));
  }
  const v1::ProcessTotals& totals = snapshot.process_totals();
  add("Tasks", CountCell(totals.process_count()),
      absl::StrFormat("%d threads, %d running, %d in disk sleep, %d zombies", totals.thread_count(),
                      totals.running_count(), totals.disk_sleep_count(), totals.zombie_count()));
  const v1::Host& host = snapshot.identity();
  table.title =
      TextCell(absl::StrFormat(
                   "%s: %s, up %s, at %s", HostLabel(host), SystemText(host),
                   snapshot.has_uptime_seconds() ? HumanDuration(snapshot.uptime_seconds()) : "-",
                   HumanClock(TimeOf(snapshot.sample_time()), zone)))
          .human;
  return table;
}

Table FilesystemTable(const v1::Snapshot& snapshot) {
  Table table{.title = "Filesystems",
              .columns = {{"USED", "", true},
                          {"SIZE", "", true},
                          {"FREE", "", true},
                          {"TYPE", ""},
                          {"DEVICE", ""},
                          {"MOUNTED ON", ""}}};
  for (const v1::Filesystem& filesystem : snapshot.filesystems()) {
    table.rows.push_back(
        {RatioCell(FIELD(filesystem, utilization_ratio)), BytesCell(FIELD(filesystem, size_bytes)),
         BytesCell(FIELD(filesystem, available_bytes)), TextCell(filesystem.fstype()),
         TextCell(filesystem.device()), TextCell(filesystem.mountpoint())});
  }
  return table;
}

Table DiskTable(const v1::Snapshot& snapshot) {
  Table table{.title = "Disks",
              .columns = {{"BUSY", "", true},
                          {"READ/s", "", true},
                          {"WRITE/s", "", true},
                          {"READS/s", "", true},
                          {"WRITES/s", "", true},
                          {"QUEUE", "", true},
                          {"DEVICE", ""}}};
  for (const v1::Disk& disk : snapshot.disks()) {
    table.rows.push_back({RatioCell(FIELD(disk, utilization_ratio)),
                          BytesCell(FIELD(disk, read_bytes_per_second)),
                          BytesCell(FIELD(disk, write_bytes_per_second)),
                          NumberCell(FIELD(disk, reads_per_second), 0),
                          NumberCell(FIELD(disk, writes_per_second), 0),
                          NumberCell(FIELD(disk, queue_length), 2), TextCell(disk.device())});
  }
  return table;
}

Table NetworkTable(const v1::Snapshot& snapshot) {
  Table table{.title = "Networks",
              .columns = {{"RECV/s", "", true},
                          {"SENT/s", "", true},
                          {"PKTS IN/s", "", true},
                          {"PKTS OUT/s", "", true},
                          {"ERRORS/s", "", true},
                          {"DROPS/s", "", true},
                          {"DEVICE", ""}}};
  for (const v1::NetworkInterface& network : snapshot.networks()) {
    table.rows.push_back({BytesCell(FIELD(network, receive_bytes_per_second)),
                          BytesCell(FIELD(network, transmit_bytes_per_second)),
                          NumberCell(FIELD(network, receive_packets_per_second), 0),
                          NumberCell(FIELD(network, transmit_packets_per_second), 0),
                          NumberCell(Sum(FIELD(network, receive_errors_per_second),
                                         FIELD(network, transmit_errors_per_second)),
                                     0),
                          NumberCell(Sum(FIELD(network, receive_drops_per_second),
                                         FIELD(network, transmit_drops_per_second)),
                                     0),
                          TextCell(network.device())});
  }
  return table;
}

}  // namespace

absl::Status RunSnapshot(const Session& session, const SnapshotArguments& options) {
  const auto stub = v1::MetricsService::NewStub(session.channel);
  v1::GetSnapshotRequest request;
  request.set_host(options.host);
  v1::GetSnapshotResponse response;
  RETURN_IF_ERROR(CallOnce(session, [&](grpc::ClientContext* context) {
    return stub->GetSnapshot(context, request, &response);
  }));
  const v1::Snapshot& snapshot = response.snapshot();
  Table processes =
      ProcessRows(snapshot.top_processes(), {"pid", "user", "state", "cpu", "memory", "resident",
                                             "read", "write", "threads", "time", "command"});
  processes.title = "Busiest processes";
  return session.writer->Write(
      {.message = &snapshot,
       .tables = {OverviewTable(snapshot, session.zone), FilesystemTable(snapshot),
                  DiskTable(snapshot), NetworkTable(snapshot), std::move(processes)},
       .records = Flatten(snapshot)});
}

}  // namespace syspulse
