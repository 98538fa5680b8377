#include "services/exporter/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

// Numbers of fields of /proc/[pid]/stat; see proc(5).
constexpr int kStateField = 3;  // the first behind the name, which may hold anything
constexpr int kUserTime = 14;
constexpr int kSystemTime = 15;
constexpr int kStartTime = 22;
constexpr int kVirtualSize = 23;
constexpr int kResidentPages = 24;

absl::Status ParseStat(std::string_view text, ProcessStats* stats) {
  const std::size_t name_end = text.rfind(')');
  std::string_view rest = name_end == text.npos ? "" : text.substr(name_end + 1);
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  for (int field = kStateField; field <= kResidentPages; ++field) {
    const auto number = ParseNumber<double>(TakeField(&rest));
    if (field == kStateField) continue;
    if (!number) {
      return absl::DataLossError(absl::StrFormat("parse field %d of /proc/self/stat", field));
    }
    if (field == kUserTime || field == kSystemTime) stats->cpu_seconds += *number / ticks;
    if (field == kStartTime) stats->start_time_seconds = *number / ticks;
    if (field == kVirtualSize) stats->virtual_bytes = *number;
    if (field == kResidentPages) {
      stats->resident_bytes = *number * static_cast<double>(sysconf(_SC_PAGESIZE));
    }
  }
  return absl::OkStatus();
}

// Returns when the kernel started, in seconds since the Unix epoch, from /proc/stat.
absl::StatusOr<double> BootTime(std::string_view proc_stat) {
  for (std::string_view rest = proc_stat; !rest.empty();) {
    std::string_view line = TakeUntil(&rest, '\n');
    if (TakeField(&line) != "btime") continue;
    if (const auto seconds = ParseNumber<double>(TakeField(&line))) return *seconds;
  }
  return absl::DataLossError("no line 'btime' in /proc/stat");
}

}  // namespace

absl::StatusOr<ProcessStats> ProcessStatsReader::Read() {
  ProcessStats stats;
  ASSIGN_OR_RETURN(const std::string text, procfs_->ReadProc("self/stat"));
  RETURN_IF_ERROR(ParseStat(text, &stats));
  if (!boot_time_) {  // /proc/stat is long, and this line of it stays
    ASSIGN_OR_RETURN(const std::string kernel_text, procfs_->ReadProc("stat"));
    ASSIGN_OR_RETURN(boot_time_, BootTime(kernel_text));
  }
  stats.start_time_seconds += *boot_time_;
  ASSIGN_OR_RETURN(const auto files, procfs_->ListProc("self/fd"));
  stats.open_files = static_cast<double>(files.size());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_files = static_cast<double>(limit.rlim_cur);
  return stats;
}

}  // namespace syspulse
