// What containers and systemd's units use, by cgroup; source: the cgroup v2 tree, see
// https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html.
//
// Metrics, help and labels are cAdvisor's (https://github.com/google/cadvisor), so that dashboards
// for containers work: `id` is the cgroup's path, `name` the short id of a container and empty for
// other cgroups. What else the path tells is in container_cgroup_info.
#ifndef SERVICES_COLLECT_WORKLOAD_CGROUP_COLLECTOR_H_
#define SERVICES_COLLECT_WORKLOAD_CGROUP_COLLECTOR_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/collector.h"
#include "services/collect/directory.h"
#include "services/collect/procfs.h"
#include "services/collect/workload/cgroup_stats.h"

namespace syspulse {

// A cgroup has some 45 series. 512 are a Kubernetes node with as many pods as it may have.
inline constexpr std::size_t kMostCgroups = 512;
// Cgroups below containers and services are looked through for containers, up to so many in all.
inline constexpr std::size_t kMostCgroupsVisited = 4096;
inline constexpr std::size_t kDeepestCgroup = 24;

// Returns whether the cgroup stands for something that has a name: the root, a slice, a unit, a
// pod, a container, or a group that is in none of these; not for a part of one.
bool IsWholeCgroup(std::string_view path);

class CgroupCollector final : public Collector {
 public:
  // Both must outlive this.
  CgroupCollector(const ProcFs* procfs, const Clock* clock)
      : procfs_(procfs), clock_(clock), reader_(procfs) {}

  std::string_view name() const override { return "cgroup"; }
  // NotFound where there is no cgroup v2. What a cgroup says that cannot be parsed is left out.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // What is remembered of a cgroup from one round to the next.
  struct Known {
    std::uint64_t inode = 0;  // another one is another cgroup at the same path
    bool whole = false;
    std::string name;  // short id of a container
    double start_seconds = 0;
    CgroupLimits limits;
    std::uint64_t limits_round = 0;
    std::uint64_t round = 0;  // when it was seen last
  };

  absl::StatusOr<Directory> OpenTree() const;
  Known& Find(const std::string& path, const Directory& directory, std::uint64_t inode,
              absl::Time modified);
  // Returns whether the cgroup was there.
  bool CollectOne(const std::string& path, const Directory& directory, Known* known,
                  MetricWriter* writer);
  void ReportProblems(std::size_t left_out);

  const ProcFs* const procfs_;
  const Clock* const clock_;
  CgroupReader reader_;
  std::map<std::string, Known, std::less<>> known_;  // by path
  std::uint64_t round_ = 0;
  bool some_left_out_ = false;  // and that was logged
  bool some_unparsed_ = false;  // and that was logged
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_CGROUP_COLLECTOR_H_
