// The hosts that syspulse-load plays: as like and unlike as those of one company.
//
// All of them play one recording, each from another second of it. There are a few kinds of
// machines, which lack some of the recording's metrics and have more devices than it. What a
// counter of whole numbers or a number of bytes says differs from host to host. On one host in ten
// a network interface with a name of its own comes and goes, and each time the schema changes.
//
// Each host has `syspulse_load_tick` as well, which counts its frames from 1: whether the history
// has each of them once can be asked for.
#ifndef TESTS_BENCH_FLEET_FLEET_H_
#define TESTS_BENCH_FLEET_FLEET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/model/frame.h"
#include "tests/bench/recording.h"

namespace syspulse {

inline constexpr char kTickMetric[] = "syspulse_load_tick";

std::string FleetHostId(std::size_t host);
// Returns the number of the host that has this resource name; nothing if it is not one of a fleet.
std::optional<std::size_t> FleetHostOf(std::string_view name);

// A series of a host and where its values come from.
struct PlayedSeries {
  std::size_t column = 0;  // of the recording
  bool varies = false;     // with the host
};

// What some hosts have in common. Immutable.
struct Machine {
  SchemaPtr schema;                  // the tick comes first
  std::vector<PlayedSeries> series;  // without the tick
};

using MachinePtr = std::shared_ptr<const Machine>;

// Immutable, so thread-safe.
class Fleet {
 public:
  // Each host has `series` series, with the tick. The recording has at least one row and one
  // series with a label.
  Fleet(const Recording& recording, std::size_t series);

  // Returns the machine of the host's kind, with one more interface of that name unless it is
  // empty.
  MachinePtr MachineOf(std::size_t host, const std::string& interface) const;

  // Returns what the host measures for the `tick`-th time, from 1.
  std::vector<double> ValuesOf(const Machine& machine, std::size_t host, std::int64_t tick) const;

 private:
  MachinePtr MakeMachine(std::size_t kind, const std::string& interface) const;

  const std::size_t series_;
  const SchemaPtr recorded_;               // what the recording has
  std::vector<std::vector<double>> rows_;  // of the recording
  std::vector<bool> varies_;               // its columns
  std::vector<MachinePtr> kinds_;
};

// One host. Confined to one thread.
class PlayedHost {
 public:
  // `fleet` must outlive this.
  PlayedHost(const Fleet* fleet, std::size_t host);

  // Returns what it measures next.
  Frame Measure(absl::Time time);

  const std::string& id() const { return id_; }
  std::int64_t ticks() const { return tick_; }

 private:
  const Fleet* const fleet_;
  const std::size_t host_;
  const std::string id_;
  MachinePtr machine_;
  std::int64_t tick_ = 0;  // of the frame before
};

}  // namespace syspulse

#endif  // TESTS_BENCH_FLEET_FLEET_H_
