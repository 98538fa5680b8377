#include "services/collect/kernel/timex_collector.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr double kMicroseconds = 1e6;
constexpr double kNanoseconds = 1e9;
// Frequencies are in parts per million with a fraction of 16 bits; see NOTES in adjtimex(2).
constexpr double kScaledPartsPerMillion = 1e6 * 65536;

constexpr Family Gauge(std::string_view name, std::string_view unit, std::string_view help) {
  return {name, MetricType::kGauge, unit, help};
}
constexpr Family Counter(std::string_view name, std::string_view help) {
  return {name, MetricType::kCounter, "", help};
}

constexpr Family kSyncStatus = Gauge(
    "node_timex_sync_status", "", "Is clock synchronized to a reliable server (1 = yes, 0 = no).");
constexpr Family kOffset = Gauge("node_timex_offset_seconds", "seconds",
                                 "Time offset in between local system and reference clock.");
constexpr Family kFrequency =
    Gauge("node_timex_frequency_adjustment_ratio", "ratio", "Local clock frequency adjustment.");
constexpr Family kMaxError =
    Gauge("node_timex_maxerror_seconds", "seconds", "Maximum error in seconds.");
constexpr Family kEstimatedError =
    Gauge("node_timex_estimated_error_seconds", "seconds", "Estimated error in seconds.");
constexpr Family kStatus = Gauge("node_timex_status", "", "Value of the status array bits.");
constexpr Family kConstant =
    Gauge("node_timex_loop_time_constant", "", "Phase-locked loop time constant.");
constexpr Family kTick =
    Gauge("node_timex_tick_seconds", "seconds", "Seconds between clock ticks.");
constexpr Family kPpsFrequency =
    Gauge("node_timex_pps_frequency_hertz", "hertz", "Pulse per second frequency.");
constexpr Family kPpsJitter =
    Gauge("node_timex_pps_jitter_seconds", "seconds", "Pulse per second jitter.");
constexpr Family kPpsShift =
    Gauge("node_timex_pps_shift_seconds", "seconds", "Pulse per second interval duration.");
constexpr Family kPpsStability =
    Gauge("node_timex_pps_stability_hertz", "hertz",
          "Pulse per second stability, average of recent frequency changes.");
constexpr Family kPpsJitterCount = Counter(
    "node_timex_pps_jitter_total", "Pulse per second count of jitter limit exceeded events.");
constexpr Family kPpsCalibrations =
    Counter("node_timex_pps_calibration_total", "Pulse per second count of calibration intervals.");
constexpr Family kPpsErrors =
    Counter("node_timex_pps_error_total", "Pulse per second count of calibration errors.");
constexpr Family kPpsStabilityCount =
    Counter("node_timex_pps_stability_exceeded_total",
            "Pulse per second count of stability limit exceeded events.");
constexpr Family kTaiOffset =
    Gauge("node_timex_tai_offset_seconds", "seconds", "International Atomic Time (TAI) offset.");

}  // namespace

absl::Status TimexCollector::Collect(MetricWriter* writer) {
  timex clock{};  // modes = 0: only reads
  const int state = read_(&clock);
  if (state < 0) {
    const std::string message = absl::StrFormat("ask adjtimex(2): %s", std::strerror(errno));
    // Containers may forbid the question, as old kernels do to who may not change the clock.
    return errno == EPERM || errno == EACCES ? absl::NotFoundError(message)
                                             : absl::UnavailableError(message);
  }
  const double fraction = (clock.status & STA_NANO) != 0 ? kNanoseconds : kMicroseconds;
  const auto add = [&](const Family& family, auto value, double divisor = 1) {
    writer->Add(family, static_cast<double>(value) / divisor);
  };
  add(kSyncStatus, state == TIME_ERROR ? 0 : 1);
  add(kOffset, clock.offset, fraction);
  writer->Add(kFrequency, 1 + static_cast<double>(clock.freq) / kScaledPartsPerMillion);
  add(kMaxError, clock.maxerror, kMicroseconds);
  add(kEstimatedError, clock.esterror, kMicroseconds);
  add(kStatus, clock.status);
  add(kConstant, clock.constant);
  add(kTick, clock.tick, kMicroseconds);
  add(kPpsFrequency, clock.ppsfreq, kScaledPartsPerMillion);
  add(kPpsJitter, clock.jitter, fraction);
  add(kPpsShift, clock.shift);
  add(kPpsStability, clock.stabil, kScaledPartsPerMillion);
  add(kPpsJitterCount, clock.jitcnt);
  add(kPpsCalibrations, clock.calcnt);
  add(kPpsErrors, clock.errcnt);
  add(kPpsStabilityCount, clock.stbcnt);
  add(kTaiOffset, clock.tai);
  return absl::OkStatus();
}

}  // namespace syspulse
