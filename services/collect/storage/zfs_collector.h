// Statistics of OpenZFS: of its caches and queues, its pools and their datasets; source:
// /proc/spl/kstat/zfs.
//
// What there is depends on the version of ZFS: names of metrics are made of those of the kernel.
#ifndef SERVICES_COLLECT_STORAGE_ZFS_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_ZFS_COLLECTOR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Each has about twenty series, and all of them must fit into one message to the service.
inline constexpr std::size_t kMostDatasets = 2'000;

class ZfsCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit ZfsCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "zfs"; }
  // Returns ResourceExhausted, and publishes the first ones, if there are more datasets than that.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // A value that is to be published.
  struct Reading {
    const Family* family = nullptr;
    double value = 0;
    std::vector<std::string> labels;
  };

  // Where fields of a file get their names from.
  struct Naming {
    std::string_view prefix;  // of the metric
    std::string_view origin;  // for the help
    LabelNames label_names;
  };

  const Family& FamilyOf(const Naming& naming, std::string_view field);
  absl::Status ReadModule();
  absl::Status ReadPool(const std::string& pool);
  absl::Status ReadFile(const std::string& pool, const std::string& file);

  const ProcFs* const procfs_;
  DynamicFamilies families_;
  std::vector<Reading> readings_;
  std::size_t datasets_ = 0;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_ZFS_COLLECTOR_H_
