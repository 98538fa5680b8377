#include "web-gateway/server/options.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <system_error>

namespace syspulse {
namespace {

// Returns `../dashboard` beside the directory of the running program, or
// `../share/syspulse/dashboard` where it is installed.
std::string DefaultStaticDir() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "dashboard";
  const auto prefix = program.parent_path().parent_path();
  const auto installed = prefix / "share/syspulse/dashboard";
  if (std::filesystem::is_directory(installed, error)) return installed.string();
  return (prefix / "dashboard").string();
}

}  // namespace

std::optional<int> ParseGatewayOptions(int argc, const char* const* argv, GatewayOptions* options) {
  CLI::App app{
      "Serves SysPulse to browsers: dashboard, gRPC-Web, Connect and REST on one port.\n"
      "SIGTERM stops it within 5 s. SIGHUP reads the dashboard's files, --log-level and "
      "--log-format "
      "again.",
      "syspulse-gateway"};
  options->static_dir = DefaultStaticDir();
  AddCommonOptions(&app, &options->common);
  app.add_option("--http-listen", options->http_listen, "Address to serve on; port 0 takes any")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--server", options->server, "Where syspulsed listens for gRPC")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--exporter-address", options->exporter_address,
                 "Where Prometheus reaches syspulsed's exporter; /sd says so")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--static-dir", options->static_dir, "Directory of the built dashboard")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--allow-host", options->allowed_hosts,
                 "A name, besides localhost, that this server is called by; repeatable")
      ->type_name("HOST");
  app.add_option("--allow-origin", options->allowed_origins,
                 "An origin whose pages may use this server, https://example.org; repeatable")
      ->type_name("ORIGIN");
  app.add_flag("--insecure", options->insecure,
               "Serve beyond this machine, although there is no TLS");
  AddEnvironment(&app);
  return ParseCommandLine(&app, argc, argv, &options->common);
}

}  // namespace syspulse
