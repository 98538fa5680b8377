#include "clients/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/command/process_rows.h"
#include "clients/cli/query_options.h"
#include "clients/cli/transfer_options.h"
#include "clients/cpp/server_address.h"
#include "services/base/options.h"
#include "services/base/text.h"
#include "services/base/version.h"

namespace syspulse {
namespace {

constexpr char kHostHelp[] = "The host: its hostname, its id or hosts/{id}";
constexpr std::int64_t kMostRows = 1'000'000'000;
constexpr char kExamples[] = R"(Examples:
  syspulse top                             live view of a host: who is busy, with what
  syspulse top --all                       all hosts, and the busiest processes of any
  syspulse hosts                           which hosts there are, and what they are doing
  syspulse hosts --sort cpu --filter 'env="prod",memory.utilization>80%'
  syspulse update-host web-1 --label env=prod   give a host a label
  syspulse snapshot web-1 -o json          everything about a host now, as protobuf's JSON
  syspulse watch --count 10 -o csv         ten lines of load, memory, disks and networks
  syspulse ps --all-hosts --sort memory    the biggest processes of the whole fleet
  syspulse metrics --match disk            metrics whose name contains "disk"
  syspulse query node_load1                the value of a PromQL expression now
  syspulse query 'rate(node_cpu_seconds_total{mode="user"}[1m])' --start=-1h -o chart
  syspulse export --start=-1d --file day.om  every sample of a day, as OpenMetrics
  syspulse import day.om.zst                take them in again, or those of Prometheus
  source <(syspulse completion bash)       complete commands, flags and hosts with the tab key
)";

CLI::App* AddCommand(CLI::App* app, CliOptions* options, Command command, const std::string& name,
                     const std::string& help) {
  CLI::App* added = app->add_subcommand(name, help);
  added->footer("");
  added->callback([options, command] { options->command = command; });
  return added;
}

void AddHost(CLI::App* command, std::string* host, const std::string& without) {
  command->add_option("HOST", *host, std::string(kHostHelp) + "; " + without)->option_text(" ");
}

// `chart` is told whether a chart is wanted, by the command that draws one.
void AddOutput(CLI::App* command, CliOptions* options, bool* chart = nullptr) {
  static const std::map<std::string, OutputFormat> kFormats = {
      {"table", OutputFormat::kTable}, {"json", OutputFormat::kJson}, {"csv", OutputFormat::kCsv}};
  std::vector<std::string> names = {"table", "json", "csv"};
  if (chart != nullptr) names.emplace_back("chart");
  command
      ->add_option_function<std::string>(
          "-o,--output",
          [options, chart](const std::string& name) {
            if (chart != nullptr) *chart = name == "chart";
            if (name != "chart") options->output = kFormats.at(name);
          },
          chart == nullptr
              ? "How to write the answer: a table (the default), protobuf's JSON, or CSV"
              : "How to write the answer: a table (the default), protobuf's JSON, CSV, or a chart "
                "of the terminal's size")
      ->check(CLI::IsMember(names))
      ->option_text(chart == nullptr ? "table|json|csv" : "table|json|csv|chart");
}

void AddCount(CLI::App* command, std::int64_t* count) {
  AddNumber(command, "-n,--count", count, 0, kMostRows,
            "End after so many; 0 goes on until Ctrl-C");
}

// What `--sort` takes: words, and what each means to the service.
struct SortWords {
  std::vector<std::string> words;
  std::string first;  // the one that is meant if none is given
  absl::StatusOr<std::string> (*order_by)(std::string_view);
};

void AddSort(CLI::App* command, std::string* sort, const SortWords& words) {
  std::string keys;
  std::string listed;
  for (const std::string& key : words.words) {
    keys += (keys.empty() ? "" : ",") + key;
    listed += (listed.empty() ? "" : ", ") + key;
  }
  command
      ->add_option("--sort", *sort,
                   "What to sort by, " + words.first + " if not given: " + listed +
                       "; -asc or -desc behind it turns it round")
      ->check(CLI::Validator(
          [order_by = words.order_by](std::string& text) {
            const auto order = order_by(text);
            return order.ok() ? std::string() : std::string(order.status().message());
          },
          "{" + keys + "}"))
      ->option_text("KEY");
}

void AddProcessSort(CLI::App* command, std::string* sort) {
  AddSort(command, sort, {.words = SortKeys(), .first = "cpu", .order_by = OrderBy});
}

void AddFilter(CLI::App* command, std::string* filter) {
  command
      ->add_option(
          "--filter", *filter,
          "Only processes whose command, command line, executable, user, container or unit "
          "contains this, or with this pid")
      ->type_name("TEXT");
}

void AddColumns(CLI::App* command, std::string* columns) {
  std::string names = "wide";
  for (const std::string& name : ProcessColumns()) names += "," + name;
  command
      ->add_option("-O,--columns", *columns,
                   "Which columns a table has, with commas between them, or wide for all")
      ->check(CLI::Validator(
          [](std::string& text) {
            const auto parsed = ParseProcessColumns(text);
            return parsed.ok() ? std::string() : std::string(parsed.status().message());
          },
          "{" + names + "}"))
      ->option_text("NAMES");
}

void AddLists(CLI::App* app, CliOptions* options) {
  CLI::App* hosts = AddCommand(app, options, Command::kHosts, "hosts", "List the hosts");
  hosts->add_flag("-w,--watch", options->hosts.watch, "List them again whenever something changes");
  AddCount(hosts, &options->hosts.count);
  hosts
      ->add_option("--filter", options->hosts.filter,
                   "Only hosts with such labels, as PromQL selects, and that do such things: "
                   "'env=\"prod\",role=~\"db|cache\",cpu.utilization>0.8'; state, hostname and "
                   "host count as "
                   "labels")
      ->type_name("MATCHERS");
  AddSort(hosts, &options->hosts.sort,
          {.words = HostSortKeys(), .first = "name", .order_by = HostOrderBy});
  AddOutput(hosts, options);

  CLI::App* metrics =
      AddCommand(app, options, Command::kMetrics, "metrics", "List the metrics that hosts report");
  AddHost(metrics, &options->metrics.host, "all without it");
  metrics->add_option("-m,--match", options->metrics.match, "Only names that contain this text")
      ->type_name("TEXT");
  AddOutput(metrics, options);

  CLI::App* ps = AddCommand(app, options, Command::kPs, "ps", "List processes");
  AddHost(ps, &options->ps.host, "the only one without it");
  ps->add_flag("-a,--all-hosts", options->ps.all_hosts, "Merge the processes of all hosts")
      ->excludes(ps->get_option("HOST"))
      ->option_text(" ");
  AddProcessSort(ps, &options->ps.sort);
  AddFilter(ps, &options->ps.filter);
  AddNumber(ps, "-n,--limit", &options->ps.limit, 0, kMostRows,
            "How many to show at most, 50 if not given; 0 for all");
  ps->add_flag("-A,--all", options->ps.all, "Show all processes, however many there are")
      ->excludes(ps->get_option("--limit"))
      ->option_text(" ");
  ps->add_flag(
      "-t,--tree", options->ps.tree,
      "Show each process below its parent; with a filter, the ancestors of what matches too");
  AddColumns(ps, &options->ps.columns);
  AddOutput(ps, options);
}

void AddHostChanges(CLI::App* app, CliOptions* options) {
  CLI::App* update = AddCommand(app, options, Command::kUpdateHost, "update-host",
                                "Give a host a name for people, and labels");
  update->add_option("HOST", options->update_host.host, kHostHelp)->required()->option_text(" ");
  update
      ->add_option_function<std::string>(
          "--display-name",
          [options](const std::string& name) { options->update_host.display_name = name; },
          "What people call it; empty for its hostname")
      ->type_name("TEXT");
  update
      ->add_option("-l,--label", options->update_host.labels,
                   "A label that it gets; may be given several times")
      ->type_name("KEY=VALUE");
  update
      ->add_option("--unset-label", options->update_host.unset_labels,
                   "A label that it was given and loses; may be given several times")
      ->type_name("KEY");
  AddOutput(update, options);

  CLI::App* deleted = AddCommand(app, options, Command::kDeleteHost, "delete-host",
                                 "Forget a host that is gone; its history stays");
  deleted->add_option("HOST", options->delete_host.host, kHostHelp)->required()->option_text(" ");
  deleted->add_flag("--history", options->delete_host.history,
                    "Delete everything that was measured of it as well, for good");
}

void AddLive(CLI::App* app, CliOptions* options) {
  CLI::App* snapshot =
      AddCommand(app, options, Command::kSnapshot, "snapshot", "Show what a host is doing now");
  AddHost(snapshot, &options->snapshot.host, "the only one without it");
  AddOutput(snapshot, options);

  CLI::App* watch = AddCommand(app, options, Command::kWatch, "watch",
                               "Write a line for every snapshot until Ctrl-C");
  AddHost(watch, &options->watch.host, "all without it");
  AddCount(watch, &options->watch.count);
  AddDuration(watch, "-i,--interval", &options->watch.interval,
              "The least time between two lines of a host; 0 writes every snapshot. The agent of "
              "HOST is asked for more, down to 100ms, if it samples less often by itself");
  AddOutput(watch, options);

  CLI::App* top = AddCommand(app, options, Command::kTop, "top", "Watch a host live, full screen");
  AddHost(top, &options->top.host, "the first without it");
  top->add_flag("-a,--all,--all-hosts", options->top.all_hosts,
                "Begin with all hosts, and the processes that use most on any of them")
      ->excludes(top->get_option("HOST"))
      ->option_text(" ");
  AddDuration(top, "-i,--interval", &options->top.interval,
              "The least time between two updates; 0 shows every snapshot. The agent of HOST is "
              "asked for more, down to 100ms, if it samples less often by itself");
  AddProcessSort(top, &options->top.sort);
  AddFilter(top, &options->top.filter);
}

void AddQueries(CLI::App* app, CliOptions* options) {
  CLI::App* query = AddCommand(app, options, Command::kQuery, "query",
                               "Ask in PromQL what was measured, at a moment or over time");
  AddQueryArguments(query, &options->query);
  AddOutput(query, options, &options->query.chart);

  CLI::App* labels = AddCommand(app, options, Command::kLabels, "labels",
                                "List the labels of series, or the values of one");
  AddLabelsArguments(labels, &options->labels);
  AddOutput(labels, options);

  CLI::App* series =
      AddCommand(app, options, Command::kSeries, "series", "List the series that selectors mean");
  AddSeriesArguments(series, &options->series);
  AddOutput(series, options);
}

void AddTransfers(CLI::App* app, CliOptions* options) {
  CLI::App* exported = AddCommand(app, options, Command::kExport, "export",
                                  "Write the samples of series for other programs");
  AddExportArguments(exported, &options->exported);

  CLI::App* imported = AddCommand(app, options, Command::kImport, "import",
                                  "Take samples of any time in from files");
  AddImportArguments(imported, &options->imported);
}

void AddShells(CLI::App* app, CliOptions* options) {
  CLI::App* completion = AddCommand(app, options, Command::kCompletion, "completion",
                                    "Print a script that completes syspulse in a shell");
  completion
      ->add_option("SHELL", options->shell,
                   "The shell; in bash: source <(syspulse completion bash)")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text("bash|zsh|fish");
  // For the completion scripts only.
  AddCommand(app, options, Command::kHostNames, "host-names", "Print the names of the hosts")
      ->group("");
  AddCommand(app, options, Command::kMetricNames, "metric-names", "Print the names of the metrics")
      ->group("");
  AddCommand(app, options, Command::kLabelNames, "label-names", "Print the names of the labels")
      ->group("");
}

// What is no UTF-8 has no place in a message to the service. Names of files may be of any bytes.
void TakeUtf8Only(CLI::App* app) {
  for (CLI::Option* option : app->get_options()) {
    if (option->get_name(true) == "FILE" || option->get_type_name() == "FILE") continue;
    option->check(CLI::Validator(
        [](std::string& text) {
          const std::string valid = ToUtf8(text);
          if (valid == text) return std::string();
          const auto byte = std::ranges::mismatch(text, valid).in1 - text.begin();
          return absl::StrFormat("byte %d is no UTF-8, which is all that the service takes",
                                 byte + 1);
        },
        ""));
  }
  for (CLI::App* command : app->get_subcommands(nullptr)) TakeUtf8Only(command);
}

}  // namespace

std::unique_ptr<CLI::App> MakeApp(CliOptions* options) {
  auto app = std::make_unique<CLI::App>("Watch the hosts of a SysPulse service.", "syspulse");
  app->fallthrough();
  app->require_subcommand(1);
  app->footer(kExamples);
  app->set_version_flag("--version", std::string("syspulse ") + kVersion);
  app->add_option("--server", options->server, "Where syspulsed listens")
      ->check(CLI::Validator(
          [](std::string& text) {
            const auto address = ParseServer(text);
            return address.ok() ? std::string() : std::string(address.status().message());
          },
          ""))
      ->type_name("HOST:PORT")
      ->capture_default_str();
  AddDuration(app.get(), "--timeout", &options->timeout, "How long to wait for an answer");
  app->add_flag("--no-color", options->no_color, "Write without colour, as NO_COLOR=1 does");
  AddLive(app.get(), options);
  AddLists(app.get(), options);
  AddHostChanges(app.get(), options);
  AddQueries(app.get(), options);
  AddTransfers(app.get(), options);
  AddShells(app.get(), options);
  AddEnvironment(app.get());
  TakeUtf8Only(app.get());
  return app;
}

}  // namespace syspulse
