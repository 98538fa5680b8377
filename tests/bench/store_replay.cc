// The whole store on a recording of real metrics: what a sample costs in processor time and on the
// disk, what the store holds in memory, and how long a start takes after kill -9.
//
//   zstd -dc --long=27 RECORDING | build/tests/store_replay fill FOLDER HOSTS SAMPLES
//   zstd -dc --long=27 RECORDING | build/tests/store_replay crash FOLDER HOSTS SAMPLES
//   build/tests/store_replay open FOLDER
//
// `fill` plays the recording for HOSTS hosts, each from another offset, until there are SAMPLES
// samples, and stops as a service does. `crash` ends without stopping once all is acknowledged.
// `open` starts, reads one metric of all hosts, and says what both took.
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/mutex.h"
#include "services/store/store.h"
#include "tests/bench/recording.h"

namespace syspulse {
namespace {

constexpr std::uint64_t kMostInFlight = 4000;  // frames that are not acknowledged

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "store_replay: %s\n", what.c_str());
  std::exit(1);
}

double Seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Returns what this process holds in memory, in MB.
double ResidentMegabytes() {
  std::ifstream in("/proc/self/statm");
  double size = 0;
  double resident = 0;
  in >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double FolderBytes(const std::string& folder) {
  double bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

// What the feeding thread waits for.
struct Acknowledged {
  Mutex mutex;
  std::condition_variable_any changed;
  std::uint64_t ticket = 0;

  void Set(std::uint64_t durable) {
    MutexLock lock(mutex);
    ticket = durable;
    changed.notify_all();
  }
  void Wait(std::uint64_t wanted) {
    MutexLock lock(mutex);
    changed.wait(mutex, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return ticket >= wanted; });
  }
};

std::unique_ptr<Store> OpenStore(const std::string& folder, const Clock* clock, FileSystem* files,
                                 Acknowledged* acknowledged) {
  auto store = Store::Open({.directory = folder}, files, clock,
                           [=](std::uint64_t ticket) { acknowledged->Set(ticket); });
  if (!store.ok()) Fail(store.status().ToString());
  return *std::move(store);
}

void Fill(const std::string& folder, std::size_t hosts, std::size_t samples, bool crash) {
  const Recording recording = ReadRecording(std::cin);
  if (recording.times_ms.empty()) Fail("no '#TS' line on standard input");
  const SchemaPtr schema = SchemaOf(recording);
  const std::size_t all = recording.times_ms.size();
  const std::int64_t length_ms = recording.times_ms.back() - recording.times_ms.front() + 1000;
  const double before_mb = ResidentMegabytes();
  const SystemClock clock;
  const auto files = PosixFileSystem();
  Acknowledged acknowledged;
  auto store = OpenStore(folder, &clock, files.get(), &acknowledged);
  const double cpu_before = Seconds(CLOCK_PROCESS_CPUTIME_ID) - Seconds(CLOCK_THREAD_CPUTIME_ID);
  const double begin = Seconds(CLOCK_MONOTONIC);
  std::size_t sent = 0;
  std::uint64_t ticket = 0;
  double most_mb = 0;
  for (std::size_t row = 0; sent < samples; ++row) {
    for (std::size_t host = 0; host < hosts; ++host) {
      Frame frame{.host = absl::StrFormat("host-%d", host), .source = "system", .schema = schema};
      frame.time = absl::FromUnixMillis(recording.times_ms[row % all] +
                                        static_cast<std::int64_t>(row / all) * length_ms);
      const std::size_t at = (row + host * all / hosts) % all;
      for (const auto& column : recording.columns) frame.values.push_back(column[at]);
      sent += frame.values.size();
      auto appended = store->Append(std::make_shared<const Frame>(std::move(frame)));
      if (!appended.ok()) Fail(appended.status().ToString());
      ticket = *appended;
      if (ticket > kMostInFlight) acknowledged.Wait(ticket - kMostInFlight);
    }
    if (row % 50 == 0) most_mb = std::max(most_mb, ResidentMegabytes());
  }
  acknowledged.Wait(ticket);
  const auto per_sample = [&](double seconds) { return seconds / static_cast<double>(sent) * 1e6; };
  const auto report = [&](const char* what) {
    const double cpu = Seconds(CLOCK_PROCESS_CPUTIME_ID) - Seconds(CLOCK_THREAD_CPUTIME_ID);
    std::printf("%s: %zu samples, %.4f us CPU a sample in the store's threads, %.1f s\n", what,
                sent, per_sample(cpu - cpu_before), Seconds(CLOCK_MONOTONIC) - begin);
  };
  report("acknowledged");
  std::printf("memory: %.0f MB at most, %.0f MB before, %zu series\n", most_mb, before_mb,
              hosts * recording.names.size());
  if (crash) {
    std::printf("disk: %.4f bytes a sample, log included\n",
                FolderBytes(folder) / static_cast<double>(sent));
    std::fflush(stdout);
    _exit(0);
  }
  const double stop = Seconds(CLOCK_MONOTONIC);
  store.reset();
  std::printf("stopped in %.2f s; disk: %.4f bytes a sample, all files\n",
              Seconds(CLOCK_MONOTONIC) - stop, FolderBytes(folder) / static_cast<double>(sent));
}

void Open(const std::string& folder) {
  const SystemClock clock;
  const auto files = PosixFileSystem();
  Acknowledged acknowledged;
  const double begin = Seconds(CLOCK_MONOTONIC);
  const auto store = OpenStore(folder, &clock, files.get(), &acknowledged);
  std::printf("ready in %.3f s, %.0f MB\n", Seconds(CLOCK_MONOTONIC) - begin, ResidentMegabytes());
  for (const char* metric : {"node_load1", "node_cpu_seconds_total", ".*"}) {
    const double started = Seconds(CLOCK_MONOTONIC);
    auto matcher = LabelMatcher::Create(LabelMatcher::Kind::kRegex, "__name__", metric);
    Selection selection =
        store->Select({*std::move(matcher)}, {.first_ms = kFirstTimeMs, .last_ms = kLastTimeMs});
    const double found = Seconds(CLOCK_MONOTONIC);
    std::size_t samples = 0;
    for (std::size_t i = 0; i < selection.size(); ++i) {
      const auto read = selection.Read(i);
      if (!read.ok()) Fail(read.status().ToString());
      samples += read->values.size();
    }
    const double took = Seconds(CLOCK_MONOTONIC) - found;
    std::printf("%s: %zu series found in %.1f ms, %zu samples read at %.0f M a second\n", metric,
                selection.size(), (found - started) * 1e3, samples,
                static_cast<double>(samples) / took / 1e6);
  }
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::string what = argc > 2 ? argv[1] : "";
  if (what == "open") {
    syspulse::Open(argv[2]);
  } else if ((what == "fill" || what == "crash") && argc > 4) {
    syspulse::Fill(argv[2], std::strtoul(argv[3], nullptr, 10), std::strtoul(argv[4], nullptr, 10),
                   what == "crash");
  } else {
    syspulse::Fail("fill|crash FOLDER HOSTS SAMPLES, or open FOLDER");
  }
  return 0;
}
