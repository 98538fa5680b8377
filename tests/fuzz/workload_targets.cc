#include <cstdint>
#include <string_view>

#include "services/collect/workload/cgroup_files.h"
#include "services/collect/workload/cgroup_path.h"
#include "services/collect/workload/pid_files.h"
#include "services/collect/workload/redaction.h"
#include "services/collect/workload/systemd_collector.h"
#include "services/collect/workload/text_parser.h"
#include "services/collect/workload/user_names.h"
#include "tests/fuzz/targets.h"

namespace syspulse {
namespace {

// Calls a parser that names its file in errors.
template <auto kParse>
void RunNamed(std::string_view input) {
  (void)kParse(input, "file");
}

void RunFindUser(std::string_view input) {
  for (const std::uint32_t uid : {0U, 1000U, 4'294'967'294U}) (void)FindUser(input, uid);
}

}  // namespace

std::vector<FuzzTarget> WorkloadTargets() {
  return {
      {"cgroup_file", Run<ChooseCgroupPath>, {"1:name=systemd:/a\n0::/system.slice/ssh.service\n"}},
      {"cgroup_path",
       Run<ParseCgroupPath>,
       {"/user.slice/user-1000.slice/user@1000.service/app.slice/a\\x2db.scope\n",
        "/system.slice/docker-0123456789abcdef.scope\n"}},
      {"cgroup_cpu",
       RunNamed<ParseCgroupCpu>,
       {"web-1/sys/fs/cgroup/system.slice/nginx.service/cpu.stat"}},
      {"cgroup_cpu_limit", RunNamed<ParseCgroupCpuLimit>, {"150000 100000\n"}},
      {"cgroup_devices", RunNamed<ParseCgroupDevices>, {"web-1/sys/fs/cgroup/io.stat", "8:0 \n"}},
      {"cgroup_events", RunNamed<ParseCgroupMemoryEvents>, {"low 0\nmax 9\noom_kill 1\n"}},
      {"cgroup_memory", RunNamed<ParseCgroupMemory>, {"web-1/sys/fs/cgroup/memory.stat"}},
      {"cgroup_number", RunNamed<ParseCgroupNumber>, {"4096\n", "max\n"}},
      {"cgroup_processes", RunNamed<CountCgroupProcesses>, {"1\n412\n"}},
      {"passwd",
       RunFindUser,
       {"root:x:0:0:root:/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\n"}},
      {"pid_stat", Run<ParsePidStat>, {"web-1/proc/1/stat", "web-1/proc/412/stat"}},
      {"pid_io", Run<ParsePidIo>, {"web-1/proc/1/io"}},
      {"pid_statm", Run<ParsePidPages>, {"web-1/proc/412/statm"}},
      {"pid_status", Run<ParseSwapBytes>, {"web-1/proc/412/status"}},
      {"arguments", Run<JoinArguments>, {"web-1/proc/412/cmdline"}},
      {"redaction",
       Run<RedactSecrets>,
       {"web-1/proc/412/cmdline", "--password=x --token y https://a:b@c/?key=z\n",
        "sh -c 'echo x | sudo -S mysql -px; vault kv put a b=c' sqlplus a/b@c d:e@f\n"}},
      {"systemd_version", Run<ParseSystemdVersion>, {"252.38-1~deb12u1\n"}},
      {"text_format",
       Run<ParseTextFormat>,
       {"# HELP m a\\n\\\\b\n# TYPE m counter\nm{a=\"\\\"\\n\",b = \"c\",} +Inf\nm 1e-5\n",
        "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_sum 3 1441205977284\n"}},
  };
}

}  // namespace syspulse
