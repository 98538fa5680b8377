#include "services/collect/host_info.h"
#include "services/collect/kernel/cpu_collector.h"
#include "services/collect/kernel/loadavg_collector.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/kernel/pressure_collector.h"
#include "services/collect/kernel/stat_collector.h"
#include "services/collect/kernel/vmstat_collector.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> KernelTargets() {
  return {
      {"cpu_times", Run<ParseCpuTimes>, {"web-1/proc/stat"}},
      {"kernel_stat", Run<ParseKernelStat>, {"web-1/proc/stat"}},
      {"loadavg", Run<ParseLoadAverages>, {"web-1/proc/loadavg"}},
      {"meminfo", Run<ParseMeminfo>, {"web-1/proc/meminfo"}},
      {"os_name", Run<ParseOsName>, {"web-1/rootfs/etc/os-release"}},
      {"pressure", Run<ParsePressure>, {"web-1/proc/pressure/cpu", "web-1/proc/pressure/io"}},
      {"vmstat", Run<ParseVmstat>, {"web-1/proc/vmstat"}},
  };
}

}  // namespace syspulse
