// Units of systemd and what state they are in; source: its manager, org.freedesktop.systemd1(5).
#ifndef SERVICES_COLLECT_WORKLOAD_SYSTEMD_COLLECTOR_H_
#define SERVICES_COLLECT_WORKLOAD_SYSTEMD_COLLECTOR_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/collector.h"
#include "services/collect/collector_settings.h"
#include "services/collect/workload/unit_bus.h"

namespace syspulse {

// How long one answer may take, and until when another is asked for. Together they are less than
// what is granted a slow source (Pace::patience).
inline constexpr absl::Duration kSystemdCallTimeout = absl::Milliseconds(1500);
inline constexpr absl::Duration kSystemdPatience = absl::Seconds(3);

// Returns the number in systemd's version: 252.38 for "252.38-1~deb12u1". Nothing if there is none
// of three digits or more.
std::optional<double> ParseSystemdVersion(std::string_view version);

class SystemdCollector final : public Collector {
 public:
  // `settings` and `clock` must outlive this.
  SystemdCollector(ConnectUnitBus connect, const CollectorSettings* settings, const Clock* clock)
      : connect_(std::move(connect)), settings_(settings), clock_(clock) {}

  std::string_view name() const override { return "systemd"; }
  // NotFound where there is no systemd, DeadlineExceeded if it does not answer in time. Nothing is
  // said of what a unit has no answer for.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // What was asked of a unit; absent where it has no such property.
  struct Unit {
    UnitStatus status;
    std::string type;  // of services and mounts
    std::optional<std::uint64_t> restarts;
    std::optional<std::uint64_t> tasks;
    std::optional<std::uint64_t> tasks_max;
    std::optional<std::uint64_t> start_microseconds;  // since the Unix epoch, as is the next
    std::optional<std::uint64_t> last_trigger_microseconds;
    std::optional<std::uint64_t> accepted;
    std::optional<std::uint64_t> connections;
    std::optional<std::uint64_t> refused;
  };
  struct Answers {
    std::string version;  // empty: not known
    std::string virtualization;
    std::optional<bool> running;
    std::map<std::string, double, std::less<>> count_by_state;
    std::vector<Unit> units;
  };
  // A type is asked for once in a while: it changes only if somebody edits the unit.
  struct KnownType {
    std::string type;
    std::uint64_t asked = 0;  // the round, as is the next
    std::uint64_t seen = 0;
  };

  absl::StatusOr<Answers> Ask();
  absl::Status AskManager(Answers* answers);
  absl::Status AskUnit(Unit* unit, bool timers);
  absl::Status AskService(Unit* unit);
  absl::Status AskSocket(Unit* unit);
  absl::Status AskType(const char* interface, Unit* unit);
  // Sets the value if there is such a property. Fails only if asking on is useless.
  absl::Status AskNumber(const UnitStatus& unit, const char* interface, const char* property,
                         std::optional<std::uint64_t>* number);
  absl::StatusOr<std::optional<std::string>> AskString(const std::string& path,
                                                       const char* interface, const char* property);
  absl::Status CheckTime() const;
  void Publish(const Answers& answers, MetricWriter* writer) const;
  void PublishUnit(const Unit& unit, MetricWriter* writer) const;

  const ConnectUnitBus connect_;
  const CollectorSettings* const settings_;
  const Clock* const clock_;
  std::unique_ptr<UnitBus> bus_;  // null: not connected
  absl::Duration deadline_;       // of this round, monotonic
  std::uint64_t round_ = 0;
  std::map<std::string, KnownType, std::less<>> types_;  // by unit
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_SYSTEMD_COLLECTOR_H_
