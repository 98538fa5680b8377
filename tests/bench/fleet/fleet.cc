#include "tests/bench/fleet/fleet.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr char kIdPrefix[] = "load-";
constexpr std::size_t kKinds = 12;       // of machines
constexpr std::size_t kLacksOneIn = 10;  // of the metrics that not everybody has
constexpr std::size_t kChangesOneIn = 10;
constexpr std::int64_t kChangeTicks = 30;  // that a changing interface stays, or stays away
constexpr std::string_view kCommonPrefixes[] = {"node_cpu_seconds", "node_memory_", "node_load",
                                                "node_boot_time", "node_time_"};
// Of a recording, and of what is made up.
constexpr std::string_view kInterfacePrefixes[] = {"node_network_", "bench_metric_1"};
constexpr double kMostWhole = 1e15;  // a double still has a bit for less than 1 there

// A few bits of anything, well mixed (the finaliser of SplitMix64).
std::uint64_t Mix(std::uint64_t bits) {
  bits += 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

bool StartsWithOneOf(std::string_view name, std::span<const std::string_view> prefixes) {
  return std::ranges::any_of(prefixes,
                             [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool IsCommon(std::string_view name) { return StartsWithOneOf(name, kCommonPrefixes); }
bool IsOfInterface(std::string_view name) { return StartsWithOneOf(name, kInterfacePrefixes); }

bool IsWhole(const std::vector<double>& column) {
  return std::ranges::all_of(column, [](double value) {
    return std::isnan(value) || (std::trunc(value) == value && std::abs(value) < kMostWhole);
  });
}

// Names the same device of a larger machine: the recording's has two cores, so the next two are 2
// and 3.
std::string CopyOf(const std::string& value, std::size_t copy) {
  const auto number = ParseNumber<std::size_t>(value);
  return number.has_value() ? absl::StrFormat("%d", *number + 2 * copy)
                            : absl::StrFormat("%s-%d", value, copy);
}

// The families of the recording, and the tick behind them.
std::vector<MetricFamily> FamiliesOf(const Schema& recorded) {
  std::vector<MetricFamily> families = recorded.families();
  for (MetricFamily& family : families) {
    if (family.name.ends_with("_total")) family.type = MetricType::kCounter;
  }
  families.push_back({.name = kTickMetric,
                      .type = MetricType::kCounter,
                      .help = "Frames of this host that were made, with this one."});
  return families;
}

// A machine while it is being made.
class Draft {
 public:
  // Both must outlive this. `varies` are the recording's columns.
  Draft(const Schema* recorded, const std::vector<bool>* varies)
      : recorded_(*recorded), varies_(*varies), families_(FamiliesOf(*recorded)) {
    series_.push_back({.family = static_cast<int>(families_.size()) - 1});
  }

  // Adds what a machine of the kind has of the recording, up to so many series.
  void AddRecorded(std::size_t kind, std::size_t most) {
    for (std::size_t i = 0; i < recorded_.series().size() && series_.size() < most; ++i) {
      const Series& one = recorded_.series()[i];
      const auto family = static_cast<std::uint64_t>(one.family);
      const bool lacks = Mix(family * kKinds + kind) % kLacksOneIn == 0;
      if (!lacks || IsCommon(NameOf(one))) Add(one, i);
    }
  }

  // Adds more devices like those of the recording, until there are so many series.
  void AddCopies(std::size_t most) {
    for (std::size_t copy = 1; series_.size() < most; ++copy) {
      for (std::size_t i = 0; i < recorded_.series().size() && series_.size() < most; ++i) {
        Series one = recorded_.series()[i];
        if (one.label_values.empty() || NameOf(one).ends_with("_info")) continue;
        one.label_values[0] = CopyOf(one.label_values[0], copy);
        Add(std::move(one), i);
      }
    }
  }

  // Adds one more interface, like the first of the recording.
  void AddInterface(const std::string& name) {
    std::set<int> done;  // families
    for (std::size_t i = 0; i < recorded_.series().size(); ++i) {
      Series one = recorded_.series()[i];
      if (one.label_values.size() != 1 || !IsOfInterface(NameOf(one))) continue;
      if (!done.insert(one.family).second) continue;
      one.label_values[0] = name;
      Add(std::move(one), i);
    }
  }

  MachinePtr Make() && {
    DropUnusedFamilies();
    auto schema = Schema::Create(std::move(families_), std::move(series_));
    if (!schema.ok()) {
      std::fprintf(stderr, "syspulse-load: %s\n", schema.status().ToString().c_str());
      std::abort();  // the recording's names in other places, each once
    }
    return std::make_shared<const Machine>(
        Machine{.schema = *std::move(schema), .series = std::move(played_)});
  }

 private:
  const std::string& NameOf(const Series& series) const {
    return families_[static_cast<std::size_t>(series.family)].name;
  }

  void Add(Series series, std::size_t column) {
    series_.push_back(std::move(series));
    played_.push_back({.column = column, .varies = varies_[column]});
  }

  void DropUnusedFamilies() {
    std::vector<int> places(families_.size(), -1);
    std::vector<MetricFamily> used;
    for (Series& series : series_) {
      int& place = places[static_cast<std::size_t>(series.family)];
      if (place < 0) {
        place = static_cast<int>(used.size());
        used.push_back(families_[static_cast<std::size_t>(series.family)]);
      }
      series.family = place;
    }
    families_ = std::move(used);
  }

  const Schema& recorded_;
  const std::vector<bool>& varies_;
  std::vector<MetricFamily> families_;
  std::vector<Series> series_;        // the tick first
  std::vector<PlayedSeries> played_;  // without the tick
};

}  // namespace

std::string FleetHostId(std::size_t host) { return absl::StrFormat("%s%d", kIdPrefix, host); }

std::optional<std::size_t> FleetHostOf(std::string_view name) {
  std::string_view id = HostIdOf(name);
  if (!id.starts_with(kIdPrefix)) return std::nullopt;
  return ParseNumber<std::size_t>(id.substr(sizeof(kIdPrefix) - 1));
}

Fleet::Fleet(const Recording& recording, std::size_t series)
    : series_(series), recorded_(SchemaOf(recording)) {
  rows_.resize(recording.times_ms.size());
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    for (const std::vector<double>& column : recording.columns) rows_[row].push_back(column[row]);
  }
  for (std::size_t i = 0; i < recording.columns.size(); ++i) {
    const Series& one = recorded_->series()[i];
    const std::string& name = recorded_->families()[static_cast<std::size_t>(one.family)].name;
    varies_.push_back((name.ends_with("_total") || name.ends_with("_bytes")) &&
                      IsWhole(recording.columns[i]));
  }
  for (std::size_t kind = 0; kind < kKinds; ++kind) kinds_.push_back(MakeMachine(kind, ""));
}

MachinePtr Fleet::MachineOf(std::size_t host, const std::string& interface) const {
  const std::size_t kind = host % kKinds;
  return interface.empty() ? kinds_[kind] : MakeMachine(kind, interface);
}

MachinePtr Fleet::MakeMachine(std::size_t kind, const std::string& interface) const {
  Draft draft(recorded_.get(), &varies_);
  draft.AddRecorded(kind, series_);
  draft.AddCopies(series_);
  if (!interface.empty()) draft.AddInterface(interface);
  return std::move(draft).Make();
}

std::vector<double> Fleet::ValuesOf(const Machine& machine, std::size_t host,
                                    std::int64_t tick) const {
  const std::vector<double>& row =
      rows_[(Mix(host) + static_cast<std::uint64_t>(tick)) % rows_.size()];
  // Powers of two: what was short in decimals stays so.
  const double scale = static_cast<double>(std::size_t{1} << (host % 3));
  const double more = static_cast<double>(4096 * host);
  std::vector<double> values;
  values.reserve(machine.series.size() + 1);
  values.push_back(static_cast<double>(tick));
  for (const PlayedSeries& one : machine.series) {
    values.push_back(one.varies ? row[one.column] * scale + more : row[one.column]);
  }
  return values;
}

PlayedHost::PlayedHost(const Fleet* fleet, std::size_t host)
    : fleet_(fleet), host_(host), id_(FleetHostId(host)), machine_(fleet->MachineOf(host, "")) {}

Frame PlayedHost::Measure(absl::Time time) {
  ++tick_;
  const std::int64_t turn = tick_ + static_cast<std::int64_t>(Mix(host_) % kChangeTicks);
  if (host_ % kChangesOneIn == 0 && turn % kChangeTicks == 0) {
    const std::int64_t change = turn / kChangeTicks;
    const std::uint64_t name = Mix(host_ * 1'000'003 + static_cast<std::uint64_t>(change));
    machine_ = fleet_->MachineOf(
        host_, change % 2 == 0 ? "" : absl::StrFormat("veth%06x", name & 0xffffff));
  }
  return {.host = id_,
          .source = "system",
          .schema = machine_->schema,
          .time = time,
          .values = fleet_->ValuesOf(*machine_, host_, tick_)};
}

}  // namespace syspulse
