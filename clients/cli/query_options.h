// The command line of what asks QueryService: `query`, `labels`, `series`.
#ifndef CLIENTS_CLI_QUERY_OPTIONS_H_
#define CLIENTS_CLI_QUERY_OPTIONS_H_

#include "clients/cli/command/commands.h"
#include "services/base/cli_fwd.h"

namespace syspulse {

// Add the arguments and flags of a command; what they fill must outlive the parse.
void AddQueryArguments(CLI::App* command, QueryArguments* query);
void AddLabelsArguments(CLI::App* command, SeriesArguments* labels);
void AddSeriesArguments(CLI::App* command, SeriesArguments* series);

// Adds a flag for a moment as ParseMoment() takes it.
void AddMoment(CLI::App* command, const std::string& flag, std::string* moment,
               const std::string& help);

}  // namespace syspulse

#endif  // CLIENTS_CLI_QUERY_OPTIONS_H_
