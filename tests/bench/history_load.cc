// Fills SysPulse or a peer with the history of many hosts, as fast as it is taken.
//
//   history_load --frames=HOST:PORT --hosts=200 --series=500 --rows=300 --step-ms=15000
//   zstd -dc --long=27 RECORDING | history_load --remote-write=HOST:PORT/PATH --hosts=20
//   --rows=2500
//
// Without --series it plays the recording on standard input. The last row is of --end-ms, rounded
// down to seconds; with --live the first row is of now, and each is sent when its time comes.
// Prints how many samples were sent and in which time.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/bench/load.h"
#include "tests/bench/load_sender.h"

namespace syspulse {
namespace {

struct LoadOptions {
  std::string frames;        // HOST:PORT of syspulsed
  std::string remote_write;  // HOST:PORT/PATH of anything else
  std::size_t hosts = 20;
  std::size_t series = 0;  // of a host; 0 plays the recording
  std::size_t rows = 0;    // of each host; 0: as many as the recording has
  std::int64_t step_ms = 1000;
  std::int64_t end_ms = 0;      // Unix; 0: a minute ago
  std::size_t connections = 2;  // and threads: none of the servers is held up by one
  bool live = false;            // at the pace of --step-ms
};

void SendSome(const LoadOptions& options, const Load& load, std::size_t first, std::size_t last) {
  std::vector<std::size_t> hosts;
  std::vector<std::unique_ptr<HostRows>> rows;
  for (std::size_t host = first; host < last; ++host) {
    hosts.push_back(host);
    rows.push_back(load.RowsOf(host));
  }
  const auto sender = options.frames.empty()
                          ? SendRemoteWrite(options.remote_write, load.schema(), hosts)
                          : SendFrames(options.frames, load.schema(), hosts);
  LoadRow row;
  row.values.assign(hosts.size(), std::vector<double>(load.schema()->series().size()));
  const std::int64_t end_ms = options.end_ms / 1000 * 1000;
  for (std::size_t i = 0; i < options.rows; ++i) {
    row.time_ms = end_ms - static_cast<std::int64_t>(options.rows - 1 - i) * options.step_ms;
    for (std::size_t host = 0; host < rows.size(); ++host) rows[host]->Next(row.values[host]);
    if (options.live) absl::SleepFor(absl::FromUnixMillis(row.time_ms) - absl::Now());
    sender->Send(row);
  }
  sender->Finish();
}

void SendAll(LoadOptions options) {
  std::unique_ptr<Load> load;
  if (options.series > 0) {
    load = MakeUp(options.series);
  } else {
    Recording recording = ReadRecording(std::cin);
    if (recording.times_ms.empty()) FailSending("no '#TS' line on standard input");
    if (options.rows == 0) options.rows = recording.times_ms.size();
    load = PlayRecording(std::move(recording), options.hosts);
  }
  if (options.end_ms == 0) options.end_ms = absl::ToUnixMillis(absl::Now() - absl::Minutes(1));
  if (options.live) {
    const auto span = static_cast<std::int64_t>(options.rows - 1) * options.step_ms;
    options.end_ms = absl::ToUnixMillis(absl::Now() + absl::Seconds(1)) + span;
  }
  const auto started = std::chrono::steady_clock::now();
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < options.connections; ++i) {
    threads.emplace_back([&options, &load, i] {
      SendSome(options, *load, i * options.hosts / options.connections,
               (i + 1) * options.hosts / options.connections);
    });
  }
  threads.clear();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::printf("%zu samples in %.2f s\n",
              options.hosts * options.rows * load->schema()->series().size(), took.count());
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  syspulse::LoadOptions options;
  CLI::App app("Sends the history of many hosts.", "history_load");
  app.add_option("--frames", options.frames, "HOST:PORT of syspulsed");
  app.add_option("--remote-write", options.remote_write, "HOST:PORT/PATH that takes remote write");
  app.add_option("--hosts", options.hosts, "How many hosts");
  app.add_option("--series", options.series, "Series of a host, made up; 0 plays the recording");
  app.add_option("--rows", options.rows, "Rows of each host");
  app.add_option("--step-ms", options.step_ms, "Milliseconds between rows");
  app.add_option("--end-ms", options.end_ms, "When the last row is, since 1970");
  app.add_option("--connections", options.connections, "How many, with a thread for each")
      ->check(CLI::Range(1, 64));
  app.add_flag("--live", options.live, "Send each row when its time comes");
  CLI11_PARSE(app, argc, argv);
  if (options.frames.empty() == options.remote_write.empty()) {
    syspulse::FailSending("give --frames or --remote-write");
  }
  syspulse::SendAll(options);
  return 0;
}
