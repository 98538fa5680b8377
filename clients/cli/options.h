// The command line of `syspulse`: commands, flags, help with examples.
#ifndef CLIENTS_CLI_OPTIONS_H_
#define CLIENTS_CLI_OPTIONS_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/output/writer.h"
#include "clients/cli/top/top.h"
#include "services/base/cli_fwd.h"

namespace syspulse {

enum class Command {
  kHosts,
  kUpdateHost,
  kDeleteHost,
  kSnapshot,
  kWatch,
  kMetrics,
  kPs,
  kTop,
  kQuery,
  kLabels,
  kSeries,
  kExport,
  kImport,
  kCompletion,
  kHostNames,
  kMetricNames,
  kLabelNames,
};

struct CliOptions {
  std::string server = "127.0.0.1:50051";
  absl::Duration timeout = absl::Seconds(10);
  bool no_color = false;
  Command command = Command::kHosts;
  OutputFormat output = OutputFormat::kTable;
  HostsArguments hosts;
  UpdateHostArguments update_host;
  DeleteHostArguments delete_host;
  SnapshotArguments snapshot;
  WatchArguments watch;
  MetricsArguments metrics;
  PsArguments ps;
  TopArguments top;
  QueryArguments query;
  SeriesArguments labels;
  SeriesArguments series;
  ExportArguments exported;
  ImportArguments imported;
  std::string shell;  // of `completion`
};

// Returns the parser that fills `options`, which must outlive it.
std::unique_ptr<CLI::App> MakeApp(CliOptions* options);

}  // namespace syspulse

#endif  // CLIENTS_CLI_OPTIONS_H_
