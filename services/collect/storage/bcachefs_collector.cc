#include "services/collect/storage/bcachefs_collector.h"

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/metric_name.h"
#include "services/collect/storage/bcachefs_files.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr std::string_view kDevice = "dev-";

constexpr Family Gauge(std::string_view name, std::string_view unit, std::string_view help,
                       std::string_view label = {}) {
  return {name, MetricType::kGauge, unit, help, {"uuid", label}};
}

constexpr Family kInfo = Gauge("node_bcachefs_info", "", "Filesystem information.");
constexpr Family kCacheSize =
    Gauge("node_bcachefs_btree_cache_size_bytes", "bytes", "Btree cache memory usage in bytes.");
constexpr Family kCompressed = Gauge("node_bcachefs_compression_compressed_bytes", "bytes",
                                     "Compressed size by algorithm.", "algorithm");
constexpr Family kUncompressed = Gauge("node_bcachefs_compression_uncompressed_bytes", "bytes",
                                       "Uncompressed size by algorithm.", "algorithm");
constexpr Family kErrors{"node_bcachefs_errors_total",
                         MetricType::kCounter,
                         "",
                         "Error count by error type.",
                         {"uuid", "error_type"}};
constexpr Family kWrites{"node_bcachefs_btree_writes_total",
                         MetricType::kCounter,
                         "",
                         "Number of btree writes by type.",
                         {"uuid", "type"}};
constexpr Family kWriteSize = Gauge("node_bcachefs_btree_write_average_size_bytes", "bytes",
                                    "Average btree write size by type.", "type");
constexpr Family kDeviceInfo{"node_bcachefs_device_info",
                             MetricType::kGauge,
                             "",
                             "Device information.",
                             {"uuid", "device", "label", "state"}};
constexpr Family kBucketSize =
    Gauge("node_bcachefs_device_bucket_size_bytes", "bytes", "Bucket size in bytes.", "device");
constexpr Family kBuckets =
    Gauge("node_bcachefs_device_buckets", "", "Total number of buckets.", "device");
constexpr Family kDurability =
    Gauge("node_bcachefs_device_durability", "", "Device durability setting.", "device");
constexpr Family kIoDone{"node_bcachefs_device_io_done_bytes_total",
                         MetricType::kCounter,
                         "bytes",
                         "IO bytes by operation type and data type.",
                         {"uuid", "device", "operation", "data_type"}};
constexpr Family kIoErrors{"node_bcachefs_device_io_errors_total",
                           MetricType::kCounter,
                           "",
                           "IO errors by error type.",
                           {"uuid", "device", "type"}};

// Reads a file and what it says; nothing of a file that is absent or cannot be read.
template <typename Value>
absl::Status Parse(const SysDirectory& directory, std::string_view file,
                   absl::StatusOr<Value> (*parse)(std::string_view), std::list<std::string>* texts,
                   Value* value) {
  auto text = directory.Text(file);
  if (!text.ok()) return absl::OkStatus();
  // The value may point into it.
  const std::string& kept = texts->emplace_back(text->empty() ? "" : *std::move(text) + '\n');
  if (kept.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*value, parse(kept));
  return absl::OkStatus();
}

// What is read of a filesystem before anything of it is published.
struct Device {
  std::vector<BcachefsIo> done;
  std::vector<BcachefsNumber> errors;
};
struct Filesystem {
  std::list<std::string> texts;
  std::vector<BcachefsRow> compression;
  std::vector<BcachefsNumber> errors;
  std::map<std::string, std::optional<std::uint64_t>> counters;
  std::vector<BcachefsRow> writes;
  std::map<std::string, Device> devices;  // by name, without the prefix
};

