// Who this machine is: the Host that an agent introduces itself with.
#ifndef SERVICES_COLLECT_HOST_INFO_H_
#define SERVICES_COLLECT_HOST_INFO_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/procfs.h"
#include "services/model/host.h"

namespace syspulse {

struct HostInfoOptions {
  std::string host_id;  // of --host-id; empty: derived from machine-id(5)
  // Where an id is kept that was made up because there is no machine-id; empty: the hostname
  // serves.
  std::string id_file;
};

// Returns id, hostname, operating system, kernel, architecture, cores, memory and boot time of this
// machine. InvalidArgument if `host_id` cannot be one. What else cannot be read stays empty and is
// named in `limitations`.
absl::StatusOr<Host> DescribeHost(const ProcFs& procfs, const HostInfoOptions& options = {});

// Returns what names this boot of the machine's kernel, the same in all its containers; source:
// /proc/sys/kernel/random/boot_id, random(4). Empty if it cannot be read.
std::string ReadBootId(const ProcFs& procfs);

// Returns the id for a machine-id(5), 32 hexadecimal digits. It is a hash: the machine-id itself is
// confidential. Empty if the text is not a machine-id.
std::string HostIdFromMachineId(std::string_view machine_id);

// Returns the hostname in lower case with everything else that cannot be in a host id as '-';
// "localhost" if nothing is left.
std::string HostIdFromHostname(std::string_view hostname);

// Returns PRETTY_NAME of an os-release(5), else NAME, else nothing.
std::string ParseOsName(std::string_view os_release);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HOST_INFO_H_
