#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/kernel/cpu_collector.h"
#include "services/collect/kernel/loadavg_collector.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/kernel/pressure_collector.h"
#include "services/collect/kernel/stat_collector.h"
#include "services/collect/kernel/time_collector.h"
#include "services/collect/kernel/uname_collector.h"
#include "services/collect/kernel/vmstat_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

constexpr std::array kCollectors = {
    CollectorSpec{
        "cpu", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<CpuCollector>(*c.procfs); }},
    CollectorSpec{
        "stat", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<StatCollector>(*c.procfs); }},
    CollectorSpec{
        "loadavg", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<LoadavgCollector>(*c.procfs); }},
    CollectorSpec{
        "meminfo", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<MeminfoCollector>(*c.procfs); }},
    CollectorSpec{
        "vmstat", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<VmstatCollector>(*c.procfs); }},
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
};

}  // namespace

std::span<const CollectorSpec> KernelCollectors() { return kCollectors; }

}  // namespace syspulse
