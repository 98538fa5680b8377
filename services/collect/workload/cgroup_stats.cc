#include "services/collect/workload/cgroup_stats.h"

#include <cerrno>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/collect/kernel/meminfo_collector.h"

namespace syspulse {
namespace {

// Returns the device's name in the text of a uevent file of sysfs; empty if it does not say.
std::string DeviceNameOf(std::string_view uevent) {
  constexpr std::string_view kKey = "DEVNAME=";
  uevent = uevent.substr(0, uevent.rfind('\n') + 1);
  while (!uevent.empty()) {
    const std::string_view line = TakeUntil(&uevent, '\n');
    if (line.starts_with(kKey) && line.size() > kKey.size()) {
      return absl::StrFormat("/dev/%s", line.substr(kKey.size()));
    }
  }
  return {};
}

}  // namespace

void CgroupReader::Begin() {
  devices_.clear();
  problem_ = absl::OkStatus();
}

template <typename Parse>
auto CgroupReader::ReadAs(const Directory& directory, const char* file, const Parse& parse)
    -> std::optional<typename decltype(parse("", ""))::value_type> {
  const FileText read = directory.Read(file, &buffer_);
  // Controllers that are off have no files, and threaded cgroups no list of processes.
  if (read.error != 0) return std::nullopt;
  auto parsed = parse(read.text, file);
  if (parsed.ok()) return *std::move(parsed);
  if (problem_.ok()) problem_ = parsed.status();
  return std::nullopt;
}

const std::string& CgroupReader::DeviceName(std::string_view number) {
  const auto found = devices_.find(number);
  if (found != devices_.end()) return found->second;
  const auto uevent = procfs_->ReadSys(absl::StrFormat("dev/block/%s/uevent", number));
  return devices_.emplace(number, uevent.ok() ? DeviceNameOf(*uevent) : "").first->second;
}

void CgroupReader::ReadIo(const Directory& directory, CgroupStats* stats) {
  const auto devices = ReadAs(directory, "io.stat", ParseCgroupDevices);
  if (!devices) return;
  for (CgroupDevice device : *devices) {
    const std::string& name = DeviceName(device.number);
    if (name.empty()) continue;  // it was removed
    device.number = {};          // it points into the buffer
    stats->io.push_back({.device = name, .counts = device});
  }
}

std::optional<CgroupStats> CgroupReader::ReadStats(const Directory& directory) {
  CgroupStats stats;
  stats.processes = ReadAs(directory, "cgroup.procs", CountCgroupProcesses);
  stats.cpu = ReadAs(directory, "cpu.stat", ParseCgroupCpu).value_or(CgroupCpu{});
  stats.memory = ReadAs(directory, "memory.stat", ParseCgroupMemory).value_or(CgroupMemory{});
  stats.memory_events =
      ReadAs(directory, "memory.events", ParseCgroupMemoryEvents).value_or(CgroupMemoryEvents{});
  stats.memory_bytes = ReadAs(directory, "memory.current", ParseCgroupNumber);
  stats.memory_peak_bytes = ReadAs(directory, "memory.peak", ParseCgroupNumber);
  stats.swap_bytes = ReadAs(directory, "memory.swap.current", ParseCgroupNumber);
  stats.threads = ReadAs(directory, "pids.current", ParseCgroupNumber);
  stats.cpu_pressure = ReadAs(directory, "cpu.pressure", ParsePressure).value_or(PressureTotals{});
  stats.memory_pressure =
      ReadAs(directory, "memory.pressure", ParsePressure).value_or(PressureTotals{});
  stats.io_pressure = ReadAs(directory, "io.pressure", ParsePressure).value_or(PressureTotals{});
  ReadIo(directory, &stats);
  // What was removed meanwhile may have been read in part.
  if (!directory.Modified("cgroup.procs")) return std::nullopt;
  return stats;
}

CgroupLimits CgroupReader::ReadLimits(const Directory& directory) {
  return {.memory_bytes = ReadAs(directory, "memory.max", ParseCgroupNumber),
          .swap_bytes = ReadAs(directory, "memory.swap.max", ParseCgroupNumber),
          .reserved_bytes = ReadAs(directory, "memory.min", ParseCgroupNumber),
          .threads = ReadAs(directory, "pids.max", ParseCgroupNumber),
          .cpu_weight = ReadAs(directory, "cpu.weight", ParseCgroupNumber),
          .cpu = ReadAs(directory, "cpu.max", ParseCgroupCpuLimit)};
}

void CgroupReader::ReadHostMemory(CgroupStats* stats) {
  const auto text = procfs_->ReadProc("meminfo");
  if (!text.ok()) return;
  const auto fields = ParseMeminfo(*text);
  if (!fields.ok()) return;
  std::map<std::string_view, std::uint64_t> bytes;
  for (const MemoryField& field : *fields) bytes.emplace(field.name, field.value);
  const auto used = [&](std::string_view total, std::string_view free) -> CgroupNumber {
    if (!bytes.contains(total) || !bytes.contains(free) || bytes[free] > bytes[total]) {
      return std::nullopt;
    }
    return bytes[total] - bytes[free];
  };
  stats->memory_bytes = used("MemTotal", "MemFree");
  stats->swap_bytes = used("SwapTotal", "SwapFree");
}

}  // namespace syspulse
