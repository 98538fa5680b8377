#include "services/collect/workload/cgroup_path.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::size_t kIdLength = 64;
constexpr std::size_t kShortIdLength = 12;
constexpr std::size_t kLongestUnit = 255;  // UNIT_NAME_MAX
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kDeleted = " (deleted)";  // the cgroup is gone, the process is not

// A directory of the path.
struct Part {
  std::string_view name;
  std::string_view path;  // up to and with it
};

// What runtimes put before an id.
struct Prefix {
  std::string_view prefix;
  std::string_view runtime;
};
constexpr std::array<Prefix, 6> kIdPrefixes = {{{"docker", kDocker},
                                                {"cri-containerd", kContainerd},
                                                {"nerdctl", kContainerd},
                                                {"crio", kCrio},
                                                {"libpod", kPodman},
                                                {"podman", kPodman}}};
// Parents of cgroups that are named by the id alone.
constexpr std::array<Prefix, 6> kIdParents = {{{"docker", kDocker},
                                               {"ecs", kDocker},
                                               {"default", kContainerd},  // containerd's namespaces
                                               {"k8s.io", kContainerd},
                                               {"moby", kDocker},
                                               {"libpod_parent", kPodman}}};

std::vector<Part> SplitPath(std::string_view path) {
  std::vector<Part> parts;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view name = path.substr(at, end - at);
    // Outside of its cgroup namespace a process sees others by "..", cgroup_namespaces(7).
    if (!name.empty() && name != "." && name != "..") parts.push_back({name, path.substr(0, end)});
    at = end + 1;
  }
  return parts;
}

bool IsHex(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kHex) == text.npos;
}

bool IsId(std::string_view text) { return text.size() == kIdLength && IsHex(text); }

// Returns the name of the unit whose cgroup is called this; empty if it is no unit's. See
// cg_unescape in systemd's sources and systemd.unit(5).
std::string_view UnitOf(std::string_view name) {
  if (name.starts_with('_')) name.remove_prefix(1);
  if (name.size() > kLongestUnit || name.starts_with('.')) return {};
  const bool valid = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(":-_.\\@").find(c) != std::string_view::npos;
  });
  return valid ? name : std::string_view();
}

bool HasSuffix(std::string_view unit, std::span<const std::string_view> suffixes) {
  return std::ranges::any_of(suffixes, [&](std::string_view suffix) {
    return unit.ends_with(suffix) && unit.size() > suffix.size();
  });
}

bool IsSlice(std::string_view unit) {
  static constexpr std::array<std::string_view, 1> kSuffixes = {".slice"};
  return HasSuffix(unit, kSuffixes);
}

bool RunsProcesses(std::string_view unit) {
  static constexpr std::array<std::string_view, 5> kSuffixes = {".service", ".scope", ".socket",
                                                                ".mount", ".swap"};
  return HasSuffix(unit, kSuffixes);
}

// Takes the slices off the front of `*parts` and returns the innermost.
std::string_view TakeSlices(std::span<const Part>* parts) {
  std::string_view slice;
  while (!parts->empty() && IsSlice(UnitOf(parts->front().name))) {
    slice = UnitOf(parts->front().name);
    *parts = parts->subspan(1);
  }
  return slice;
}

// Finds the unit of the system's manager, and that of a user's below it.
void FindUnits(std::span<const Part> parts, CgroupOwner* owner) {
  owner->slice = TakeSlices(&parts);
  if (parts.empty()) return;
  const std::string_view unit = UnitOf(parts.front().name);
  if (!RunsProcesses(unit)) return;
  owner->unit = unit;
  owner->unit_path = parts.front().path;
  if (!unit.starts_with("user@")) return;
  parts = parts.subspan(1);
  TakeSlices(&parts);
  if (parts.empty() || !RunsProcesses(UnitOf(parts.front().name))) return;
  owner->user_unit = UnitOf(parts.front().name);
  owner->user_unit_path = parts.front().path;
}

std::optional<std::string_view> Find(std::span<const Prefix> known, std::string_view name) {
  const auto found = std::ranges::find(known, name, &Prefix::prefix);
  return found != known.end() ? std::optional(found->runtime) : std::nullopt;
}

// Returns the name with \x2d and its like as the byte it stands for, systemd.unit(5).
std::string Unescape(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    if (name.starts_with("\\x") && name.size() >= 4 && IsHex(name.substr(2, 2))) {
      text += static_cast<char>(kHex.find(name[2]) * 16 + kHex.find(name[3]));
      name.remove_prefix(4);
    } else {
      text += name.front();
      name.remove_prefix(1);
    }
  }
  return text;
}

// Returns the part of `text` between `before` and `after`, if it has both and something between.
std::optional<std::string_view> Between(std::string_view text, std::string_view before,
                                        std::string_view after) {
  if (!text.starts_with(before) || !text.ends_with(after) ||
      text.size() <= before.size() + after.size()) {
    return std::nullopt;
  }
  return text.substr(before.size(), text.size() - before.size() - after.size());
}

