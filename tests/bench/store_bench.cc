// What the store costs, in bytes and in time, on a recording of real metrics.
//
//   zstd -dc --long=27 RECORDING | build/tests/store_bench [HOSTS]
//
// Each host plays the recording (see recording.h) from another offset: first in groups of so many
// rows, then into a store of its own. The bar is 0.28 bytes a sample for all files, 150 ns of CPU a
// sample to append.
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "services/base/clock.h"
#include "services/store/file_system.h"
#include "services/store/group_codec.h"
#include "services/store/store.h"
#include "tests/bench/recording.h"

namespace syspulse {
namespace {

// Returns the CPU time of this thread in seconds, or that of the process: others use the machine,
// too.
double CpuSeconds(clockid_t clock = CLOCK_THREAD_CPUTIME_ID) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Cost {
  std::size_t columns = 0;
  double bytes = 0;
  double values = 0;
  double decode_seconds = 0;
};

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "store_bench: %s\n", what.c_str());
  std::exit(1);
}

// Returns the kind of a column, by how much it takes.
std::string KindOf(const std::string& name, std::size_t size, std::size_t rows) {
  if (name.find("duration_seconds") != std::string::npos) return "5 durations (noise)";
  const double bits = 8.0 * static_cast<double>(size) / static_cast<double>(rows);
  if (size <= 16) return "1 constant";
  return bits < 0.5 ? "2 below 0.5 bits" : bits < 3 ? "3 0.5 to 3 bits" : "4 above 3 bits";
}

void MeasureGroups(const Recording& recording, std::size_t hosts, std::size_t rows) {
  std::map<std::string, Cost> costs;
  double encode_seconds = 0;
  double samples = 0;
  double bytes = 0;
  double overhead = 0;
  const std::size_t all = recording.times_ms.size();
  for (std::size_t host = 0; host < hosts; ++host) {
    std::vector<std::int64_t> times = recording.times_ms;
    std::vector<std::vector<double>> columns = recording.columns;
    const auto offset = static_cast<std::ptrdiff_t>(host * all / hosts);
    for (auto& column : columns) std::rotate(column.begin(), column.begin() + offset, column.end());
    for (std::size_t begin = 0; begin < all; begin += rows) {
      const std::size_t count = std::min(rows, all - begin);
      const double started = CpuSeconds();
      GroupEncoder encoder(std::span<const std::int64_t>(times).subspan(begin, count));
      for (const auto& column : columns)
        encoder.AddColumn(std::span<const double>(column).subspan(begin, count));
      const std::string group = encoder.Finish();
      encode_seconds += CpuSeconds() - started;
      samples += static_cast<double>(count * columns.size());
      bytes += static_cast<double>(group.size());
      overhead += static_cast<double>(group.size());
      const MemoryBytes source(group);
      const auto view = GroupView::Open(&source, 0, group.size(), "bench");
      if (!view.ok()) Fail(view.status().ToString());
      std::vector<double> values(count);
      for (std::size_t i = 0; i < columns.size(); ++i) {
        Cost& cost = costs[KindOf(recording.names[i], view->ColumnSize(i), count)];
        ++cost.columns;
        cost.bytes += static_cast<double>(view->ColumnSize(i));
        overhead -= static_cast<double>(view->ColumnSize(i));
        cost.values += static_cast<double>(count);
        constexpr int kRounds = 20;
        const double before = CpuSeconds();
        for (int round = 0; round < kRounds; ++round) {
          if (const auto status = view->ReadColumn(i, values); !status.ok())
            Fail(status.ToString());
        }
        cost.decode_seconds += (CpuSeconds() - before) / kRounds;
        for (std::size_t row = 0; row < count; ++row) {
          if (std::bit_cast<std::uint64_t>(values[row]) !=
              std::bit_cast<std::uint64_t>(columns[i][begin + row])) {
            Fail("not what was encoded: " + recording.names[i]);
          }
        }
      }
    }
  }
  std::printf("%zu hosts, groups of %zu rows: %.4f bytes/sample, encode %.1f ns/sample\n", hosts,
              rows, bytes / samples, encode_seconds / samples * 1e9);
  double decode = 0;
  for (const auto& [kind, cost] : costs) {
    std::printf(
        "  %-22s %5.1f columns  %8.4f bytes/sample of all  %6.2f bits/value  %8.0f M values/s\n",
        kind.c_str(),
        static_cast<double>(cost.columns) * static_cast<double>(rows) *
            static_cast<double>(recording.names.size()) / samples,
        cost.bytes / samples, 8 * cost.bytes / cost.values,
        cost.values / cost.decode_seconds / 1e6);
    decode += cost.decode_seconds;
  }
  std::printf("  %-22s %13s  %8.4f bytes/sample of all\n", "times and headers", "",
              overhead / samples);
  std::printf("  all columns: %.0f M values/s\n", samples / decode / 1e6);
}

