// syspulse-load: plays the agents of a fleet against a syspulsed, and says how it did.
//
//   zstd -dc --long=27 RECORDING | syspulse-load --server=127.0.0.1:50051 --agents=1000
//   --seconds=60 syspulse-load --made-up --agents=20 --seconds=5
//
// Standard input is a recording: text that Prometheus scrapes, each behind a line `#TS <unix
// milliseconds>`. Ends by itself: with 0 if every frame was acknowledged and stands in the history
// once, else with 1.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/base/process_limits.h"
#include "tests/bench/fleet/fleet.h"
#include "tests/bench/fleet/trial.h"
#include "tests/bench/load.h"
#include "tests/bench/recording.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostAgents = 5000;
constexpr std::size_t kMostReaders = 20'000;
constexpr std::int64_t kLongest = 3600;     // s
constexpr std::size_t kMadeUpSeries = 300;  // a host of the recording has as many
constexpr std::int64_t kMadeUpSeconds = 600;

// Returns a recording of what is made up.
Recording Record() {
  const auto load = MakeUp(kMadeUpSeries);
  const auto rows = load->RowsOf(0);
  Recording recording;
  for (const Series& series : load->schema()->series()) {
    const MetricFamily& family =
        load->schema()->families()[static_cast<std::size_t>(series.family)];
    recording.names.push_back(absl::StrFormat("%s{%s=\"%s\"}", family.name, family.label_names[0],
                                              series.label_values[0]));
  }
  recording.columns.resize(recording.names.size());
  std::vector<double> row(recording.names.size());
  for (std::int64_t second = 0; second < kMadeUpSeconds; ++second) {
    recording.times_ms.push_back(1000 * second);
    rows->Next(row);
    for (std::size_t i = 0; i < row.size(); ++i) recording.columns[i].push_back(row[i]);
  }
  return recording;
}

int Main(const TrialOptions& options, std::size_t series, bool made_up) {
  const Recording recording = made_up ? Record() : ReadRecording(std::cin);
  if (recording.times_ms.empty() || recording.names.empty()) {
    std::fprintf(stderr,
                 "syspulse-load: no '#TS' line with metrics behind it on standard input; --made-up "
                 "needs none\n");
    return 2;
  }
  const Fleet fleet(recording, series);
  const SystemClock clock;
  const std::size_t connections =
      options.agents.connections == 0 ? options.agents.agents : options.agents.connections;
  absl::PrintF("%zu agents over %zu connections, %zu series each, %d s\n", options.agents.agents,
               std::min(connections, options.agents.agents), series, options.seconds);
  std::fflush(stdout);
  return RunTrial(options, fleet, clock) ? 0 : 1;
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  syspulse::SkipLockOrderChecks();
  syspulse::LimitThreadStacks();
  syspulse::ExplainShortage();
  syspulse::RaiseDescriptorLimit();
  syspulse::TrialOptions options;
  std::size_t series = 500;
  bool made_up = false;
  double spread_s = 1;
  std::int64_t patience_s = 120;
  bool no_live = false;
  bool verbose = false;
  CLI::App app("Plays the agents of a fleet, from a recording on standard input.", "syspulse-load");
  app.add_option("--server", options.agents.server, "HOST:PORT of syspulsed")->required();
  app.add_option("--agents", options.agents.agents, "How many agents")
      ->check(CLI::Range(std::size_t{1}, syspulse::kMostAgents));
  app.add_option("--series", series, "Series of each")
      ->check(CLI::Range(std::size_t{10}, std::size_t{10'000}));
  app.add_option("--seconds", options.seconds, "How long they push, once a second")
      ->check(CLI::Range(std::int64_t{1}, syspulse::kLongest));
  app.add_option("--connections", options.agents.connections,
                 "Connections that they share; 0: one each");
  app.add_option("--spread", spread_s,
                 "Part of each second over which frames leave; 0: all at once")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--readers", options.readers, "Streams of snapshots, of one host each")
      ->check(CLI::Range(std::size_t{0}, syspulse::kMostReaders));
  app.add_flag("--stalled", options.stalled,
               "One more opens such a stream and never reads, and one reads a byte a second");
  app.add_flag("--no-live", no_live, "Nobody reads all frames");
  app.add_option("--service-pid", options.service, "Process of syspulsed, to report its cost");
  app.add_option("--patience", patience_s, "Seconds to wait for acknowledgements at the end")
      ->check(CLI::Range(std::int64_t{0}, syspulse::kLongest));
  app.add_flag("--made-up", made_up, "Values are made up; standard input is not read");
  app.add_flag("--verbose", verbose, "Agents say what they do");
  CLI11_PARSE(app, argc, argv);
  options.live = !no_live;
  options.patience = absl::Seconds(patience_s);
  options.agents.spread = absl::Seconds(spread_s);
  if (!syspulse::ConfigureLog(verbose ? "info" : "error", "text").ok()) return 2;
  return syspulse::Main(options, series, made_up);
}
