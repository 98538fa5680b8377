#include "services/collect/storage/bcache_collector.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr std::string_view kUnits = "kMGTPEZY";  // each 1024 of the one before
constexpr double kMostNumber = 9e18;             // fits into 64 bits

// A number of a file, in a directory of its own for each kind.
struct Attribute {
  std::string_view file;
  Family family;
  double unit = 1;
};

constexpr Family Make(MetricType type, std::string_view name, std::string_view unit,
                      std::string_view help, std::string_view label = {}) {
  return {name, type, unit, help, {"uuid", label}};
}

constexpr Attribute Gauge(std::string_view file, std::string_view name, std::string_view unit,
                          std::string_view help, double factor = 1) {
  return {file, Make(MetricType::kGauge, name, unit, help), factor};
}

constexpr Attribute Counter(std::string_view file, std::string_view name, std::string_view unit,
                            std::string_view help, std::string_view label) {
  return {file, Make(MetricType::kCounter, name, unit, help, label)};
}

constexpr std::array kOfSet = {
    Gauge("average_key_size", "node_bcache_average_key_size_sectors", "sectors",
          "Average data per key in the btree (sectors)."),
    Gauge("btree_cache_size", "node_bcache_btree_cache_size_bytes", "bytes",
          "Amount of memory currently used by the btree cache."),
    Gauge("cache_available_percent", "node_bcache_cache_available_percent", "percent",
          "Percentage of cache device without dirty data, usable for writeback (may contain clean "
          "cached data)."),
    Gauge("congested", "node_bcache_congested", "", "Congestion."),
    Gauge("root_usage_percent", "node_bcache_root_usage_percent", "percent",
          "Percentage of the root btree node in use (tree depth increases if too high)."),
    Gauge("tree_depth", "node_bcache_tree_depth", "", "Depth of the btree."),
    Gauge("internal/active_journal_entries", "node_bcache_active_journal_entries", "",
          "Number of journal entries that are newer than the index."),
    Gauge("internal/btree_nodes", "node_bcache_btree_nodes", "", "Total nodes in the btree."),
    // The file's name says microseconds, which node_exporter takes for nanoseconds.
    Gauge("internal/btree_read_average_duration_us",
          "node_bcache_btree_read_average_duration_seconds", "seconds",
          "Average btree read duration.", 1e-9),
    Attribute{"internal/cache_read_races",
              Make(MetricType::kCounter, "node_bcache_cache_read_races_total", "",
                   "Counts instances where while data was being read from the cache, the bucket "
                   "was reused and invalidated - i.e. where the pointer was stale after the read "
                   "completed.")},
};

constexpr std::string_view kDisk = "backing_device";
constexpr std::string_view kCache = "cache_device";

constexpr std::array kOfDisk = {
    Attribute{"dirty_data",
              Make(MetricType::kGauge, "node_bcache_dirty_data_bytes", "bytes",
                   "Amount of dirty data for this backing device in the cache.", kDisk)},
    Counter("stats_total/bypassed", "node_bcache_bypassed_bytes_total", "bytes",
            "Amount of IO (both reads and writes) that has bypassed the cache.", kDisk),
    Counter("stats_total/cache_hits", "node_bcache_cache_hits_total", "",
            "Hits counted per individual IO as bcache sees them.", kDisk),
    Counter("stats_total/cache_misses", "node_bcache_cache_misses_total", "",
            "Misses counted per individual IO as bcache sees them.", kDisk),
    Counter("stats_total/cache_bypass_hits", "node_bcache_cache_bypass_hits_total", "",
            "Hits for IO intended to skip the cache.", kDisk),
    Counter("stats_total/cache_bypass_misses", "node_bcache_cache_bypass_misses_total", "",
            "Misses for IO intended to skip the cache.", kDisk),
    Counter("stats_total/cache_miss_collisions", "node_bcache_cache_miss_collisions_total", "",
            "Instances where data insertion from cache miss raced with write (data already "
            "present).",
            kDisk),
};
// Newer kernels do not have it, and node_exporter leaves out zero.
constexpr Attribute kReadaheads =
    Counter("stats_total/cache_readaheads", "node_bcache_cache_readaheads_total", "",
            "Count of times readahead occurred.", kDisk);