// Returns the bytes of all files in a folder.
std::int64_t BytesIn(const std::filesystem::path& directory) {
  std::int64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    bytes += static_cast<std::int64_t>(entry.file_size());
  }
  return bytes;
}

std::unique_ptr<Store> OpenStore(const std::string& directory, FileSystem* files,
                                 const Clock* clock) {
  auto store = Store::Open({.directory = directory}, files, clock, [](std::uint64_t) {});
  if (!store.ok()) Fail(store.status().ToString());
  return *std::move(store);
}

FramePtr FrameAt(const Recording& recording, const SchemaPtr& schema, std::size_t host,
                 std::size_t hosts, std::size_t row) {
  const std::size_t all = recording.times_ms.size();
  Frame frame{.host = "host-" + std::to_string(host),
              .source = "system",
              .schema = schema,
              .time = absl::FromUnixMillis(recording.times_ms[row])};
  frame.values.reserve(recording.columns.size());
  for (const auto& column : recording.columns) {
    frame.values.push_back(column[(row + host * all / hosts) % all]);
  }
  return std::make_shared<const Frame>(std::move(frame));
}

// Appends all frames of all hosts and waits until they are durable. Returns the CPU seconds of the
// store alone, all threads.
double AppendAll(const Recording& recording, std::size_t hosts, Store* store) {
  const SchemaPtr schema = SchemaOf(recording);
  double seconds = 0;
  std::uint64_t last = 0;
  for (std::size_t row = 0; row < recording.times_ms.size(); ++row) {
    std::vector<FramePtr> frames;
    for (std::size_t host = 0; host < hosts; ++host) {
      frames.push_back(FrameAt(recording, schema, host, hosts, row));
    }
    const double started = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
    for (const FramePtr& frame : frames) {
      const auto ticket = store->Append(frame);
      if (!ticket.ok()) Fail(ticket.status().ToString());
      last = *ticket;
    }
    while (store->stats().waiting_frames > 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
    seconds += CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - started;
  }
  while (store->stats().durable_ticket < last) std::this_thread::sleep_for(std::chrono::microseconds(100));
  return seconds;
}

// Reads every series; returns how many samples those were.
double ScanAll(Store* store) {
  auto selection = store->Select({}, {.first_ms = 0, .last_ms = std::int64_t{1} << 50});
  double samples = 0;
  for (std::size_t i = 0; i < selection.size(); ++i) {
    const auto read = selection.Read(i);
    if (!read.ok()) Fail(read.status().ToString());
    samples += static_cast<double>(read->values.size());
  }
  return samples;
}

void MeasureStore(const Recording& recording, std::size_t hosts) {
  std::string directory = "/tmp/store_bench.XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) Fail("cannot make a folder in /tmp");
  const auto files = PosixFileSystem();
  const SystemClock clock;
  auto store = OpenStore(directory, files.get(), &clock);
  const double append_seconds = AppendAll(recording, hosts, store.get());
  const double making = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
  store.reset();
  const double close_seconds = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - making;
  const auto samples =
      static_cast<double>(recording.times_ms.size() * recording.columns.size() * hosts);
  std::printf(
      "\nstore, %zu hosts: %.4f bytes/sample in all files, %.1f ns/sample CPU to append, %.1f to "
      "stop\n",
      hosts, static_cast<double>(BytesIn(directory)) / samples, append_seconds / samples * 1e9,
      close_seconds / samples * 1e9);
  double started = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
  store = OpenStore(directory, files.get(), &clock);
  std::printf("  opened with %.1f ms CPU, ",
              1e3 * (CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - started));
  started = CpuSeconds();
  const double scanned = ScanAll(store.get());
  std::printf("scanned %.0f samples of all series at %.0f M/s\n", scanned,
              scanned / (CpuSeconds() - started) / 1e6);
  store.reset();
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const auto recording = syspulse::ReadRecording(std::cin);
  if (recording.times_ms.empty()) syspulse::Fail("no '#TS' line on standard input");
  const std::size_t hosts = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20;
  if (hosts == 0) syspulse::Fail("at least one host is needed");
  for (const std::size_t rows : {120U, 600U, 2500U}) {
    syspulse::MeasureGroups(recording, hosts, rows);
  }
  syspulse::MeasureStore(recording, hosts);
  return 0;
}
