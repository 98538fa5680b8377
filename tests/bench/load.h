// What a measurement sends to SysPulse and its peers: the same hosts, series and values, made anew
// for each of them and always the same.
#ifndef TESTS_BENCH_LOAD_H_
#define TESTS_BENCH_LOAD_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "services/model/metric.h"
#include "tests/bench/recording.h"

namespace syspulse {

// The rows of one host, one after the other. Confined to one thread.
class HostRows {
 public:
  virtual ~HostRows() = default;

  // Fills `out`, one for each series of the schema, with the values of the next row; NaN = not
  // measured.
  virtual void Next(std::span<double> out) = 0;
};

// Thread-safe.
class Load {
 public:
  virtual ~Load() = default;

  // All hosts have the same series.
  virtual const SchemaPtr& schema() const = 0;

  virtual std::unique_ptr<HostRows> RowsOf(std::size_t host) const = 0;
};

std::string HostnameOf(std::size_t host);

// Plays a recording: each of `hosts` hosts from another offset, and again from its start after its
// end.
std::unique_ptr<Load> PlayRecording(Recording recording, std::size_t hosts);

// Makes `series` series up: half of them counters, of which each grows at a pace of its own, the
// others pages of memory, shares in hundredths, and what never changes.
std::unique_ptr<Load> MakeUp(std::size_t series);

}  // namespace syspulse

#endif  // TESTS_BENCH_LOAD_H_
