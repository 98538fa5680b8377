#include "services/api/snapshot_plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "services/base/text.h"

namespace syspulse {
namespace {

// Names by metric, in the order of the enums.
constexpr std::string_view kScalarNames[] = {
    "node_time_seconds",
    "node_boot_time_seconds",
    "node_load1",
    "node_load5",
    "node_load15",
    "node_memory_MemTotal_bytes",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemFree_bytes",
    "node_memory_Buffers_bytes",
    "node_memory_Cached_bytes",
    "node_memory_SReclaimable_bytes",
    "node_memory_Shmem_bytes",
    "node_memory_Dirty_bytes",
    "node_memory_SwapTotal_bytes",
    "node_memory_SwapFree_bytes",
    "node_vmstat_pswpin",
    "node_vmstat_pswpout",
    "node_pressure_cpu_waiting_seconds_total",
    "node_pressure_memory_waiting_seconds_total",
    "node_pressure_memory_stalled_seconds_total",
    "node_pressure_io_waiting_seconds_total",
    "node_pressure_io_stalled_seconds_total",
};
static_assert(std::size(kScalarNames) == kScalarMetrics);

constexpr std::string_view kCpuName = "node_cpu_seconds_total";
constexpr std::string_view kCpuModeNames[] = {"user",   "nice", "system",  "idle",
                                              "iowait", "irq",  "softirq", "steal"};
static_assert(std::size(kCpuModeNames) == kCpuModes);

constexpr std::string_view kFilesystemNames[] = {
    "node_filesystem_size_bytes",  "node_filesystem_free_bytes", "node_filesystem_avail_bytes",
    "node_filesystem_files",       "node_filesystem_files_free", "node_filesystem_readonly",
    "node_filesystem_device_error"};
static_assert(std::size(kFilesystemNames) == kFilesystemMetrics);

constexpr std::string_view kDiskNames[] = {
    "node_disk_read_bytes_total",        "node_disk_written_bytes_total",
    "node_disk_reads_completed_total",   "node_disk_writes_completed_total",
    "node_disk_read_time_seconds_total", "node_disk_write_time_seconds_total",
    "node_disk_io_time_seconds_total",   "node_disk_io_time_weighted_seconds_total"};
static_assert(std::size(kDiskNames) == kDiskMetrics);

constexpr std::string_view kNetworkNames[] = {
    "node_network_receive_bytes_total",   "node_network_transmit_bytes_total",
    "node_network_receive_packets_total", "node_network_transmit_packets_total",
    "node_network_receive_errs_total",    "node_network_transmit_errs_total",
    "node_network_receive_drop_total",    "node_network_transmit_drop_total"};
static_assert(std::size(kNetworkNames) == kNetworkMetrics);

// Returns the place of `name` in `names`.
std::optional<std::size_t> IndexOf(std::span<const std::string_view> names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

// The value of a series' label, nothing if its family has no such label.
std::optional<std::string_view> LabelOf(const MetricFamily& family, const Series& series,
                                        std::string_view label) {
  const auto found = std::ranges::find(family.label_names, label);
  if (found == family.label_names.end()) return std::nullopt;
  return series.label_values[static_cast<std::size_t>(found - family.label_names.begin())];
}

template <std::size_t N>
Columns<N> NoColumns() {
  Columns<N> columns;
  columns.fill(kNoColumn);
  return columns;
}

// Returns the columns of `key`, all absent if they are asked for the first time.
template <std::size_t N, typename Key>
Columns<N>& ColumnsOf(std::map<Key, Columns<N>>* groups, Key key) {
  return groups->try_emplace(std::move(key), NoColumns<N>()).first->second;
}

// The first of several series that mean the same counts.
void Put(int column, int* place) {
  if (*place == kNoColumn) *place = column;
}

// Collects columns by what they are of; maps sort on the way.
class Compiler {
 public:
  void AddFamily(const MetricFamily& family, std::span<const std::pair<int, const Series*>> series);
  SnapshotPlan Finish();

 private:
  using FilesystemKey = std::tuple<std::string, std::string, std::string>;

  void AddCpu(const MetricFamily& family, int column, const Series& series);
  void AddFilesystem(const MetricFamily& family, std::size_t metric, int column,
                     const Series& series);
  template <std::size_t N>
  static void AddDevice(const MetricFamily& family, std::size_t metric, int column,
                        const Series& series, std::map<std::string, Columns<N>>* devices) {
    if (const auto device = LabelOf(family, series, "device")) {
      Put(column, &ColumnsOf(devices, std::string(*device))[metric]);
    }
  }

  Columns<kScalarMetrics> scalars_ = NoColumns<kScalarMetrics>();
  std::map<std::int32_t, Columns<kCpuModes>> cores_;
  std::map<FilesystemKey, Columns<kFilesystemMetrics>> filesystems_;
  std::map<std::string, Columns<kDiskMetrics>> disks_;
  std::map<std::string, Columns<kNetworkMetrics>> networks_;
};

void Compiler::AddFamily(const MetricFamily& family,
                         std::span<const std::pair<int, const Series*>> series) {
  const auto scalar = IndexOf(kScalarNames, family.name);
  const auto filesystem = IndexOf(kFilesystemNames, family.name);
  const auto disk = IndexOf(kDiskNames, family.name);
  const auto network = IndexOf(kNetworkNames, family.name);
  for (const auto& [column, one] : series) {
    if (scalar) Put(column, &scalars_[*scalar]);
    if (family.name == kCpuName) AddCpu(family, column, *one);
    if (filesystem) AddFilesystem(family, *filesystem, column, *one);
    if (disk) AddDevice(family, *disk, column, *one, &disks_);
    if (network) AddDevice(family, *network, column, *one, &networks_);
  }
}

void Compiler::AddCpu(const MetricFamily& family, int column, const Series& series) {
  const auto core = ParseNumber<std::int32_t>(LabelOf(family, series, "cpu").value_or(""));
  const auto mode = IndexOf(kCpuModeNames, LabelOf(family, series, "mode").value_or(""));
  if (core && mode) Put(column, &ColumnsOf(&cores_, *core)[*mode]);
}

void Compiler::AddFilesystem(const MetricFamily& family, std::size_t metric, int column,
                             const Series& series) {
  const auto mountpoint = LabelOf(family, series, "mountpoint");
  if (!mountpoint) return;
  FilesystemKey key(*mountpoint, LabelOf(family, series, "device").value_or(""),
                    LabelOf(family, series, "fstype").value_or(""));
  Put(column, &ColumnsOf(&filesystems_, std::move(key))[metric]);
}

SnapshotPlan Compiler::Finish() {
  SnapshotPlan plan{.scalars = scalars_};
  for (const auto& [core, columns] : cores_) plan.cores.push_back({core, columns});
  for (const auto& [device, columns] : disks_) plan.disks.push_back({device, columns});
  for (const auto& [device, columns] : networks_) plan.networks.push_back({device, columns});
  for (const auto& [key, columns] : filesystems_) {
    const auto& [mountpoint, device, fstype] = key;
    plan.filesystems.push_back({mountpoint, device, fstype, columns});
  }
  return plan;
}

}  // namespace

SnapshotPlan CompileSnapshotPlan(const Schema& schema) {
  std::vector<std::vector<std::pair<int, const Series*>>> by_family(schema.families().size());
  int column = 0;
  for (const Series& series : schema.series()) {
    by_family[static_cast<std::size_t>(series.family)].emplace_back(column++, &series);
  }
  Compiler compiler;
  for (std::size_t i = 0; i < by_family.size(); ++i) {
    compiler.AddFamily(schema.families()[i], by_family[i]);
  }
  return compiler.Finish();
}

std::shared_ptr<const SnapshotPlan> SnapshotPlans::For(const SchemaPtr& schema) {
  const auto is_of = [&](const Cached& cached) {
    return !cached.schema.owner_before(schema) && !schema.owner_before(cached.schema);
  };
  {
    MutexLock lock(mutex_);
    const auto found = plans_.find(schema.get());
    if (found != plans_.end() && is_of(found->second)) return found->second.plan;
  }
  auto plan = std::make_shared<const SnapshotPlan>(CompileSnapshotPlan(*schema));
  MutexLock lock(mutex_);
  if (plans_.size() >= sweep_at_) SweepLocked();
  plans_.insert_or_assign(schema.get(), Cached{.schema = schema, .plan = plan});
  return plan;
}

void SnapshotPlans::SweepLocked() {
  std::erase_if(plans_, [](const auto& one) { return one.second.schema.expired(); });
  sweep_at_ = std::max<std::size_t>(64, 2 * plans_.size());
}

}  // namespace syspulse
