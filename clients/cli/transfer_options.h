// The flags of the commands that move samples in and out.
#ifndef CLIENTS_CLI_TRANSFER_OPTIONS_H_
#define CLIENTS_CLI_TRANSFER_OPTIONS_H_

#include "clients/cli/command/commands.h"
#include "services/base/cli_fwd.h"

namespace syspulse {

// All add to `command` what it takes. The arguments must outlive the parse.
void AddExportArguments(CLI::App* command, ExportArguments* exported);
void AddImportArguments(CLI::App* command, ImportArguments* imported);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_OPTIONS_H_
