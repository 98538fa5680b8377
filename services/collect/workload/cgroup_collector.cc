#include "services/collect/workload/cgroup_collector.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <utility>

#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/collect/workload/cgroup_families.h"
#include "services/collect/workload/cgroup_path.h"

namespace syspulse {
namespace {

constexpr std::string_view kTree = "fs/cgroup";
constexpr std::string_view kHybridTree = "fs/cgroup/unified";  // beside the trees of cgroup v1
constexpr std::uint64_t kLimitsRounds = 6;  // limits are read in every sixth round of a cgroup

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::size_t Depth(std::string_view path) {
  return static_cast<std::size_t>(std::ranges::count(path, '/'));
}

// Returns the path from the root of the tree, for openat(2).
std::string RelativePath(const std::string& path) { return path == "/" ? "." : path.substr(1); }

double WholeSeconds(absl::Time time) { return static_cast<double>(absl::ToUnixSeconds(time)); }

}  // namespace

bool IsWholeCgroup(std::string_view path) {
  const CgroupOwner owner = ParseCgroupPath(path);
  if (!owner.container_path.empty()) return owner.container_path == path;
  if (owner.pod_path == path || owner.unit.empty() || owner.unit_path == path) return true;
  if (!owner.user_unit.empty()) return owner.user_unit_path == path;
  return owner.unit.starts_with("user@") && LastPart(path).ends_with(".slice");
}

absl::StatusOr<Directory> CgroupCollector::OpenTree() const {
  std::string buffer;
  for (const std::string_view tree : {kTree, kHybridTree}) {
    auto directory = Directory::Open(procfs_->SysDirectory(tree));
    if (!directory.ok() && !absl::IsNotFound(directory.status())) return directory.status();
    if (directory.ok() && directory->Modified("cgroup.controllers")) return directory;
  }
  return absl::NotFoundError(absl::StrFormat("no cgroup v2 at %s", procfs_->SysDirectory(kTree)));
}

CgroupCollector::Known& CgroupCollector::Find(const std::string& path, const Directory& directory,
                                              std::uint64_t inode, absl::Time modified) {
  Known& known = known_[path];
  if (known.inode != inode || known.round == 0) {
    const CgroupOwner owner = ParseCgroupPath(path);
    known = Known{.inode = inode, .whole = IsWholeCgroup(path)};
    if (owner.container_path == path) known.name = ShortContainerId(owner.container.id);
    // The directory changes with every cgroup in it, its files do not; neither is from the future.
    const absl::Time start =
        std::min({modified, directory.Modified("cgroup.events").value_or(modified), clock_->Now()});
    known.start_seconds = WholeSeconds(start);
  }
  known.round = round_;
  return known;
}

bool CgroupCollector::CollectOne(const std::string& path, const Directory& directory, Known* known,
                                 MetricWriter* writer) {
  std::optional<CgroupStats> stats = reader_.ReadStats(directory);
  if (!stats) return false;
  if (path == "/") reader_.ReadHostMemory(&*stats);
  if (known->limits_round == 0 || round_ >= known->limits_round + kLimitsRounds) {
    known->limits = reader_.ReadLimits(directory);
    known->limits_round = round_;
  }
  const CgroupLabels labels{.id = path, .name = known->name};
  AddCgroupTimes(labels, known->start_seconds, WholeSeconds(clock_->Now()), writer);
  AddCgroupStats(labels, *stats, known->limits, writer);
  AddCgroupLimits(labels, known->limits, writer);
  AddCgroupOwner(labels, writer);
  return true;
}

absl::Status CgroupCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const Directory tree, OpenTree());
  ++round_;
  reader_.Begin();
  std::size_t collected = 0;
  std::size_t left_out = 0;
  std::size_t visited = 0;
  // Breadth first: what is left out of too many is deep inside of something that is not.
  std::deque<std::string> paths = {"/"};
  for (; !paths.empty() && visited < kMostCgroupsVisited; paths.pop_front(), ++visited) {
    const std::string& path = paths.front();
    const std::optional<Directory> directory = tree.OpenBelow(RelativePath(path));
    const auto status = directory ? directory->Status() : std::nullopt;
    if (!status) continue;
    Known& known = Find(path, *directory, status->inode, status->modified);
    if (known.whole && collected >= kMostCgroups) {
      ++left_out;
    } else if (known.whole && CollectOne(path, *directory, &known, writer)) {
      ++collected;
    }
    if (!status->has_subdirectories || Depth(path) >= kDeepestCgroup) continue;
    for (const std::string& name : directory->Subdirectories()) {
      if (paths.size() > kMostCgroupsVisited) break;  // which says already that there are too many
      paths.push_back(path == "/" ? absl::StrFormat("/%s", name)
                                  : absl::StrFormat("%s/%s", path, name));
    }
  }
  std::erase_if(known_, [&](const auto& entry) { return entry.second.round != round_; });
  ReportProblems(left_out + paths.size());
  return absl::OkStatus();
}

void CgroupCollector::ReportProblems(std::size_t left_out) {
  if (left_out > 0 && !some_left_out_) {
    LogWarning("%d cgroups are left out: only %d are collected of a host", left_out, kMostCgroups);
  }
  some_left_out_ = left_out > 0;
  if (!reader_.problem().ok() && !some_unparsed_) {
    LogWarning("what some cgroups say is left out: %s", std::string(reader_.problem().message()));
  }
  some_unparsed_ = !reader_.problem().ok();
}

}  // namespace syspulse
