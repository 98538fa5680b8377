#include "services/history/host_health.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/model/metric.h"
#include "services/store/merged_rows.h"

namespace syspulse {
namespace {

// A row, column by column: its schema and its values.
class Row {
 public:
  void Gauge(const char* name, double value) { Add(name, MetricType::kGauge, value); }
  void Counter(const char* name, std::int64_t value) {
    Add(name, MetricType::kCounter, static_cast<double>(value));
  }

  SchemaPtr schema() && {
    std::vector<Series> series(families_.size());
    for (std::size_t i = 0; i < series.size(); ++i) series[i].family = static_cast<int>(i);
    return Schema::Create(std::move(families_), std::move(series)).value();
  }
  std::vector<double> values() && { return std::move(values_); }

 private:
  void Add(const char* name, MetricType type, double value) {
    families_.push_back({.name = name, .type = type});
    values_.push_back(value);
  }

  std::vector<MetricFamily> families_;
  std::vector<double> values_;
};

// What is not known of a host is absent.
Row RowOf(const Host& host) {
  Row row;
  row.Gauge("syspulse_host_up", host.state == HostState::kOnline ? 1 : 0);
  row.Gauge("syspulse_agent_conflict", host.conflict ? 1 : 0);
  row.Gauge("syspulse_agent_clock_skew_seconds",
            host.clock_skew ? absl::ToDoubleSeconds(*host.clock_skew) : AbsentValue());
  if (!host.completeness) return row;
  const HostCompleteness& known = *host.completeness;
  row.Gauge("syspulse_agent_gap_seconds", absl::ToDoubleSeconds(known.gap));
  row.Counter("syspulse_agent_samples_expected_total", known.expected_samples);
  row.Counter("syspulse_agent_samples_received_total", known.received_samples);
  row.Counter("syspulse_agent_samples_late_total", known.late_samples);
  row.Counter("syspulse_agent_samples_duplicate_total", known.duplicate_samples);
  return row;
}

// Hosts of which as much is known share a schema.
SchemaPtr SchemaOf(bool complete) {
  const auto make = [](std::optional<HostCompleteness> completeness) {
    return RowOf(Host{.completeness = std::move(completeness)}).schema();
  };
  static const SchemaPtr kWithSamples = make(HostCompleteness());
  static const SchemaPtr kWithout = make(std::nullopt);
  return complete ? kWithSamples : kWithout;
}

}  // namespace

void HostHealth::Write() {
  const absl::Time now =
      absl::FromUnixSeconds(absl::ToUnixSeconds(clock_->Now()));  // as agents' samples
  for (const HostPtr& host : hub_->Hosts()) {
    const auto frame =
        std::make_shared<const Frame>(Frame{.host = host->id,
                                            .source = std::string(kSource),
                                            .schema = SchemaOf(host->completeness.has_value()),
                                            .time = now,
                                            .values = RowOf(*host).values()});
    keeper_->Keep(frame).IgnoreError();
  }
}

}  // namespace syspulse
