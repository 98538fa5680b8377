// Hosts as tables, for people and for programs.
#ifndef CLIENTS_CLI_COMMAND_HOST_TABLES_H_
#define CLIENTS_CLI_COMMAND_HOST_TABLES_H_

#include <string>

#include "absl/time/time.h"
#include "clients/cli/output/table.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {

// Returns what people want to know of hosts, as it is at `now`.
Table HostTable(const v1::HostList& list, absl::Time now);

// Returns what programs want to know of hosts.
Table HostRecords(const v1::HostList& list);

// Returns what to say of a host that two agents claim, and what to do about it. Safe text.
std::string ConflictSentence(const v1::Host& host);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_HOST_TABLES_H_
