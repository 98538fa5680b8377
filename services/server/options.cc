#include "services/server/options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr std::int64_t kMostStreams = 1'000'000;
constexpr std::int64_t kMostSeries = 100'000'000;

// https://specifications.freedesktop.org/basedir-spec: $XDG_STATE_HOME, else ~/.local/state.
std::string DefaultDataDir() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
    return std::string(state) + "/syspulse";
  }
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : "") + "/.local/state/syspulse";
}

CLI::Option* AddSize(CLI::App* app, const std::string& flag, std::int64_t* value,
                     const std::string& help, const std::string& default_text) {
  return app
      ->add_option_function<std::string>(
          flag,
          [flag, value](const std::string& text) {
            const auto bytes = ParseBytes(text);
            if (!bytes.ok()) {
              throw CLI::ValidationError(flag, std::string(bytes.status().message()));
            }
            *value = *bytes;
          },
          help)
      ->type_name("SIZE")
      ->default_str(default_text);
}

// With less, what comes is dropped about as soon as it stands in a block.
constexpr absl::Duration kLeastRetention = absl::Hours(1);
constexpr std::int64_t kLeastRetentionBytes = 16 << 20;
constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

// Return a sentence if a value will not do; what cannot be read, the option itself says.
std::string CheckRetentionTime(const std::string& text) {
  const auto time = ParseDuration(text);
  if (!time.ok() || *time >= kLeastRetention) return "";
  return absl::StrFormat("'%s' is less than an hour, the least that is kept", text);
}

std::string CheckRetentionSize(const std::string& text) {
  const auto bytes = ParseBytes(text);
  if (!bytes.ok() || *bytes == 0 || *bytes >= kLeastRetentionBytes) return "";
  return absl::StrFormat("'%s' is less than 16MiB, the least that is kept; 0 is no limit", text);
}

}  // namespace

std::variant<ServerOptions, int> ParseServerOptions(
    int argc, const char* const* argv, std::function<void(const std::string&)> complain) {
  ServerOptions options{.common = {.complain = std::move(complain)}, .data_dir = DefaultDataDir()};
  CLI::App app(
      "Takes what agents measure, and serves it live to everyone who asks.\n"
      "SIGTERM stops it within 5 s. SIGHUP reads the files of --env-file and --config again and "
      "applies "
      "--log-level and --log-format; other flags need a restart.",
      "syspulsed");
  app.add_option("--grpc-listen", options.grpc_listen, "Address of the gRPC API; port 0 picks one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--exporter-listen", options.exporter_listen,
                 "Address that Prometheus scrapes; empty for none")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--data-dir", options.data_dir, "Directory of all that is kept over a restart")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_flag("--insecure", options.insecure,
               "Listen beyond loopback, without TLS and without knowing the callers: they may read "
               "and push, nothing else");
  AddNumber(&app, "--max-streams", &options.max_streams, 1, kMostStreams,
            "Watch streams that may be open at a time")
      ->default_str(std::to_string(options.max_streams));
  AddNumber(&app, "--remote-write-max-series", &options.remote_write_max_series, 1, kMostSeries,
            "Series that may come by remote write within an hour; those beyond are refused")
      ->default_str(std::to_string(options.remote_write_max_series));
  AddDuration(&app, "--recent-duration", &options.recent_duration,
              "How much of the past stays in memory");
  AddSize(&app, "--recent-size", &options.recent_bytes, "The most memory for it over all hosts",
          "64MiB");
  AddDuration(&app, "--retention-time", &options.retention_time,
              "How long every sample is kept on disk, an hour at least")
      ->check(CheckRetentionTime);
  AddSize(
      &app, "--retention-size", &options.retention_bytes,
      "The most disk for blocks of them, the log comes on top; the oldest go first. 0 is no limit",
      "10GiB")
      ->check(CheckRetentionSize);
  AddCommonOptions(&app, &options.common);
  AddEnvironment(&app);
  if (const std::optional<int> code = ParseCommandLine(&app, argc, argv, &options.common))
    return *code;
  if (options.retention_bytes == 0) options.retention_bytes = kNoLimit;
  return options;
}

}  // namespace syspulse
