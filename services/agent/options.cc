#include "services/agent/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cpp/server_address.h"
#include "services/agent/collector_options.h"
#include "services/base/help_formatter.h"
#include "services/base/listen_address.h"
#include "services/base/metric_name.h"
#include "services/base/text.h"
#include "services/collect/collector_spec.h"
#include "services/model/host.h"

namespace syspulse {
namespace {

constexpr absl::Duration kShortestInterval = absl::Milliseconds(100);
constexpr absl::Duration kLongestInterval = absl::Hours(1);
constexpr int kMostProcesses = 10'000;  // about what fits into a message

// Less could not hold a minute of a large host's samples.
constexpr std::int64_t kLeastBuffer = 1 << 20;
constexpr absl::Duration kShortestSpoolAge = absl::Minutes(1);

// The checks of CLI11 return what is wrong, empty if nothing is.
std::string CheckServer(const std::string& text) {
  if (text.empty()) return "";  // none
  const auto address = ParseServer(text);
  return address.ok() ? "" : std::string(address.status().message());
}

std::string CheckHostId(const std::string& text) {
  if (IsHostId(text)) return "";
  return absl::StrFormat("'%s' is not a host id; it is up to 63 of a-z, 0-9 and -", text);
}

std::string CheckLabel(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos && IsLabelName(std::string_view(text).substr(0, equals)) &&
      ToUtf8(text) == text) {
    return "";
  }
  const char* const why =
      equals == std::string::npos || ToUtf8(text) != text
          ? "write NAME=VALUE such as rack=b7"
          : "a name is letters, digits and _, not beginning with a digit, such as rack in rack=b7";
  return absl::StrFormat("'%s' is not a label; %s", ToUtf8(text), why);
}

void CheckInterval(const char* flag, absl::Duration interval) {
  if (interval >= kShortestInterval && interval <= kLongestInterval) return;
  throw CLI::ValidationError(
      flag, absl::StrFormat("%s is not from 100ms to 1h", absl::FormatDuration(interval)));
}

void CheckExporter(const AgentOptions& options) {
  const std::string& listen = options.exporter_listen;
  if (listen.empty()) {
    if (!options.server.empty()) return;
    throw CLI::ValidationError(
        "--server", "without a service and without --exporter-listen nobody would be told");
  }
  // What is no path of a socket, and is an address once its empty host is filled in.
  const std::string full = listen.starts_with("unix:") ? ""
                           : listen.starts_with(':')   ? "0.0.0.0" + listen
                                                       : listen;
  const absl::Status status = CheckListenAddress(full, "exporter-listen");
  if (!status.ok())
    throw CLI::ValidationError("--exporter-listen",
                               absl::StrFormat("'%s' is not an address to listen on; write it like "
                                               "127.0.0.1:9100 or :9100",
                                               ToUtf8(listen)));
  if (!IsLoopback(listen) && !options.insecure) {
    throw CLI::ValidationError(
        "--exporter-listen",
        absl::StrFormat("%s can be reached from other machines, and TLS and keys are not there "
                        "yet; listen on 127.0.0.1, or say --insecure to let anyone read",
                        listen));
  }
}

std::string CheckTelemetryPath(const std::string& path) {
  if (path.starts_with('/') && path != "/healthz") return "";
  return absl::StrFormat("'%s' is not a path for metrics; write it like /metrics", ToUtf8(path));
}

// Writes a flag and its opposite as one, and leaves out what is unlisted.
class AgentHelp final : public HelpFormatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    if (option->get_fnames().empty()) {
      return HelpFormatter::make_option_name(option, is_positional);
    }
    return "--[no-]" + option->get_lnames().front();
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_fnames().empty() ? HelpFormatter::make_option_opts(option) : "";
  }
  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override {
    return group == kUnlisted ? "" : HelpFormatter::make_group(group, is_positional, options);
  }
};

void AddRoots(CLI::App* app, Roots* roots) {
  const auto add = [&](const char* flags, std::string* path, const char* help) {
    app->add_option(flags, *path, help)->type_name("DIR")->capture_default_str();
  };
  add("--procfs,--path.procfs", &roots->procfs, "Where procfs is");
  add("--sysfs,--path.sysfs", &roots->sysfs, "Where sysfs is");
  add("--rootfs,--path.rootfs", &roots->rootfs, "Where the host's root is");
  app->add_option("--path.udev.data", roots->udev_data,
                  "Where udev's data is; run/udev/data below --rootfs if not given")
      ->type_name("DIR");
}

void AddExporter(CLI::App* app, AgentOptions* options) {
  constexpr const char* kGroup = "For Prometheus";
  app->add_option("--exporter-listen,--web.listen-address", options->exporter_listen,
                  "Address that Prometheus scrapes; :9100 is all addresses, empty is none")
      ->type_name("HOST:PORT")
      ->group(kGroup);
  app->add_flag("--insecure", options->insecure,
                "Let it be reached from beyond loopback, without TLS, by anyone")
      ->group(kGroup);
  app->add_option("--web.telemetry-path", options->telemetry_path, "Where the metrics are")
      ->type_name("PATH")
      ->check(CheckTelemetryPath)
      ->capture_default_str()
      ->group(kGroup);
  app->add_flag_callback(
         "--web.disable-exporter-metrics", [options] { options->exporter_metrics = false; },
         "Leave out what the agent says of itself")
      ->group(kGroup);
}

