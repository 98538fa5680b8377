#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/kernel/cpu_collector.h"
#include "services/collect/kernel/cpu_topology_collector.h"
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
#include "services/collect/kernel/time_collector.h"
#include "services/collect/kernel/timex_collector.h"
#include "services/collect/kernel/uname_collector.h"
#include "services/collect/kernel/vmstat_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

Made MakeCpuTopology(const Context& c) {
  const CollectorSettings& settings = *c.settings;
  return std::make_unique<CpuTopologyCollector>(
      c.procfs,
      CpuInfoOptions{.wanted = settings.cpu_info || settings.cpu_flags || settings.cpu_bugs,
                     .frequency = settings.Runs("cpufreq", true),
                     .flags = settings.cpu_flags,
                     .bugs = settings.cpu_bugs});
}

constexpr std::array kCollectors = {
    CollectorSpec{"cpu", kSystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<CpuCollector>(FileReader(c.stat),
                                                          c.settings->cpu_guest);
                  }},
    CollectorSpec{"stat", kSystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<StatCollector>(FileReader(c.stat),
                                                           c.settings->stat_softirq);
                  }},
    CollectorSpec{
        "loadavg", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<LoadavgCollector>(*c.procfs); }},
    CollectorSpec{
        "meminfo", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<MeminfoCollector>(*c.procfs); }},
    CollectorSpec{"vmstat", kSystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<VmstatCollector>(*c.procfs, c.settings->vmstat_fields);
                  }},
    CollectorSpec{
        "pressure", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<PressureCollector>(*c.procfs); }},
    CollectorSpec{"time", kSystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<TimeCollector>(c.procfs, c.clock, c.zone);
                  }},
    CollectorSpec{
        "uname", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<UnameCollector>(*c.procfs); }},
    CollectorSpec{
        "schedstat", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<SchedstatCollector>(*c.procfs); }},
    CollectorSpec{
        "filefd", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<FilefdCollector>(*c.procfs); }},
    CollectorSpec{
        "entropy", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<EntropyCollector>(*c.procfs); }},
    CollectorSpec{
        "kernel_hung", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<KernelHungCollector>(*c.procfs); }},
    CollectorSpec{
        "timex", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<TimexCollector>(c.read_timex); }},
    CollectorSpec{
        .name = "cpu_topology", .source = kKernelSource, .make = MakeCpuTopology, .part_of = "cpu"},
    CollectorSpec{
        "meminfo_numa", kKernelSource,
        [](const Context& c) -> Made { return std::make_unique<MeminfoNumaCollector>(c.procfs); }},
    CollectorSpec{"os", kKernelSource,
                  [](const Context& c) -> Made { return std::make_unique<OsCollector>(c.procfs); }},
    CollectorSpec{
        "selinux", kKernelSource,
        [](const Context& c) -> Made { return std::make_unique<SelinuxCollector>(c.procfs); }},
    CollectorSpec{"interrupts", kInterruptsSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<InterruptsCollector>(*c.procfs, *c.settings);
                  }},
};

}  // namespace

std::span<const CollectorSpec> KernelCollectors() { return kCollectors; }

}  // namespace syspulse
