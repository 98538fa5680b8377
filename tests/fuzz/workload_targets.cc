#include "services/collect/workload/cgroup_path.h"
#include "services/collect/workload/process_collector.h"
#include "services/collect/workload/redaction.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> WorkloadTargets() {
  return {
      {"cgroup_file", Run<ChooseCgroupPath>, {"1:name=systemd:/a\n0::/system.slice/ssh.service\n"}},
      {"cgroup_path",
       Run<ParseCgroupPath>,
       {"/user.slice/user-1000.slice/user@1000.service/app.slice/a\\x2db.scope\n",
        "/system.slice/docker-0123456789abcdef.scope\n"}},
      {"pid_stat", Run<ParsePidStat>, {"web-1/proc/1/stat", "web-1/proc/412/stat"}},
      {"pid_io", Run<ParsePidIo>, {"web-1/proc/1/io"}},
      {"arguments", Run<JoinArguments>, {"web-1/proc/412/cmdline"}},
      {"redaction",
       Run<RedactSecrets>,
       {"web-1/proc/412/cmdline", "--password=x --token y https://a:b@c/?key=z\n"}},
  };
}

}  // namespace syspulse