// node_exporter's names and words for the log.
void AddLogAliases(CLI::App* app, CommonOptions* common) {
  app->add_option_function<std::string>("--log.level",
                                        [common](const std::string& level) {
                                          common->log_level = level == "warn" ? "warning" : level;
                                        })
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->group(kUnlisted);
  app->add_option_function<std::string>("--log.format",
                                        [common](const std::string& format) {
                                          common->log_format = format == "logfmt" ? "text" : format;
                                        })
      ->check(CLI::IsMember({"logfmt", "json"}))
      ->group(kUnlisted);
}

void AddSize(CLI::App* app, const char* flag, std::int64_t* bytes, const char* help,
             const char* standard) {
  app->add_option_function<std::string>(
         flag,
         [flag, bytes](const std::string& text) {
           const auto parsed = ParseBytes(text);
           if (!parsed.ok()) {
             throw CLI::ValidationError(flag, std::string(parsed.status().message()));
           }
           if (*parsed < kLeastBuffer) throw CLI::ValidationError(flag, "the least is 1MiB");
           *bytes = *parsed;
         },
         help)
      ->type_name("SIZE")
      ->default_str(standard);
}

void AddSpool(CLI::App* app, AgentOptions* options) {
  app->add_option("--spool-dir", options->spool_dir,
                  "Folder for samples that the service did not take and memory has no place for; "
                  "they outlive the agent. None if not given")
      ->type_name("DIR");
  AddSize(app, "--spool-size", &options->spool_bytes, "Disk space for them", "256MiB");
  AddDuration(app, "--spool-age", &options->spool_age, "How long they are kept, at least 1m");
}

void AddFlags(CLI::App* app, AgentOptions* options, std::vector<std::string>* labels) {
  app->add_option("--server", options->server,
                  "The service: HOST:PORT, [IPV6]:PORT or unix:PATH; empty for none")
      ->type_name("HOST:PORT")
      ->check(CheckServer)
      ->capture_default_str();
  AddDuration(app, "--interval", &options->interval, "Time between samples, 100ms to 1h");
  AddDuration(app, "--min-interval", &options->min_interval,
              "The least time between samples that readers may ask for while they look, 100ms to "
              "1h; that of --interval or more for no such samples");
  AddDuration(app, "--slow-interval", &options->slow_interval,
              "Time between samples of what costs more or may hang, 100ms to 1h");
  app->add_option("--process-top", options->process_top,
                  "Processes to send: so many by CPU, by memory and by I/O; all while they are "
                  "looked at")
      ->type_name("N")
      ->check(CLI::Range(0, kMostProcesses))
      ->capture_default_str();
  app->add_option("--host-id", options->host_id,
                  "Stable id of this host, a-z, 0-9 and -; from /etc/machine-id if not given")
      ->type_name("ID")
      ->check(CheckHostId);
  app->add_option("--label", *labels, "Label of this host; may be given many times")
      ->type_name("NAME=VALUE")
      ->check(CheckLabel);
  AddRoots(app, &options->roots);
  AddSize(app, "--buffer-size", &options->buffer_bytes,
          "Memory for samples while the service is away", "32MiB");
  AddSpool(app, options);
}

}  // namespace

std::optional<int> ParseAgentOptions(int argc, const char* const* argv, AgentOptions* options) {
  CLI::App app(
      "Samples this host and pushes what it measures to syspulsed.\n"
      "SIGTERM stops it within 5 s, after what it still has to send. SIGHUP reads flags from files "
      "again: collectors, intervals, labels, --server and the log follow, the rest needs a "
      "restart.",
      "syspulse-agent");
  std::vector<std::string> labels;
  AddFlags(&app, options, &labels);
  AddCommonOptions(&app, &options->common);
  AddLogAliases(&app, &options->common);
  AddExporter(&app, options);
  CollectorFlags collectors(&app);
  AddDuration(&app, "--collector.filesystem.mount-timeout", &options->mount_timeout,
              "Until a filesystem that does not answer counts as hanging")
      ->group("Collectors");
  AddEnvironment(&app);
  app.formatter(std::make_shared<AgentHelp>());
  app.footer(CollectorNames);
  app.allow_extras();
  app.final_callback([&] {
    if (const auto rest = app.remaining(); !rest.empty())
      throw CLI::ExtrasError(WhyUnknown(rest.front()), CLI::ExitCodes::ExtrasError);
    CheckInterval("--interval", options->interval);
    CheckInterval("--min-interval", options->min_interval);
    CheckInterval("--slow-interval", options->slow_interval);
    CheckExporter(*options);
    if (options->spool_age < kShortestSpoolAge) {
      throw CLI::ValidationError("--spool-age", "the least is 1m");
    }
    collectors.Apply(&options->collectors);
  });
  if (const auto code = ParseCommandLine(&app, argc, argv, &options->common)) return code;
  for (const std::string& label : labels) {
    const std::size_t equals = label.find('=');
    options->labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  if (!AnyRuns(options->collectors)) {
    options->common.warnings.emplace_back(
        "no collector is switched on, so nothing is measured of this host but its processes; "
        "switch some on with --collector.NAME");
  }
  return std::nullopt;
}

}  // namespace syspulse