absl::Status Read(const SysDirectory& directory, Filesystem* read) {
  RETURN_IF_ERROR(
      Parse(directory, "compression_stats", ParseBcachefsTable, &read->texts, &read->compression));
  RETURN_IF_ERROR(Parse(directory, "errors", ParseBcachefsErrors, &read->texts, &read->errors));
  RETURN_IF_ERROR(
      Parse(directory, "btree_write_stats", ParseBcachefsTable, &read->texts, &read->writes));
  const SysDirectory counters = directory.Below("counters");
  for (const std::string& name : counters.List().value_or(std::vector<std::string>())) {
    const auto text = counters.Text(name);
    if (!text.ok()) continue;
    ASSIGN_OR_RETURN(read->counters[name], ParseBcachefsCounter(*text + '\n'));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, directory.List());
  for (const std::string& name : names) {
    if (!name.starts_with(kDevice)) continue;
    const SysDirectory of_device = directory.Below(name);
    Device& device = read->devices[name.substr(kDevice.size())];
    RETURN_IF_ERROR(Parse(of_device, "io_done", ParseBcachefsIoDone, &read->texts, &device.done));
    RETURN_IF_ERROR(
        Parse(of_device, "io_errors", ParseBcachefsIoErrors, &read->texts, &device.errors));
  }
  return absl::OkStatus();
}

template <typename... Labels>
void AddNumber(const Family& family, const SysDirectory& directory, std::string_view file,
               MetricWriter* writer, const Labels&... labels) {
  const auto number = ParseBcachefsNumber(directory.Text(file).value_or(""));
  if (number) writer->Add(family, static_cast<double>(*number), labels...);
}

void AddDevice(const SysDirectory& directory, const std::string& uuid, const std::string& name,
               const Device& device, MetricWriter* writer) {
  writer->Add(kDeviceInfo, 1, uuid, name, directory.Text("label").value_or(""),
              directory.Text("state").value_or(""));
  AddNumber(kBucketSize, directory, "bucket_size", writer, uuid, name);
  AddNumber(kBuckets, directory, "nbuckets", writer, uuid, name);
  AddNumber(kDurability, directory, "durability", writer, uuid, name);
  for (const BcachefsIo& io : device.done) {
    writer->Add(kIoDone, static_cast<double>(io.bytes), uuid, name, io.operation, io.data_type);
  }
  for (const BcachefsNumber& error : device.errors) {
    writer->Add(kIoErrors, static_cast<double>(error.value), uuid, name, error.name);
  }
}

void Add(const SysDirectory& directory, const std::string& uuid, const Filesystem& filesystem,
         DynamicFamilies* counters, MetricWriter* writer) {
  writer->Add(kInfo, 1, uuid);
  AddNumber(kCacheSize, directory, "btree_cache_size", writer, uuid);
  for (const BcachefsRow& row : filesystem.compression) {
    writer->Add(kCompressed, static_cast<double>(row.first), uuid, row.name);
    writer->Add(kUncompressed, static_cast<double>(row.second), uuid, row.name);
  }
  for (const BcachefsNumber& error : filesystem.errors) {
    writer->Add(kErrors, static_cast<double>(error.value), uuid, error.name);
  }
  for (const BcachefsRow& row : filesystem.writes) {
    writer->Add(kWrites, static_cast<double>(row.first), uuid, row.name);
    writer->Add(kWriteSize, static_cast<double>(row.second), uuid, row.name);
  }
  for (const auto& [name, device] : filesystem.devices) {
    AddDevice(directory.Below(std::string(kDevice) + name), uuid, name, device, writer);
  }
  for (const auto& [name, count] : filesystem.counters) {
    if (!count) continue;
    const Family& family = counters->Get(name, [&name = name] {
      return DynamicFamilies::Text{
          .name = absl::StrFormat("node_bcachefs_%s_total", SanitizeMetricName(name)),
          .type = MetricType::kCounter,
          .help = absl::StrFormat("Bcachefs counter %s since filesystem creation.", ToUtf8(name)),
          .label_names = {"uuid"}};
    });
    writer->Add(family, static_cast<double>(*count), uuid);
  }
}

}  // namespace

absl::Status BcachefsCollector::Collect(MetricWriter* writer) {
  const SysDirectory all(procfs_, "fs/bcachefs");
  ASSIGN_OR_RETURN(const std::vector<std::string> names, all.List());
  std::map<std::string, Filesystem> filesystems;  // by UUID
  for (const std::string& uuid : names) {
    if (!all.Below(uuid).List().ok()) continue;  // no directory
    RETURN_IF_ERROR(Read(all.Below(uuid), &filesystems[uuid]));
  }
  if (filesystems.empty()) return absl::NotFoundError("no bcachefs is mounted");
  for (const auto& [uuid, filesystem] : filesystems) {
    Add(all.Below(uuid), uuid, filesystem, &counters_, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
