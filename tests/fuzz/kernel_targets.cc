#include "services/collect/host_info.h"
#include "services/collect/kernel/cpu_collector.h"
#include "services/collect/kernel/cpu_info.h"
#include "services/collect/kernel/interrupts_collector.h"
#include "services/collect/kernel/loadavg_collector.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/kernel/meminfo_numa_collector.h"
#include "services/collect/kernel/os_collector.h"
#include "services/collect/kernel/pressure_collector.h"
#include "services/collect/kernel/schedstat_collector.h"
#include "services/collect/kernel/selinux_collector.h"
#include "services/collect/kernel/stat_collector.h"
#include "services/collect/kernel/sysctl_collectors.h"
#include "services/collect/kernel/vmstat_collector.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> KernelTargets() {
  return {
      {"cpu_info",
       Run<ParseCpuInfo>,
       {"processor\t: 0\nmodel name\t: A\ncpu MHz\t\t: 2000.5\n\nprocessor\t: 1\n"}},
      {"cpu_times", Run<ParseCpuTimes>, {"web-1/proc/stat"}},
      {"file_handles", Run<ParseFileHandles>, {"web-1/proc/sys/fs/file-nr"}},
      {"interrupts", Run<ParseInterrupts>, {"web-1/proc/interrupts"}},
      {"kernel_stat", Run<ParseKernelStat>, {"web-1/proc/stat"}},
      {"loadavg", Run<ParseLoadAverages>, {"web-1/proc/loadavg"}},
      {"meminfo", Run<ParseMeminfo>, {"web-1/proc/meminfo"}},
      {"node_meminfo", Run<ParseNodeMeminfo>, {"web-1/sys/devices/system/node/node0/meminfo"}},
      {"numastat", Run<ParseNumastat>, {"web-1/sys/devices/system/node/node0/numastat"}},
      {"os_name", Run<ParseOsName>, {"web-1/rootfs/etc/os-release"}},
      {"os_release", Run<ParseOsRelease>, {"web-1/rootfs/etc/os-release"}},
      {"pressure", Run<ParsePressure>, {"web-1/proc/pressure/cpu", "web-1/proc/pressure/io"}},
      {"schedstat", Run<ParseSchedstat>, {"web-1/proc/schedstat"}},
      {"selinux_config", Run<ParseSelinuxConfig>, {"web-1/rootfs/etc/selinux/config"}},
      {"sysctl", Run<ParseSysctl>, {"web-1/proc/sys/kernel/random/poolsize"}},
      {"vmstat", Run<ParseVmstat>, {"web-1/proc/vmstat"}},
  };
}

}  // namespace syspulse
