#include "services/collect/workload/process_collector.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> WorkloadTargets() {
  return {
      {"pid_stat", Run<ParsePidStat>, {"web-1/proc/1/stat", "web-1/proc/412/stat"}},
      {"pid_io", Run<ParsePidIo>, {"web-1/proc/1/io"}},
      {"arguments", Run<JoinArguments>, {"web-1/proc/412/cmdline"}},
  };
}

}  // namespace syspulse
