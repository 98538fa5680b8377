// What a cgroup stands for, by its path alone: a container, a systemd unit, both or neither.
//
// systemd and the container runtimes put what they run into cgroups of their own and name these by
// rules. Whoever knows the rules can say what a process belongs to without asking anybody. Pure
// functions.
//
//   ParseCgroupPath("/system.slice/docker-<id>.scope")
//     .container = {"<id>", "docker"}, .unit = "docker-<id>.scope", .slice = "system.slice"
#ifndef SERVICES_COLLECT_WORKLOAD_CGROUP_PATH_H_
#define SERVICES_COLLECT_WORKLOAD_CGROUP_PATH_H_

#include <string>
#include <string_view>

namespace syspulse {

// Who runs a container. Empty where the path tells that it is one but not whose.
inline constexpr std::string_view kDocker = "docker";
inline constexpr std::string_view kContainerd = "containerd";  // also below Kubernetes (CRI)
inline constexpr std::string_view kCrio = "cri-o";
inline constexpr std::string_view kPodman = "podman";
inline constexpr std::string_view kLxc = "lxc";  // also LXD, Incus and Proxmox
inline constexpr std::string_view kNspawn = "systemd-nspawn";
inline constexpr std::string_view kLibvirt = "libvirt";  // virtual machines

struct CgroupContainer {
  std::string id;  // 64 hexadecimal digits, or the name of an LXC container or machine; empty: none
  std::string_view runtime;  // a constant from above
  std::string pod_uid;       // of Kubernetes, with dashes; may be known where the container is not

  bool operator==(const CgroupContainer&) const = default;
};

// What a path stands for. Units are named as systemd names them: "a\x2db.service" stays escaped.
struct CgroupOwner {
  CgroupContainer container;  // the innermost
  std::string unit;           // of the system's manager: a service, scope, socket, mount or swap
  std::string user_unit;      // of a user's manager, below user@1000.service
  std::string slice;          // the innermost around `unit`; empty for the root

  // Parts of the path, up to and with the cgroup of the container, pod, unit or user's unit; empty
  // if there is none. They are the path itself where it is just that and not something inside.
  std::string_view container_path;
  std::string_view pod_path;
  std::string_view unit_path;
  std::string_view user_unit_path;
};

// Returns what a path as in /proc/[pid]/cgroup stands for. The result points into `path`.
CgroupOwner ParseCgroupPath(std::string_view path);

// Returns the path that says most in the text of /proc/[pid]/cgroup (cgroups(7)): that of cgroup
// v2, else of systemd's v1 hierarchy, else of any other, whichever is not the root. "/" if they all
// are, empty if the text has no whole line. Points into `cgroup`.
std::string_view ChooseCgroupPath(std::string_view cgroup);

// Returns the container's id as people see it: the first 12 digits of a hexadecimal one.
std::string_view ShortContainerId(std::string_view id);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_CGROUP_PATH_H_
