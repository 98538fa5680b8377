// What a tick costs on the machine that this runs on: look at the CPU column.
//
//   build/tests/collect_bench
//
// The bar is 1 ms of CPU for a tick of the system source.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "services/base/clock.h"
#include "services/collect/collector_spec.h"
#include "services/collect/metric_writer.h"
#include "services/collect/procfs.h"
#include "services/collect/sampler.h"
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
  ProcessCollector collector(&procfs, &clock, "bench", UserNames(procfs, &clock), {.top = 50});
  std::size_t processes = 0;
  for (auto _ : state) {
    const auto table = collector.Collect(clock.Now());
    processes = table.ok() ? (*table)->processes.size() : 0;
  }
  state.counters["processes"] = static_cast<double>(processes);
}
BENCHMARK(ProcessTableTick)->Unit(benchmark::kMicrosecond);

void OneCollector(benchmark::State& state, const CollectorSpec& spec) {
  const ProcFs procfs;
  const SystemClock clock;
  const CollectorSettings settings;
  const std::unique_ptr<Collector> collector = spec.make(
      {.procfs = &procfs,
       .clock = &clock,
       .settings = &settings,
       .stat = std::make_shared<SharedFile>(procfs.Proc("stat", FileEnd::kShortRead)),
       .statfs = [&](const std::string& mount_point) { return procfs.StatFilesystem(mount_point); },
       .read_timex = adjtimex,
       .zone = absl::UTCTimeZone()});
  MetricWriter writer;
  std::size_t series = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(collector->Collect(&writer));
    const auto tick = writer.Finish();
    series = tick.ok() ? tick->values.size() : 0;
  }
  state.counters["series"] = static_cast<double>(series);
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  for (const syspulse::CollectorSpec& spec : syspulse::AllCollectors()) {
    const std::string name = absl::StrFormat("%s/%s", spec.source, spec.name);
    benchmark::RegisterBenchmark(name.c_str(), syspulse::OneCollector, spec)
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
