// systemd's manager, asked over the system bus, or over its own socket where there is no bus.
#ifndef SERVICES_COLLECT_WORKLOAD_SD_UNIT_BUS_H_
#define SERVICES_COLLECT_WORKLOAD_SD_UNIT_BUS_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/procfs.h"
#include "services/collect/workload/unit_bus.h"

namespace syspulse {

// Returns how to connect to the systemd of the host whose root `procfs` has. No call takes longer
// than `timeout`: it fails with DeadlineExceeded. Both must outlive the result.
ConnectUnitBus ConnectToSystemd(const ProcFs* procfs, const Clock* clock, absl::Duration timeout);

// Returns the D-Bus address of a socket, with the bytes escaped that an address cannot hold.
std::string UnixBusAddress(std::string_view socket);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_SD_UNIT_BUS_H_
