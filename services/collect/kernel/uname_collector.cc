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

std::string MachineOfThisProcess() {
  utsname names{};
  return uname(&names) == 0 ? std::string(names.machine) : std::string();
}

}  // namespace

KernelIdentityFiles::KernelIdentityFiles(const ProcFs& procfs)
    : ostype_(procfs.Proc("sys/kernel/ostype")),
      osrelease_(procfs.Proc("sys/kernel/osrelease")),
      version_(procfs.Proc("sys/kernel/version")),
      arch_(procfs.Proc("sys/kernel/arch")),
      hostname_(procfs.Proc("sys/kernel/hostname")),
      domainname_(procfs.Proc("sys/kernel/domainname")) {}

absl::StatusOr<KernelIdentity> KernelIdentityFiles::Read() {
  KernelIdentity identity;
  ASSIGN_OR_RETURN(identity.sysname, ReadLine(&ostype_));
  ASSIGN_OR_RETURN(identity.release, ReadLine(&osrelease_));
  ASSIGN_OR_RETURN(identity.version, ReadLine(&version_));
  ASSIGN_OR_RETURN(identity.nodename, ReadLine(&hostname_));
  ASSIGN_OR_RETURN(identity.domainname, ReadLine(&domainname_));
  const absl::StatusOr<std::string> machine = ReadLine(&arch_);
  if (!machine.ok() && !absl::IsNotFound(machine.status())) return machine.status();
  identity.machine = machine.ok() ? *machine : MachineOfThisProcess();
  return identity;
}

absl::Status UnameCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const KernelIdentity id, files_.Read());
  writer->Add(kInfo, 1, id.sysname, id.release, id.version, id.machine, id.nodename, id.domainname);
  return absl::OkStatus();
}

}  // namespace syspulse
