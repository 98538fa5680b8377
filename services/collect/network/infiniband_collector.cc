#include "services/collect/network/infiniband_collector.h"

#include <cmath>
#include <string>
#include <vector>

#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/network/infiniband_counters.h"

namespace syspulse {
namespace {

constexpr double kBytesPerGigabit = 1e9 / 8;
constexpr std::uint64_t kMillisecondsPerSecond = 1000;

constexpr Family kInfo{"node_infiniband_info",
                       MetricType::kGauge,
                       "",
                       "Non-numeric data from /sys/class/infiniband/<device>, value is always 1.",
                       {"device", "board_id", "firmware_version", "hca_type"}};

constexpr Family Gauge(std::string_view name, std::string_view unit, std::string_view help) {
  return {name, MetricType::kGauge, unit, help, {"device", "port"}};
}

constexpr Family kState = Gauge(
    "node_infiniband_state_id", "",
    "State of the InfiniBand port (0: no change, 1: down, 2: init, 3: armed, 4: active, 5: act "
    "defer)");
constexpr Family kPhysicalState = Gauge(
    "node_infiniband_physical_state_id", "",
    "Physical state of the InfiniBand port (0: no change, 1: sleep, 2: polling, 3: disable, 4: "
    "shift, 5: link up, 6: link error recover, 7: phytest)");
constexpr Family kRate = Gauge("node_infiniband_rate_bytes_per_second", "bytes_per_second",
                               "Maximum signal transfer rate");
constexpr Family kLifespan =
    Gauge("node_infiniband_lifespan_seconds", "seconds",
          "The maximum period in ms which defines the aging of the counter reads. Two consecutive "
          "reads within this period might return the same values.");

void AddPort(const SysDirectory& port, std::string_view device, std::string_view number,
             MetricWriter* writer) {
  const auto text = [&](std::string_view attribute) { return port.Text(attribute).value_or(""); };
  if (const auto state = ParseInfinibandState(text("state"))) {
    writer->Add(kState, *state, device, number);
  }
  if (const auto state = ParseInfinibandState(text("phys_state"))) {
    writer->Add(kPhysicalState, *state, device, number);
  }
  if (const auto rate = ParseInfinibandRate(text("rate"))) {
    writer->Add(kRate, *rate, device, number);
  }
  // Adapters have some of the counters each; what one cannot count says "N/A (no PMA)".
  for (const InfinibandCounter& counter : InfinibandCounters()) {
    const auto value = port.Below(counter.directory).Number<std::uint64_t>(counter.file);
    if (!value.ok()) continue;
    writer->Add(counter.family, static_cast<double>(*value) * static_cast<double>(counter.unit),
                device, number);
  }
  // node_exporter drops the fraction of a second too.
  const auto lifespan = port.Number<std::uint64_t>("hw_counters/lifespan");
  if (lifespan.ok()) {
    const std::uint64_t seconds = *lifespan / kMillisecondsPerSecond;
    writer->Add(kLifespan, static_cast<double>(seconds), device, number);
  }
}

}  // namespace

std::optional<std::uint32_t> ParseInfinibandState(std::string_view state) {
  const std::string_view number = TakeUntil(&state, ':');
  return state.empty() ? std::nullopt : ParseNumber<std::uint32_t>(Trim(number));
}

std::optional<double> ParseInfinibandRate(std::string_view rate) {
  const auto gigabits = ParseNumber<double>(TakeField(&rate));
  if (!gigabits || !std::isfinite(*gigabits) || *gigabits < 0) return std::nullopt;
  if (TakeField(&rate) != "Gb/sec") return std::nullopt;
  return *gigabits * kBytesPerGigabit;
}

absl::Status InfinibandCollector::Collect(MetricWriter* writer) {
  const SysDirectory adapters(procfs_, "class/infiniband");
  ASSIGN_OR_RETURN(const std::vector<std::string> devices, adapters.List());
  for (const std::string& device : devices) {
    if (!devices_.Takes(device)) continue;
    const SysDirectory adapter = adapters.Below(device);
    const absl::StatusOr<std::vector<std::string>> ports = adapter.Below("ports").List();
    if (!ports.ok()) continue;  // an adapter may go at any moment
    const auto text = [&](std::string_view attribute) {
      return adapter.Text(attribute).value_or("");
    };
    writer->Add(kInfo, 1, device, text("board_id"), text("fw_ver"), text("hca_type"));
    for (const std::string& port : *ports) {
      AddPort(adapter.Below("ports").Below(port), device, port, writer);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
