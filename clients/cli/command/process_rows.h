// Processes as a table: what `ps` and `snapshot` share.
#ifndef CLIENTS_CLI_COMMAND_PROCESS_ROWS_H_
#define CLIENTS_CLI_COMMAND_PROCESS_ROWS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/output/table.h"
#include "syspulse/v1/process.pb.h"

namespace syspulse {

using ProcessList = google::protobuf::RepeatedPtrField<v1::Process>;

// Names of the columns that a table for people can have, in the order of `wide`.
std::vector<std::string> ProcessColumns();

// Returns the columns that `text` lists with commas between them, all of them for `wide`.
// InvalidArgument for an unknown name, with those that there are.
absl::StatusOr<std::vector<std::string>> ParseProcessColumns(std::string_view text);

// Returns the columns that people see who did not choose: without the container and the unit where
// no process has one, and with the host if `with_host`.
std::vector<std::string> DefaultProcessColumns(const ProcessList& processes, bool with_host);

// Returns the table for people, with these columns. Commands are indented by their depth.
Table ProcessRows(const ProcessList& processes, const std::vector<std::string>& columns);

// Returns the table for programs: every field.
Table ProcessRecords(const ProcessList& processes);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_PROCESS_ROWS_H_
