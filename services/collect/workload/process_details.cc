#include "services/collect/workload/process_details.h"

#include <unistd.h>

#include <cstddef>
#include <memory>

#include "services/base/text.h"
#include "services/collect/workload/cgroup_path.h"
#include "services/collect/workload/pid_files.h"
#include "services/collect/workload/process_tracker.h"
#include "services/collect/workload/redaction.h"

namespace syspulse {
namespace {

constexpr std::uint64_t kDescribeTicks = 32;
constexpr std::uint64_t kCountTicks = 8;  // of those that did not run

constexpr std::uint64_t kForgetTicks = 64;

// Twice what is shown: what is cut inside a secret may not be known for one.
constexpr std::size_t kMostCommandLine = 8192;
constexpr std::size_t kMostCgroup = 4096;
constexpr std::size_t kMostStatm = 256;
constexpr std::size_t kMostStatus = 8192;

}  // namespace

DetailsReader::DetailsReader(ProcessFiles* files)
    : files_(files), page_bytes_(static_cast<std::int64_t>(sysconf(_SC_PAGESIZE))) {}

void DetailsReader::Refresh(std::uint64_t tick, TrackedProcess* process) {
  if (process->details == nullptr) process->details = std::make_unique<ProcessDetails>();
  ProcessDetails& details = *process->details;
  details.wanted_at = tick;
  const std::uint64_t phase = tick + static_cast<std::uint64_t>(process->pid);
  // Between fork and exec a process still looks like its parent, hence the second look.
  const bool second = details.described_at == process->first_seen && tick > details.described_at;
  if (!details.arguments_read || second || details.command != process->command ||
      phase % kDescribeTicks == 0) {
    Describe(process);
    details.described_at = tick;
  }
  if (details.counted_at == 0 || process->ran || phase % kCountTicks == 0) {
    Count(process);
    details.counted_at = tick;
  }
}

void DetailsReader::Forget(std::uint64_t tick, TrackedProcess* process) {
  if (process->details != nullptr && process->details->wanted_at + kForgetTicks < tick) {
    process->details = nullptr;
  }
}

void DetailsReader::Describe(TrackedProcess* process) {
  ProcessDetails& details = *process->details;
  const pid_t pid = process->pid;
  details.command = process->command;
  details.denied = false;
  if (const std::int64_t owner = files_->Owner(pid); owner >= 0) details.owner = owner;
  // The kernel takes the arguments out of the process' memory, and waits where another thread is at
  // work on it, which in uninterruptible sleep may be for ever.
  details.arguments_read = process->stat.state != 'D';
  if (details.arguments_read) {
    const ProcessText cmdline = files_->Read(pid, "cmdline", kMostCommandLine);
    if (cmdline.error == 0) details.command_line = JoinArguments(RedactSecrets(cmdline.text));
  }
  const ProcessText executable = files_->Link(pid, "exe");
  details.denied = executable.denied();
  details.executable = executable.error == 0 ? ToUtf8(executable.text) : std::string();
  const ProcessText cgroup = files_->Read(pid, "cgroup", kMostCgroup);
  if (cgroup.error != 0) return;
  const CgroupOwner owner = ParseCgroupPath(ChooseCgroupPath(cgroup.text));
  details.container = ToUtf8(owner.container.id);
  details.unit = ToUtf8(owner.unit);
}

void DetailsReader::Count(TrackedProcess* process) {
  ProcessDetails& details = *process->details;
  const pid_t pid = process->pid;
  const ProcessFileCount files = files_->OpenFiles(pid);
  details.open_files = files.error == 0 ? std::optional<std::int32_t>(files.count) : std::nullopt;
  details.resident_bytes.reset();
  details.shared_bytes.reset();
  details.swap_bytes.reset();
  if (process->stat.virtual_bytes == 0) return;  // a kernel thread, or a zombie: has no memory
  if (const ProcessText text = files_->Read(pid, "statm", kMostStatm); text.error == 0) {
    const absl::StatusOr<PidPages> pages = ParsePidPages(text.text);
    if (pages.ok()) {
      details.resident_bytes = pages->resident * page_bytes_;
      details.shared_bytes = pages->shared * page_bytes_;
    }
  }
  if (!has_swap_) {
    details.swap_bytes = 0;
  } else if (const ProcessText text = files_->Read(pid, "status", kMostStatus); text.error == 0) {
    const absl::StatusOr<std::int64_t> bytes = ParseSwapBytes(text.text);
    if (bytes.ok()) details.swap_bytes = *bytes;
  }
}

}  // namespace syspulse
