#include "services/collect/kernel/loadavg_collector.h"

#include <cmath>
#include <optional>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kLoad1{"node_load1", MetricType::kGauge, "", "1m load average."};
constexpr Family kLoad5{"node_load5", MetricType::kGauge, "", "5m load average."};
constexpr Family kLoad15{"node_load15", MetricType::kGauge, "", "15m load average."};

}  // namespace

absl::StatusOr<LoadAverages> ParseLoadAverages(std::string_view loadavg) {
  RETURN_IF_ERROR(CheckWholeLines(loadavg, "/proc/loadavg"));
  const std::string_view whole = TakeUntil(&loadavg, '\n');
  std::string_view line = whole;
  LoadAverages averages;
  for (double* one : {&averages.one, &averages.five, &averages.fifteen}) {
    const auto number = ParseNumber<double>(TakeField(&line));
    if (!number || !std::isfinite(*number) || *number < 0) return BadLine("/proc/loadavg", whole);
    *one = *number;
  }
  return averages;
}

absl::Status LoadavgCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, loadavg_.Read());
  ASSIGN_OR_RETURN(const LoadAverages averages, ParseLoadAverages(text));
  writer->Add(kLoad1, averages.one);
  writer->Add(kLoad5, averages.five);
  writer->Add(kLoad15, averages.fifteen);
  return absl::OkStatus();
}

}  // namespace syspulse
