#include "services/collect/kernel/uname_collector.h"

#include <sys/utsname.h>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kInfo{"node_uname_info",
                       MetricType::kGauge,
                       "",
                       "Labeled system information as provided by the uname system call.",
                       {"sysname", "release", "version", "machine", "nodename", "domainname"}};

absl::StatusOr<std::string> ReadLine(ProcFile* file) {
  ASSIGN_OR_RETURN(std::string_view text, file->Read());
  RETURN_IF_ERROR(CheckWholeLines(text, file->path()));
  text.remove_suffix(1);
  if (text.find('\n') != text.npos) return BadLine(file->path(), text);
  return std::string(text);
}

KernelIdentity AskKernel() {
  utsname names{};
  uname(&names);  // fails for a bad address only
  return {.sysname = names.sysname,
          .release = names.release,
          .version = names.version,
          .machine = names.machine,
          .nodename = names.nodename,
          .domainname = names.domainname};
}

}  // namespace

KernelIdentityReader::KernelIdentityReader(const ProcFs& procfs)
    : files_(!procfs.IsOfThisKernel()),
      ostype_(procfs.Proc("sys/kernel/ostype", FileEnd::kShortRead)),
      osrelease_(procfs.Proc("sys/kernel/osrelease", FileEnd::kShortRead)),
      version_(procfs.Proc("sys/kernel/version", FileEnd::kShortRead)),
      arch_(procfs.Proc("sys/kernel/arch", FileEnd::kShortRead)),
      hostname_(procfs.Proc("sys/kernel/hostname", FileEnd::kShortRead)),
      domainname_(procfs.Proc("sys/kernel/domainname", FileEnd::kShortRead)) {}

absl::StatusOr<KernelIdentity> KernelIdentityReader::Read() {
  if (!files_) return AskKernel();
  return ReadFiles();
}

absl::StatusOr<KernelIdentity> KernelIdentityReader::ReadFiles() {
  KernelIdentity identity;
  ASSIGN_OR_RETURN(identity.sysname, ReadLine(&ostype_));
  ASSIGN_OR_RETURN(identity.release, ReadLine(&osrelease_));
  ASSIGN_OR_RETURN(identity.version, ReadLine(&version_));
  ASSIGN_OR_RETURN(identity.nodename, ReadLine(&hostname_));
  ASSIGN_OR_RETURN(identity.domainname, ReadLine(&domainname_));
  const absl::StatusOr<std::string> machine = ReadLine(&arch_);
  if (!machine.ok() && !absl::IsNotFound(machine.status())) return machine.status();
  identity.machine = machine.ok() ? *machine : AskKernel().machine;
  return identity;
}

absl::Status UnameCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const KernelIdentity id, reader_.Read());
  writer->Add(kInfo, 1, id.sysname, id.release, id.version, id.machine, id.nodename, id.domainname);
  return absl::OkStatus();
}

}  // namespace syspulse
