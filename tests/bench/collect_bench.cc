// What a tick costs on the machine that this runs on: look at the CPU column.
//
//   build/tests/collect_bench
//
// The bar is 1 ms of CPU for a tick of the system source.
#include <benchmark/benchmark.h>

#include <memory>

#include "services/base/clock.h"
#include "services/collect/kernel/cpu_collector.h"
#include "services/collect/kernel/loadavg_collector.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/kernel/pressure_collector.h"
#include "services/collect/kernel/stat_collector.h"
#include "services/collect/kernel/time_collector.h"
#include "services/collect/kernel/uname_collector.h"
#include "services/collect/kernel/vmstat_collector.h"
#include "services/collect/metric_writer.h"
#include "services/collect/network/netdev_collector.h"
#include "services/collect/procfs.h"
#include "services/collect/sampler.h"
#include "services/collect/storage/diskstats_collector.h"
#include "services/collect/workload/process_collector.h"

namespace syspulse {
namespace {

void SystemTick(benchmark::State& state) {
  const ProcFs procfs;
  const SystemClock clock;
  Sampler sampler(
      &procfs, &clock,
      {.host_id = "bench", .slow_pace = {.interval = absl::Hours(1'000'000)}, .processes = false});
  const absl::Time time = clock.Now();
  std::size_t series = sampler.SampleOnce(time).frames.at(0)->values.size();
  for (auto _ : state) benchmark::DoNotOptimize(sampler.SampleOnce(time));
  state.counters["series"] = static_cast<double>(series);
}
BENCHMARK(SystemTick)->Unit(benchmark::kMicrosecond);

void ProcessTableTick(benchmark::State& state) {
  const ProcFs procfs;
  const SystemClock clock;
  ProcessCollector collector(&procfs, &clock, "bench", UserNames(procfs), {.top = 50});
  std::size_t processes = 0;
  for (auto _ : state) {
    const auto table = collector.Collect(clock.Now());
    processes = table.ok() ? (*table)->processes.size() : 0;
  }
  state.counters["processes"] = static_cast<double>(processes);
}
BENCHMARK(ProcessTableTick)->Unit(benchmark::kMicrosecond);

void OneCollector(benchmark::State& state, std::unique_ptr<Collector> collector) {
  MetricWriter writer;
  for (auto _ : state) {
    benchmark::DoNotOptimize(collector->Collect(&writer));
    benchmark::DoNotOptimize(writer.Finish());
  }
}

const ProcFs kProcFs;
const SystemClock kClock;

#define SYSPULSE_BENCH(name, ...)                                        \
  void name(benchmark::State& state) {                                   \
    OneCollector(state, std::make_unique<name##Collector>(__VA_ARGS__)); \
  }                                                                      \
  BENCHMARK(name)->Unit(benchmark::kMicrosecond)

SYSPULSE_BENCH(Cpu, kProcFs);
SYSPULSE_BENCH(Stat, kProcFs);
SYSPULSE_BENCH(Loadavg, kProcFs);
SYSPULSE_BENCH(Meminfo, kProcFs);
SYSPULSE_BENCH(Vmstat, kProcFs);
SYSPULSE_BENCH(Pressure, kProcFs);
SYSPULSE_BENCH(Diskstats, &kProcFs);
SYSPULSE_BENCH(Netdev, &kProcFs);
SYSPULSE_BENCH(Time, &kProcFs, &kClock, absl::UTCTimeZone());
SYSPULSE_BENCH(Uname, kProcFs);

}  // namespace
}  // namespace syspulse
