#include "clients/cli/cli.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/completion.h"
#include "clients/cli/options.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/status.h"
#include "services/base/options.h"

namespace syspulse {
namespace {

// Whether what is half done when it is stopped is tidied up, or told.
bool IsTransfer(const CliOptions& options) {
  return options.command == Command::kImport ||
         (options.command == Command::kExport && !options.exported.file.empty());
}

bool IsStream(const CliOptions& options) {
  return options.command == Command::kWatch || options.command == Command::kTop ||
         (options.command == Command::kHosts && options.hosts.watch) ||
         (options.command == Command::kQuery && options.query.watch);
}

WriterOptions WriterOptionsOf(const CliOptions& options, const CliEnvironment& environment) {
  // A list that is written again needs its heading again.
  const bool tables = options.output == OutputFormat::kTable;
  return {.format = options.output,
          .color = environment.color && !options.no_color,
          .streaming = IsStream(options) && !(tables && options.command == Command::kHosts),
          .width = environment.width};
}

absl::Status RunCommand(const Session& session, const CliOptions& options, const CLI::App& app,
                        const CliEnvironment& environment) {
  switch (options.command) {
    case Command::kHosts:
      return RunHosts(session, options.hosts);
    case Command::kUpdateHost:
      return RunUpdateHost(session, options.update_host);
    case Command::kDeleteHost:
      return RunDeleteHost(session, options.delete_host);
    case Command::kSnapshot:
      return RunSnapshot(session, options.snapshot);
    case Command::kWatch:
      return RunWatch(session, options.watch);
    case Command::kMetrics:
      return RunMetrics(session, options.metrics);
    case Command::kPs:
      return RunPs(session, options.ps);
    case Command::kTop:
      return RunTop(session, options.top, environment.color && !options.no_color);
    case Command::kQuery:
      return RunQuery(session, options.query,
                      {.sink = environment.out,
                       .width = environment.width,
                       .height = environment.height,
                       .color = environment.color && !options.no_color,
                       .ascii = environment.ascii});
    case Command::kLabels:
      return RunLabels(session, options.labels);
    case Command::kSeries:
      return RunSeries(session, options.series);
    case Command::kExport:
      return RunExport(session, options.exported, environment.out);
    case Command::kImport:
      return RunImport(session, options.imported);
    case Command::kHostNames:
      return RunHostNames(session, environment.out);
    case Command::kMetricNames:
      return RunMetricNames(session, environment.out);
    case Command::kLabelNames:
      return RunLabelNames(session, environment.out);
    case Command::kCompletion:
      return environment.out->Write(CompletionScript(app, options.shell));
  }
  return absl::OkStatus();
}

std::string SentenceOf(const absl::Status& status) {
  if (!IsNobodyThere(status)) return std::string(status.message());
  return absl::StrFormat("%s; name another server with --server", status.message());
}

}  // namespace

int RunCli(int argc, const char* const* argv, const CliEnvironment& environment) {
  CliOptions options;
  const std::unique_ptr<CLI::App> app = MakeApp(&options);
  if (const auto code = ParseCommandLine(app.get(), argc, argv)) return *code;

  const auto writer = MakeWriter(WriterOptionsOf(options, environment), environment.out);
  Session session{.server = options.server,
                  .timeout = options.timeout,
                  .writer = writer.get(),
                  .clock = environment.clock,
                  .zone = environment.zone,
                  .tell_user = environment.tell_user,
                  .show_progress = environment.show_progress};
  // Signals are blocked before gRPC starts its threads.
  if (IsStream(options) || IsTransfer(options)) session.stop = environment.stop_by_signal();
  session.channel = MakeChannel({.server = options.server, .program = "syspulse-cli"});
  const absl::Status status = RunCommand(session, options, *app, environment);
  // Who reads a report may have seen enough of it; an export that breaks off is none.
  const bool seen_enough = environment.out->reader_gone() && options.command != Command::kExport;
  if (status.ok() || seen_enough) return kExitOk;
  environment.tell_user(SentenceOf(status));
  return status.code() == absl::StatusCode::kInvalidArgument ? kExitUsage : kExitFailed;
}

}  // namespace syspulse
