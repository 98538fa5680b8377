#include "services/agent/options.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cpp/server_address.h"
#include "services/base/text.h"
#include "services/model/host.h"

namespace syspulse {
namespace {

constexpr absl::Duration kShortestInterval = absl::Milliseconds(100);
constexpr absl::Duration kLongestInterval = absl::Hours(1);

// Less could not hold a minute of a large host's samples.
constexpr std::int64_t kLeastBuffer = 1 << 20;

// The checks of CLI11 return what is wrong, empty if nothing is.
std::string CheckServer(const std::string& text) {
  const auto address = ParseServer(text);
  return address.ok() ? "" : std::string(address.status().message());
}

std::string CheckHostId(const std::string& text) {
  if (IsHostId(text)) return "";
  return absl::StrFormat("'%s' is not a host id; it is up to 63 of a-z, 0-9 and -", text);
}

bool IsLabelName(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string CheckLabel(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos && IsLabelName(std::string_view(text).substr(0, equals)) &&
      ToUtf8(text) == text) {
    return "";
  }
  return absl::StrFormat("'%s' is not a label; write NAME=VALUE such as rack=b7", ToUtf8(text));
}

void CheckInterval(absl::Duration interval) {
  if (interval >= kShortestInterval && interval <= kLongestInterval) return;
  throw CLI::ValidationError(
      "--interval", absl::StrFormat("%s is not from 100ms to 1h", absl::FormatDuration(interval)));
}

void AddFlags(CLI::App* app, AgentOptions* options, std::vector<std::string>* labels) {
  app->add_option("--server", options->server, "The service: HOST:PORT, [IPV6]:PORT or unix:PATH")
      ->type_name("HOST:PORT")
      ->check(CheckServer)
      ->capture_default_str();
  AddDuration(app, "--interval", &options->interval, "Time between samples, 100ms to 1h");
  app->add_option("--host-id", options->host_id,
                  "Stable id of this host, a-z, 0-9 and -; from /etc/machine-id if not given")
      ->type_name("ID")
      ->check(CheckHostId);
  app->add_option("--label", *labels, "Label of this host; may be given many times")
      ->type_name("NAME=VALUE")
      ->check(CheckLabel);
  app->add_option("--procfs", options->roots.procfs, "Where procfs is")
      ->type_name("DIR")
      ->capture_default_str();
  app->add_option("--sysfs", options->roots.sysfs, "Where sysfs is")
      ->type_name("DIR")
      ->capture_default_str();
  app->add_option("--rootfs", options->roots.rootfs, "Where the host's root is")
      ->type_name("DIR")
      ->capture_default_str();
  app->add_option_function<std::string>(
         "--buffer-size",
         [options](const std::string& text) {
           const auto bytes = ParseBytes(text);
           if (!bytes.ok()) {
             throw CLI::ValidationError("--buffer-size", std::string(bytes.status().message()));
           }
           if (*bytes < kLeastBuffer) {
             throw CLI::ValidationError("--buffer-size", "the least is 1MiB");
           }
           options->buffer_bytes = *bytes;
         },
         "Memory for samples while the service is away")
      ->type_name("SIZE")
      ->default_str("32MiB");
}

}  // namespace

std::optional<int> ParseAgentOptions(int argc, const char* const* argv, AgentOptions* options) {
  CLI::App app(
      "Samples this host and pushes what it measures to syspulsed.\n"
      "SIGTERM stops it within 5 s, after what it still has to send.",
      "syspulse-agent");
  std::vector<std::string> labels;
  AddFlags(&app, options, &labels);
  AddCommonOptions(&app, &options->common);
  AddEnvironment(&app);
  app.final_callback([options] { CheckInterval(options->interval); });
  if (const auto code = ParseCommandLine(&app, argc, argv)) return code;
  for (const std::string& label : labels) {
    const std::size_t equals = label.find('=');
    options->labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  return std::nullopt;
}

}  // namespace syspulse
