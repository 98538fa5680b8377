#include "services/collect/storage/zfs_collector.h"

#include <array>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/storage/kstat.h"

namespace syspulse {
namespace {

constexpr std::string_view kRoot = "spl/kstat/zfs";

// A file of the module and what its metrics begin with.
struct ModuleFile {
  std::string_view file;
  std::string_view prefix;
};
constexpr std::array kModuleFiles = {
    ModuleFile{"abdstats", "node_zfs_abd"},
    ModuleFile{"arcstats", "node_zfs_arc"},
    ModuleFile{"dbufstats", "node_zfs_dbuf"},
    ModuleFile{"dmu_tx", "node_zfs_dmu_tx"},
    ModuleFile{"dnodestats", "node_zfs_dnode"},
    ModuleFile{"fm", "node_zfs_fm"},
    ModuleFile{"vdev_cache_stats", "node_zfs_vdev_cache"},
    ModuleFile{"vdev_mirror_stats", "node_zfs_vdev_mirror"},
    ModuleFile{"xuio_stats", "node_zfs_xuio"},
    ModuleFile{"zfetchstats", "node_zfs_zfetch"},
    ModuleFile{"zil", "node_zfs_zil"},
};

constexpr Family kState{
    "node_zfs_zpool_state", MetricType::kGauge, "", "kstat.zfs.misc.state", {"zpool", "state"}};
constexpr std::array<std::string_view, 7> kStates = {"online",  "degraded", "faulted",  "offline",
                                                     "removed", "unavail",  "suspended"};

// Returns the last part of the name, with what a metric's name cannot hold as '_'.
std::string MetricSuffix(std::string_view field) {
  std::string suffix(field.substr(field.rfind('.') + 1));
  for (char& c : suffix) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!fits) c = '_';
  }
  return suffix;
}

}  // namespace

const Family& ZfsCollector::FamilyOf(const Naming& naming, std::string_view field) {
  return families_.Get(absl::StrFormat("%s.%s", naming.prefix, field), [&] {
    return DynamicFamilies::Text{
        .name = absl::StrFormat("%s_%s", naming.prefix, MetricSuffix(field)),
        .type = MetricType::kUntyped,
        .help = absl::StrFormat("kstat.zfs.misc.%s.%s", naming.origin, field),
        .label_names = naming.label_names};
  });
}

absl::Status ZfsCollector::ReadModule() {
  for (const ModuleFile& file : kModuleFiles) {
    const auto text = procfs_->ReadProc(absl::StrFormat("%s/%s", kRoot, file.file));
    if (absl::IsNotFound(text.status())) continue;  // not every version has every file
    RETURN_IF_ERROR(text.status());
    ASSIGN_OR_RETURN(const Kstat kstat, ParseKstat(*text));
    const Naming naming{.prefix = file.prefix, .origin = file.file};
    for (const KstatField& field : kstat.fields) {
      readings_.push_back({.family = &FamilyOf(naming, field.name), .value = field.value});
    }
  }
  return absl::OkStatus();
}

absl::Status ZfsCollector::ReadFile(const std::string& pool, const std::string& file) {
  static constexpr Naming kIo{.prefix = "node_zfs_zpool", .origin = "io", .label_names = {"zpool"}};
  static constexpr Naming kObjset{
      .prefix = "node_zfs_zpool_dataset", .origin = "objset", .label_names = {"zpool", "dataset"}};
  const bool is_dataset = file.starts_with("objset-");
  if (!is_dataset && file != "io" && file != "state") return absl::OkStatus();
  if (is_dataset && ++datasets_ > kMostDatasets) return absl::OkStatus();
  const auto text = procfs_->ReadProc(absl::StrFormat("%s/%s/%s", kRoot, pool, file));
  if (absl::IsNotFound(text.status())) return absl::OkStatus();  // the pool was just exported
  RETURN_IF_ERROR(text.status());
  if (file == "state") {
    ASSIGN_OR_RETURN(const std::string now, ParsePoolState(*text));
    for (const std::string_view state : kStates) {
      readings_.push_back({.family = &kState,
                           .value = now == state ? 1.0 : 0.0,
                           .labels = {pool, std::string(state)}});
    }
  } else if (is_dataset) {
    ASSIGN_OR_RETURN(const Kstat kstat, ParseKstat(*text));
    if (kstat.dataset.empty()) return absl::OkStatus();
    for (const KstatField& field : kstat.fields) {
      readings_.push_back({.family = &FamilyOf(kObjset, field.name),
                           .value = field.value,
                           .labels = {pool, std::string(kstat.dataset)}});
    }
  } else {
    ASSIGN_OR_RETURN(const std::vector<KstatField> fields, ParsePoolIo(*text));
    for (const KstatField& field : fields) {
      readings_.push_back(
          {.family = &FamilyOf(kIo, field.name), .value = field.value, .labels = {pool}});
    }
  }
  return absl::OkStatus();
}

absl::Status ZfsCollector::ReadPool(const std::string& pool) {
  const auto files = procfs_->ListProc(absl::StrFormat("%s/%s", kRoot, pool));
  if (!files.ok()) return absl::OkStatus();  // a file of the module, or the pool was just exported
  for (const std::string& file : *files) RETURN_IF_ERROR(ReadFile(pool, file));
  return absl::OkStatus();
}

absl::Status ZfsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, procfs_->ListProc(kRoot));
  readings_.clear();
  datasets_ = 0;
  RETURN_IF_ERROR(ReadModule());
  for (const std::string& name : names) RETURN_IF_ERROR(ReadPool(name));
  std::vector<std::string_view> labels;
  for (const Reading& reading : readings_) {
    labels.assign(reading.labels.begin(), reading.labels.end());
    writer->AddSeries(*reading.family, reading.value, labels);
  }
  if (datasets_ <= kMostDatasets) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrFormat("there are %d datasets of ZFS; %d are published", datasets_, kMostDatasets));
}

}  // namespace syspulse
