#include "services/collect/source.h"

#include <utility>

#include "services/base/log.h"

namespace syspulse {
namespace {

constexpr Family kSuccess{"node_scrape_collector_success",
                          MetricType::kGauge,
                          "",
                          "node_exporter: Whether a collector succeeded.",
                          {"collector"}};
constexpr Family kDuration{"node_scrape_collector_duration_seconds",
                           MetricType::kGauge,
                           "seconds",
                           "node_exporter: Duration of a collector scrape.",
                           {"collector"}};

}  // namespace

void AddOutcome(const CollectorOutcome& outcome, MetricWriter* writer) {
  writer->Add(kSuccess, outcome.success ? 1 : 0, outcome.name);
  writer->Add(kDuration, absl::ToDoubleSeconds(outcome.duration), outcome.name);
}

Source::Source(std::string host_id, std::string name, const Clock* clock,
               std::vector<std::unique_ptr<Collector>> collectors)
    : host_id_(std::move(host_id)),
      name_(std::move(name)),
      clock_(clock),
      collectors_(std::move(collectors)) {}

std::vector<std::string_view> Source::CollectorNames() const {
  std::vector<std::string_view> names;
  for (const auto& collector : collectors_) names.push_back(collector->name());
  return names;
}

CollectorOutcome Source::Collect(Collector* collector) {
  const absl::Duration start = clock_->Monotonic();
  const absl::Status status = collector->Collect(&writer_);
  const absl::Duration duration = clock_->Monotonic() - start;
  if (status.ok()) {
    failing_.erase(collector->name());
  } else if (failing_.insert(collector->name()).second) {
    // Once for each time that it begins to fail. Hosts without something are no surprise.
    const LogLevel level = absl::IsNotFound(status) ? LogLevel::kDebug : LogLevel::kWarning;
    Log(level, absl::StrFormat("collector %s fails: %s", collector->name(),
                               std::string(status.message())));
  }
  return {.name = collector->name(), .success = status.ok(), .duration = duration};
}

FramePtr Source::Read(absl::Time time) {
  for (std::size_t i = 0; i < collectors_.size(); ++i) {
    position_ = i;
    AddOutcome(Collect(collectors_[i].get()), &writer_);
  }
  absl::StatusOr<Tick> tick = writer_.Finish();
  if (!tick.ok()) {
    LogError("no frame of source %s: %s", name_, std::string(tick.status().message()));
    return nullptr;
  }
  return std::make_shared<const Frame>(Frame{.host = host_id_,
                                             .source = name_,
                                             .schema = std::move(tick->schema),
                                             .time = time,
                                             .values = std::move(tick->values)});
}

}  // namespace syspulse
