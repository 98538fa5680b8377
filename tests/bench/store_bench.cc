// What a group of the store costs, in bytes and in time, on a recording of real metrics.
//
//   zstd -dc --long=27 RECORDING | build/tests/store_bench [HOSTS [ROWS]]
//
// The recording is what Prometheus scrapes, one text after the other, each behind a line
// `#TS <unix milliseconds>`. Each host plays it from another offset, in groups of ROWS rows. The
// bar is 0.28 bytes a sample for all that the store keeps.
#include <time.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/text.h"
#include "services/store/group_codec.h"

namespace syspulse {
namespace {

struct Recording {
  std::vector<std::int64_t> times_ms;
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;
};

Recording ReadRecording(std::istream& in) {
  Recording recording;
  std::map<std::string, std::size_t, std::less<>> places;
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("#TS ")) {
      recording.times_ms.push_back(
          ParseNumber<std::int64_t>(std::string_view(line).substr(4)).value_or(0));
      continue;
    }
    const std::size_t space = line.rfind(' ');
    if (line.starts_with('#') || space == std::string::npos) continue;
    const std::string_view name = std::string_view(line).substr(0, space);
    auto place = places.find(name);
    if (place == places.end()) {
      place = places.emplace(name, recording.names.size()).first;
      recording.names.emplace_back(name);
      recording.columns.emplace_back();
    }
    const auto value = ParseNumber<double>(std::string_view(line).substr(space + 1));
    recording.columns[place->second].resize(recording.times_ms.size(),
                                            std::numeric_limits<double>::quiet_NaN());
    if (value) recording.columns[place->second].back() = *value;
  }
  for (auto& column : recording.columns) {
    column.resize(recording.times_ms.size(), std::numeric_limits<double>::quiet_NaN());
  }
  return recording;
}

// Returns the CPU time of this thread in seconds: others use the machine, too.
double Now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
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

void Run(const Recording& recording, std::size_t hosts, std::size_t rows) {
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
      const double started = Now();
      GroupEncoder encoder(std::span<const std::int64_t>(times).subspan(begin, count));
      for (const auto& column : columns)
        encoder.AddColumn(std::span<const double>(column).subspan(begin, count));
      const std::string group = encoder.Finish();
      encode_seconds += Now() - started;
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
        const double before = Now();
        for (int round = 0; round < kRounds; ++round) {
          if (const auto status = view->ReadColumn(i, values); !status.ok())
            Fail(status.ToString());
        }
        cost.decode_seconds += (Now() - before) / kRounds;
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

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const auto recording = syspulse::ReadRecording(std::cin);
  if (recording.times_ms.empty()) syspulse::Fail("no '#TS' line on standard input");
  const std::size_t hosts = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20;
  if (argc > 2) {
    syspulse::Run(recording, hosts, std::strtoul(argv[2], nullptr, 10));
    return 0;
  }
  for (const std::size_t rows : {120U, 600U, 2500U}) syspulse::Run(recording, hosts, rows);
  return 0;
}
