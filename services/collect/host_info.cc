#include "services/collect/host_info.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/kernel/cpu_collector.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/kernel/stat_collector.h"
#include "services/collect/kernel/uname_collector.h"
#include "services/collect/sha256.h"

namespace syspulse {
namespace {

constexpr std::size_t kMachineIdDigits = 32;
constexpr std::size_t kIdBytes = 16;        // of the hash that become the id
constexpr std::size_t kLongestHostId = 63;  // RFC 1035, section 2.3.4
constexpr std::size_t kLongestBootId = 36;  // a UUID
constexpr std::string_view kApplication = "syspulse host id: ";

std::string Hex(const std::uint8_t* bytes, std::size_t count) {
  std::string hex;
  for (std::size_t i = 0; i < count; ++i) hex += absl::StrFormat("%02x", bytes[i]);
  return hex;
}

std::string RandomId() {
  std::random_device device;
  std::string id;
  for (int i = 0; i < 4; ++i) id += absl::StrFormat("%08x", device());
  return id;
}

// Returns the id that was kept, or makes one and keeps it; empty if neither is possible.
std::string KeptId(const std::string& path) {
  if (path.empty()) return {};
  std::string kept;
  if (std::ifstream in(path); in && std::getline(in, kept) && IsHostId(kept)) return kept;
  // Another name first, so that what is kept is whole.
  const std::string next = path + ".new";
  const std::string id = RandomId();
  std::ofstream out(next, std::ios::trunc);
  out << id << '\n';
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(next, path, error);
  return out && !error ? id : std::string();
}

std::string ChooseId(const ProcFs& procfs, const HostInfoOptions& options, Host* host) {
  for (const std::string_view path : {"etc/machine-id", "var/lib/dbus/machine-id"}) {
    ProcFile file = procfs.Root(path);
    if (const auto text = file.Read(); text.ok()) {
      if (std::string id = HostIdFromMachineId(Trim(*text)); !id.empty()) return id;
    }
  }
  if (std::string id = KeptId(options.id_file); !id.empty()) return id;
  host->limitations.push_back(
      "there is no machine-id, so the host is known by its hostname; name it with --host-id");
  return HostIdFromHostname(host->hostname);
}

// Reads what /proc/stat and /proc/meminfo say of the machine.
absl::Status DescribeMachine(const ProcFs& procfs, Host* host) {
  ProcFile stat_file = procfs.Proc("stat", FileEnd::kShortRead);
  ASSIGN_OR_RETURN(const std::string_view stat_text, stat_file.Read());
  ASSIGN_OR_RETURN(const auto cpus, ParseCpuTimes(stat_text));
  ASSIGN_OR_RETURN(const KernelStat stat, ParseKernelStat(stat_text));
  host->core_count = static_cast<int>(cpus.size());
  host->boot_time = absl::FromUnixSeconds(static_cast<std::int64_t>(stat.boot_time_seconds));
  ProcFile meminfo_file = procfs.Proc("meminfo", FileEnd::kShortRead);
  ASSIGN_OR_RETURN(const std::string_view meminfo_text, meminfo_file.Read());
  ASSIGN_OR_RETURN(const auto fields, ParseMeminfo(meminfo_text));
  const auto total = std::ranges::find(fields, "MemTotal", &MemoryField::name);
  if (total == fields.end()) return absl::DataLossError("parse /proc/meminfo: no MemTotal");
  host->memory_bytes = static_cast<std::int64_t>(total->value);
  return absl::OkStatus();
}

void NoteUnlessOk(const absl::Status& status, std::string_view what, Host* host) {
  if (status.ok()) return;
  host->limitations.push_back(
      absl::StrFormat("%s is not known: %s", what, std::string(status.message())));
}

}  // namespace

std::string ReadBootId(const ProcFs& procfs) {
  const auto text = procfs.ReadProc("sys/kernel/random/boot_id");
  return text.ok() ? ToUtf8(Trim(*text).substr(0, kLongestBootId)) : std::string();
}

std::string HostIdFromMachineId(std::string_view machine_id) {
  const bool good =
      machine_id.size() == kMachineIdDigits && std::ranges::all_of(machine_id, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      });
  if (!good) return {};
  const auto hash = Sha256(absl::StrFormat("%s%s", kApplication, machine_id));
  return Hex(hash.data(), kIdBytes);
}

std::string HostIdFromHostname(std::string_view hostname) {
  std::string id = ToLower(hostname).substr(0, kLongestHostId);
  for (char& c : id) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) c = '-';
  }
  while (id.ends_with('-')) id.pop_back();
  id.erase(0, std::min(id.find_first_not_of('-'), id.size()));
  return id.empty() ? "localhost" : id;
}

std::string ParseOsName(std::string_view os_release) {
  std::string name;
  while (!os_release.empty()) {
    std::string_view line = Trim(TakeUntil(&os_release, '\n'));
    const std::string_view key = TakeUntil(&line, '=');
    if (key != "PRETTY_NAME" && (key != "NAME" || !name.empty())) continue;
    const bool quoted = line.size() >= 2 && (line.front() == '"' || line.front() == '\'') &&
                        line.front() == line.back();
    name = ToUtf8(quoted ? line.substr(1, line.size() - 2) : line);
    if (key == "PRETTY_NAME") break;
  }
  return name;
}

absl::StatusOr<Host> DescribeHost(const ProcFs& procfs, const HostInfoOptions& options) {
  Host host;
  const absl::StatusOr<KernelIdentity> kernel = KernelIdentityReader(procfs).Read();
  NoteUnlessOk(kernel.status(), "the hostname", &host);
  if (kernel.ok()) {
    host.hostname = ToUtf8(kernel->nodename);
    host.kernel_release = ToUtf8(kernel->release);
    host.architecture = ToUtf8(kernel->machine);
  }
  host.id = options.host_id.empty() ? ChooseId(procfs, options, &host) : options.host_id;
  if (!IsHostId(host.id)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' cannot be a host id: it takes up to 63 of a-z, 0-9 and - (not first or last)",
        ToUtf8(host.id)));
  }
  if (host.hostname.empty()) host.hostname = host.id;
  for (const std::string_view path : {"etc/os-release", "usr/lib/os-release"}) {
    ProcFile file = procfs.Root(path);
    if (const auto text = file.Read(); text.ok()) host.os_name = ParseOsName(*text);
    if (!host.os_name.empty()) break;
  }
  NoteUnlessOk(DescribeMachine(procfs, &host), "the size of the machine", &host);
  return host;
}

}  // namespace syspulse