constexpr std::array kOfCache = {
    Attribute{"io_errors",
              Make(MetricType::kGauge, "node_bcache_io_errors", "",
                   "Number of errors that have occurred, decayed by io_error_halflife.", kCache)},
    Counter("metadata_written", "node_bcache_metadata_written_bytes_total", "bytes",
            "Sum of all non data writes (btree writes and all other metadata).", kCache),
    Counter("written", "node_bcache_written_bytes_total", "bytes",
            "Sum of all data that has been written to the cache.", kCache),
};

constexpr Family DiskGauge(std::string_view name, std::string_view unit, std::string_view help) {
  return Make(MetricType::kGauge, name, unit, help, kDisk);
}

constexpr Family kTarget =
    DiskGauge("node_bcache_dirty_target_bytes", "bytes",
              "Current dirty data target threshold for this backing device in bytes.");
constexpr Family kRate = DiskGauge("node_bcache_writeback_rate", "",
                                   "Current writeback rate for this backing device in bytes.");
constexpr Family kProportional =
    DiskGauge("node_bcache_writeback_rate_proportional_term", "",
              "Current result of proportional controller, part of writeback rate");
constexpr Family kIntegral =
    DiskGauge("node_bcache_writeback_rate_integral_term", "",
              "Current result of integral controller, part of writeback rate");
constexpr Family kChange = DiskGauge("node_bcache_writeback_change", "",
                                     "Last writeback rate change step for this backing device.");
constexpr Family kUnused =
    Make(MetricType::kGauge, "node_bcache_priority_stats_unused_percent", "percent",
         "The percentage of the cache that doesn't contain any data.", kCache);
constexpr Family kMetadata = Make(MetricType::kGauge, "node_bcache_priority_stats_metadata_percent",
                                  "percent", "Bcache's metadata overhead.", kCache);

// What is read of a set of caches and disks before anything of it is published.
struct CacheSet {
  std::string uuid;
  std::vector<std::string> names;
  std::vector<std::pair<std::string, BcacheWriteback>> disks;    // by name
  std::vector<std::pair<std::string, BcachePriorities>> caches;  // by name
};

absl::StatusOr<CacheSet> Read(const SysDirectory& set, std::string uuid, bool priorities) {
  CacheSet read{.uuid = std::move(uuid)};
  ASSIGN_OR_RETURN(const std::vector<std::string> names, set.List());
  for (const std::string& name : names) {
    const auto text = [&](std::string_view file) { return set.Below(name).Text(file); };
    if (NumberAfter("bdev", name)) {
      BcacheWriteback& writeback = read.disks.emplace_back(name, BcacheWriteback()).second;
      const auto file = text("writeback_rate_debug");
      if (!file.ok()) continue;
      ASSIGN_OR_RETURN(writeback, ParseBcacheWriteback(*file + '\n'));
    } else if (NumberAfter("cache", name)) {
      BcachePriorities& of_cache = read.caches.emplace_back(name, BcachePriorities()).second;
      if (!priorities) continue;
      const auto file = text("priority_stats");
      if (!file.ok()) continue;
      ASSIGN_OR_RETURN(of_cache, ParseBcachePriorities(*file + '\n'));
    }
  }
  return read;
}

template <typename... Labels>
void AddAttribute(const SysDirectory& directory, const Attribute& attribute, MetricWriter* writer,
                  const Labels&... labels) {
  const auto number = ParseBcacheNumber(directory.Text(attribute.file).value_or(""));
  if (!number) return;
  if (attribute.family.name == kReadaheads.family.name && *number == 0) return;
  writer->Add(attribute.family, static_cast<double>(*number) * attribute.unit, labels...);
}

template <typename Number>
void AddIfKnown(const Family& family, const std::optional<Number>& number, std::string_view uuid,
                std::string_view device, MetricWriter* writer) {
  if (number) writer->Add(family, static_cast<double>(*number), uuid, device);
}

void Add(const SysDirectory& directory, const CacheSet& set, MetricWriter* writer) {
  for (const Attribute& attribute : kOfSet) AddAttribute(directory, attribute, writer, set.uuid);
  for (const auto& [name, writeback] : set.disks) {
    const SysDirectory disk = directory.Below(name);
    for (const Attribute& attribute : kOfDisk) {
      AddAttribute(disk, attribute, writer, set.uuid, name);
    }
    AddAttribute(disk, kReadaheads, writer, set.uuid, name);
    AddIfKnown(kTarget, writeback.target, set.uuid, name, writer);
    AddIfKnown(kRate, writeback.rate, set.uuid, name, writer);
    AddIfKnown(kProportional, writeback.proportional, set.uuid, name, writer);
    AddIfKnown(kIntegral, writeback.integral, set.uuid, name, writer);
    AddIfKnown(kChange, writeback.change, set.uuid, name, writer);
  }
  for (const auto& [name, priorities] : set.caches) {
    const SysDirectory cache = directory.Below(name);
    for (const Attribute& attribute : kOfCache) {
      AddAttribute(cache, attribute, writer, set.uuid, name);
    }
    AddIfKnown(kUnused, priorities.unused, set.uuid, name, writer);
    AddIfKnown(kMetadata, priorities.metadata, set.uuid, name, writer);
  }
}

