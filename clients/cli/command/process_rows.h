// Processes as a table: what `ps` and `snapshot` share.
#ifndef CLIENTS_CLI_COMMAND_PROCESS_ROWS_H_
#define CLIENTS_CLI_COMMAND_PROCESS_ROWS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include "clients/cli/output/table.h"
#include "syspulse/v1/process.pb.h"

namespace syspulse {

using ProcessList = google::protobuf::RepeatedPtrField<v1::Process>;

// Returns the table for people; with a column for the host if `with_host`.
Table ProcessRows(const ProcessList& processes, bool with_host);

// Returns the table for programs: every field.
Table ProcessRecords(const ProcessList& processes);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_PROCESS_ROWS_H_
