#include "services/collect/workload/pid_files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>

#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostCommandLine = 4096;
constexpr std::int64_t kKilobyte = 1024;

// Fields of stat after the command, counted from the state (field 3) as 0; see proc(5).
enum StatField : std::size_t {
  kPpid = 1,
  kUserTicks = 11,
  kSystemTicks = 12,
  kNice = 16,
  kThreads = 17,
  kStartTicks = 19,
  kVirtualBytes = 20,
  kResidentPages = 21,
  kStatFields = 22,
};

}  // namespace

absl::StatusOr<PidStat> ParsePidStat(std::string_view stat) {
  RETURN_IF_ERROR(CheckWholeLines(stat, "/proc/[pid]/stat"));
  // The command is in parentheses and may hold any, so the last one closes it.
  const std::size_t open = stat.find(" (");
  const std::size_t close = stat.rfind(") ");
  if (open == stat.npos || close == stat.npos || close < open + 2) {
    return BadLine("/proc/[pid]/stat", stat);
  }
  std::array<std::string_view, kStatFields> fields;
  std::string_view rest = stat.substr(close + 2, stat.size() - close - 3);
  for (std::string_view& field : fields) field = TakeField(&rest);
  PidStat parsed{.command = stat.substr(open + 2, close - open - 2)};
  const auto number = [&](std::string_view field, auto* value) {
    const auto read = ParseNumber<std::remove_reference_t<decltype(*value)>>(field);
    if (read) *value = *read;
    return read.has_value();
  };
  const bool good =
      fields[0].size() == 1 && number(stat.substr(0, open), &parsed.pid) &&
      number(fields[kPpid], &parsed.ppid) && number(fields[kUserTicks], &parsed.user_ticks) &&
      number(fields[kSystemTicks], &parsed.system_ticks) && number(fields[kNice], &parsed.nice) &&
      number(fields[kThreads], &parsed.threads) &&
      number(fields[kStartTicks], &parsed.start_ticks) &&
      number(fields[kVirtualBytes], &parsed.virtual_bytes) &&
      number(fields[kResidentPages], &parsed.resident_pages);
  if (!good || parsed.pid <= 0) return BadLine("/proc/[pid]/stat", stat);
  parsed.state = fields[0][0];
  return parsed;
}

absl::StatusOr<PidIo> ParsePidIo(std::string_view io) {
  RETURN_IF_ERROR(CheckWholeLines(io, "/proc/[pid]/io"));
  std::optional<std::uint64_t> read_bytes;
  std::optional<std::uint64_t> write_bytes;
  while (!io.empty()) {
    std::string_view line = TakeUntil(&io, '\n');
    const std::string_view key = TakeUntil(&line, ':');
    if (key == "read_bytes") read_bytes = ParseNumber<std::uint64_t>(TakeField(&line));
    if (key == "write_bytes") write_bytes = ParseNumber<std::uint64_t>(TakeField(&line));
  }
  if (!read_bytes || !write_bytes) {
    return absl::DataLossError("parse /proc/[pid]/io: no read_bytes or write_bytes");
  }
  return PidIo{.read_bytes = *read_bytes, .write_bytes = *write_bytes};
}

absl::StatusOr<PidPages> ParsePidPages(std::string_view statm) {
  RETURN_IF_ERROR(CheckWholeLines(statm, "/proc/[pid]/statm"));
  std::string_view rest = statm.substr(0, statm.size() - 1);
  std::array<std::int64_t, 3> fields;
  for (std::int64_t& field : fields) {
    const auto pages = ParseNumber<std::int64_t>(TakeField(&rest));
    if (!pages || *pages < 0) return BadLine("/proc/[pid]/statm", statm);
    field = *pages;
  }
  return PidPages{.resident = fields[1], .shared = fields[2]};
}

absl::StatusOr<std::int64_t> ParseSwapBytes(std::string_view status) {
  RETURN_IF_ERROR(CheckWholeLines(status, "/proc/[pid]/status"));
  while (!status.empty()) {
    std::string_view line = TakeUntil(&status, '\n');
    const std::string_view whole = line;
    if (TakeUntil(&line, ':') != "VmSwap") continue;
    const auto kilobytes = ParseNumber<std::int64_t>(TakeField(&line));
    const bool good = kilobytes && *kilobytes >= 0 && *kilobytes < (std::int64_t{1} << 50) &&
                      TakeField(&line) == "kB";
    if (!good) return BadLine("/proc/[pid]/status", whole);
    return *kilobytes * kKilobyte;
  }
  return absl::NotFoundError("no VmSwap in /proc/[pid]/status");
}

std::string JoinArguments(std::string_view cmdline) {
  while (cmdline.ends_with('\0')) cmdline.remove_suffix(1);
  std::string joined = ToUtf8(cmdline.substr(0, kMostCommandLine));
  std::ranges::replace(joined, '\0', ' ');
  if (joined.size() <= kMostCommandLine) return joined;
  // Replacements are longer than what they replace. Cuts between characters.
  std::size_t end = kMostCommandLine;
  while (end > 0 && (static_cast<unsigned char>(joined[end]) & 0xC0) == 0x80) --end;
  joined.resize(end);
  return joined;
}

}  // namespace syspulse
