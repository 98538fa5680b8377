// What collectors can be told: which of them run, and which of the kernel's names they take.
//
// Each field is a flag of the agent, with node_exporter's name, meaning and default.
#ifndef SERVICES_COLLECT_COLLECTOR_SETTINGS_H_
#define SERVICES_COLLECT_COLLECTOR_SETTINGS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/collect/name_filter.h"

namespace syspulse {

struct CollectorSettings {
  // Collectors switched on or off by name, whatever their default.
  std::map<std::string, bool, std::less<>> chosen;
  bool disable_defaults = false;  // only those switched on run

  // Partitions and RAM disks say nothing that their disks do not.
  NameFilter disk_devices =
      NameFilter::Excluding(R"(^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$)");
  NameFilter mount_points = NameFilter::Excluding(
      "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)");
  // Types that store nothing, or only show what is elsewhere.
  NameFilter filesystem_types = NameFilter::Excluding(
      "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|"
      "iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|"
      "erofs|sysfs|tracefs)$");

  NameFilter netdev_devices;
  NameFilter netclass_devices = NameFilter::Excluding("^$");
  bool netclass_ignore_invalid_speed = false;
  NameFilter arp_devices;
  NameFilter infiniband_devices;
  // What tells servers of a load balancer apart, of kIpvsBackendLabels; all of them if not given.
  std::optional<std::vector<std::string>> ipvs_backend_labels;

  NameFilter netstat_fields = NameFilter::Including(
      "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|"
      "Icmp6?_(InMsgs|OutMsgs)|"
      "TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|"
      // MaxConn is ours: dashboard 1860 asks for it.
      "Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab|MaxConn)|"
      "Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$");
  NameFilter vmstat_fields = NameFilter::Including("^(oom_kill|pgpg|pswp|pg.*fault).*");

  NameFilter hwmon_chips;
  NameFilter hwmon_sensors;
  NameFilter power_supplies = NameFilter::Excluding("^$");
  NameFilter tape_devices = NameFilter::Excluding("^$");
  bool rapl_zone_label = false;
  bool bcache_priority_stats = false;

  bool cpu_guest = true;
  bool cpu_info = false;
  // Given: of the first processor those that match, and its model too, whatever cpu_info says.
  std::optional<NameFilter> cpu_flags;
  std::optional<NameFilter> cpu_bugs;
  bool stat_softirq = false;
  NameFilter interrupt_names;
  bool interrupts_include_zeros = true;

  // Matched against whole names.
  NameFilter systemd_units =
      NameFilter::Create("^(?:.+)$", R"(^(?:.+\.(automount|device|mount|scope|slice))$)").value();
  bool systemd_task_metrics = false;
  bool systemd_restart_metrics = false;
  bool systemd_start_time_metrics = false;

  std::vector<std::string> textfile_directories;  // may hold * and ?; see glob(7)

  // Returns whether a collector runs, given whether it does by default.
  bool Runs(std::string_view collector, bool by_default) const {
    const auto found = chosen.find(collector);
    return found != chosen.end() ? found->second : by_default && !disable_defaults;
  }
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_COLLECTOR_SETTINGS_H_