// Returns the container of a cgroup that is called "docker-<id>.scope", "crio-<id>",
// "<slice>:cri-containerd:<id>" or "<id>".
CgroupContainer FindById(std::string_view name, std::string_view parent) {
  if (name.ends_with(".scope")) name.remove_suffix(6);
  if (name.size() < kIdLength) return {};
  const std::string_view id = name.substr(name.size() - kIdLength);
  if (!IsId(id)) return {};
  std::string_view before = name.substr(0, name.size() - kIdLength);
  if (before.empty()) {
    return {.id = std::string(id), .runtime = Find(kIdParents, parent).value_or("")};
  }
  if (before.back() != '-' && before.back() != ':') return {};
  before.remove_suffix(1);
  if (const auto colon = before.rfind(':'); colon != before.npos) before.remove_prefix(colon + 1);
  const auto runtime = Find(kIdPrefixes, before);
  // Others are helpers of containers, such as crio-conmon-<id>.
  return runtime ? CgroupContainer{.id = std::string(id), .runtime = *runtime} : CgroupContainer{};
}

// Returns the container of a cgroup that is named by the container's name.
CgroupContainer FindByName(std::string_view name, std::string_view parent) {
  if (const auto lxc = Between(name, "lxc.payload.", "")) {
    return {.id = std::string(*lxc), .runtime = kLxc};
  }
  if (parent == "lxc" || parent == "lxc.payload") {
    return {.id = std::string(name), .runtime = kLxc};
  }
  const std::string_view unit = UnitOf(name);
  if (const auto machine = Between(unit, "systemd-nspawn@", ".service")) {
    return {.id = Unescape(*machine), .runtime = kNspawn};
  }
  if (const auto machine = Between(unit, "machine-", ".scope")) {
    std::string id = Unescape(*machine);
    const bool virtual_machine = id.starts_with("qemu-") || id.starts_with("xen-");
    return {.id = std::move(id), .runtime = virtual_machine ? kLibvirt : kNspawn};
  }
  return {};
}

// Returns the pod's uid of a cgroup that is called "pod<uid>" or
// "kubepods-burstable-pod<uid>.slice", whose uid has underscores; empty if it is no pod's.
std::string PodUid(std::string_view name, bool in_kubepods) {
  if (const auto slice = name.find(".slice"); slice != name.npos) {
    name = name.substr(0, slice);
    const auto pods = name.find("kubepods");
    const auto at = name.rfind("-pod");
    if (pods == name.npos || at == name.npos || at < pods) return {};
    name.remove_prefix(at + 1);
  } else if (!in_kubepods) {
    return {};
  }
  if (!name.starts_with("pod")) return {};
  std::string uid(name.substr(3));
  std::ranges::replace(uid, '_', '-');
  // A static pod's uid is the hash of its manifest.
  std::string digits = uid;
  std::erase(digits, '-');
  return digits.size() == 32 && IsHex(digits) ? uid : "";
}

void FindContainer(std::span<const Part> parts, CgroupOwner* owner) {
  std::string pod_uid;
  bool in_kubepods = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view name = parts[i].name;
    const std::string_view parent = i > 0 ? parts[i - 1].name : std::string_view();
    if (std::string uid = PodUid(name, in_kubepods); !uid.empty()) {
      pod_uid = std::move(uid);
      owner->pod_path = parts[i].path;
    }
    in_kubepods = in_kubepods || name == "kubepods";
    CgroupContainer container = FindById(name, parent);
    if (container.id.empty()) container = FindByName(name, parent);
    if (container.id.empty()) continue;
    owner->container = std::move(container);
    owner->container_path = parts[i].path;
  }
  owner->container.pod_uid = std::move(pod_uid);
}

}  // namespace

CgroupOwner ParseCgroupPath(std::string_view path) {
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  const std::vector<Part> parts = SplitPath(path);
  CgroupOwner owner;
  FindUnits(parts, &owner);
  FindContainer(parts, &owner);
  return owner;
}

std::string_view ChooseCgroupPath(std::string_view cgroup) {
  std::array<std::string_view, 3> candidates;  // v2, systemd's, others
  cgroup = cgroup.substr(0, cgroup.rfind('\n') + 1);
  while (!cgroup.empty()) {
    std::string_view path = TakeUntil(&cgroup, '\n');
    const std::string_view hierarchy = TakeUntil(&path, ':');
    const std::string_view controllers = TakeUntil(&path, ':');
    if (!path.starts_with('/')) continue;
    const bool is_v2 = hierarchy == "0" && controllers.empty();
    std::string_view& candidate = candidates[is_v2 ? 0 : controllers == "name=systemd" ? 1 : 2];
    if (candidate.size() <= 1) candidate = path;
  }
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > 1) return candidate;
  }
  const auto root = std::ranges::find(candidates, "/");
  return root != candidates.end() ? *root : std::string_view();
}

std::string_view ShortContainerId(std::string_view id) {
  return IsId(id) ? id.substr(0, kShortIdLength) : id;
}

}  // namespace syspulse