// Removes `unit` from the end of a value, if it is there.
std::string_view Without(std::string_view unit, std::string_view value) {
  if (value.ends_with(unit)) value.remove_suffix(unit.size());
  return value;
}

}  // namespace

std::optional<std::int64_t> ParseBcacheNumber(std::string_view text) {
  double factor = 1;
  if (const bool negative = text.starts_with('-'); negative) {
    factor = -1;
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  if (const std::size_t unit = kUnits.find(text.back()); unit != kUnits.npos) {
    factor *= std::pow(1024.0, static_cast<double>(unit + 1));
    text.remove_suffix(1);
  }
  const bool has_point = text.find('.') != text.npos;
  const auto whole = ParseNumber<std::uint64_t>(TakeUntil(&text, '.'));
  const auto tenths = has_point ? ParseNumber<std::uint32_t>(text) : 0U;
  if (!whole || !tenths || *tenths > 10) return std::nullopt;
  // The kernel writes the rest below 1024, divided by 100.
  const double number = (static_cast<double>(*whole) + *tenths / 10.24) * factor;
  if (std::abs(number) > kMostNumber) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

absl::StatusOr<BcacheWriteback> ParseBcacheWriteback(std::string_view writeback_rate_debug) {
  constexpr std::string_view kFile = "bcache/writeback_rate_debug";
  RETURN_IF_ERROR(CheckWholeLines(writeback_rate_debug, kFile));
  BcacheWriteback writeback;
  const std::array<std::pair<std::string_view, std::optional<std::int64_t>*>, 5> fields = {
      {{"rate", &writeback.rate},
       {"target", &writeback.target},
       {"proportional", &writeback.proportional},
       {"integral", &writeback.integral},
       {"change", &writeback.change}}};
  while (!writeback_rate_debug.empty()) {
    const std::string_view whole = TakeUntil(&writeback_rate_debug, '\n');
    std::string_view line = whole;
    const std::string_view key = TakeUntil(&line, ':');
    for (const auto& [name, field] : fields) {
      if (key != name) continue;
      *field = ParseBcacheNumber(Without("/sec", Trim(line)));
      if (!*field) return BadLine(kFile, whole);
    }
  }
  return writeback;
}

absl::StatusOr<BcachePriorities> ParseBcachePriorities(std::string_view priority_stats) {
  constexpr std::string_view kFile = "bcache/priority_stats";
  RETURN_IF_ERROR(CheckWholeLines(priority_stats, kFile));
  BcachePriorities priorities;
  while (!priority_stats.empty()) {
    const std::string_view whole = TakeUntil(&priority_stats, '\n');
    std::string_view line = whole;
    const std::string_view key = TakeUntil(&line, ':');
    if (key != "Unused" && key != "Metadata") continue;
    const auto percent = ParseNumber<std::uint64_t>(Without("%", Trim(line)));
    if (!percent) return BadLine(kFile, whole);
    (key == "Unused" ? priorities.unused : priorities.metadata) = percent;
  }
  return priorities;
}

absl::Status BcacheCollector::Collect(MetricWriter* writer) {
  const SysDirectory sets(procfs_, "fs/bcache");
  const absl::StatusOr<std::vector<std::string>> names = sets.List();
  if (absl::IsNotFound(names.status())) return absl::OkStatus();
  RETURN_IF_ERROR(names.status());
  std::vector<CacheSet> read;
  for (const std::string& uuid : *names) {
    if (uuid.find('-') == uuid.npos) continue;  // what registers disks
    ASSIGN_OR_RETURN(CacheSet set, Read(sets.Below(uuid), uuid, priorities_));
    read.push_back(std::move(set));
  }
  for (const CacheSet& set : read) Add(sets.Below(set.uuid), set, writer);
  return absl::OkStatus();
}

}  // namespace syspulse
