#include "services/collect/workload/systemd_collector.h"

#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr Family Gauge(std::string_view name, std::string_view help,
                       std::string_view label = "name") {
  return {name, MetricType::kGauge, name.ends_with("_seconds") ? "seconds" : "", help, {label}};
}
constexpr Family Counter(std::string_view name, std::string_view help) {
  return {name, MetricType::kCounter, "", help, {"name"}};
}

constexpr Family kUnitState{
    "node_systemd_unit_state", MetricType::kGauge, "", "Systemd unit", {"name", "state", "type"}};
constexpr Family kStartTime = Gauge("node_systemd_unit_start_time_seconds",
                                    "Start time of the unit since unix epoch in seconds.");
constexpr Family kTasks =
    Gauge("node_systemd_unit_tasks_current", "Current number of tasks per Systemd unit");
constexpr Family kTasksMax =
    Gauge("node_systemd_unit_tasks_max", "Maximum number of tasks per Systemd unit");
constexpr Family kRunning =
    Gauge("node_systemd_system_running",
          "Whether the system is operational (see 'systemctl is-system-running')", "");
constexpr Family kUnits = Gauge("node_systemd_units", "Summary of systemd unit states", "state");
constexpr Family kRestarts =
    Counter("node_systemd_service_restart_total", "Service unit count of Restart triggers");
constexpr Family kLastTrigger =
    Gauge("node_systemd_timer_last_trigger_seconds", "Seconds since epoch of last trigger.");
constexpr Family kAccepted = Counter("node_systemd_socket_accepted_connections_total",
                                     "Total number of accepted socket connections");
constexpr Family kConnections =
    Gauge("node_systemd_socket_current_connections", "Current number of socket connections");
// A gauge in node_exporter, whatever its name.
constexpr Family kRefused = Gauge("node_systemd_socket_refused_connections_total",
                                  "Total number of refused socket connections");
constexpr Family kVersion = Gauge("node_systemd_version", "Detected systemd version", "version");
constexpr Family kVirtualization =
    Gauge("node_systemd_virtualization_info", "Detected virtualization technology",
          "virtualization_type");

constexpr std::array<std::string_view, 5> kStates = {"active", "activating", "deactivating",
                                                     "inactive", "failed"};
constexpr const char* kUnitInterface = "org.freedesktop.systemd1.Unit";
constexpr const char* kServiceInterface = "org.freedesktop.systemd1.Service";
constexpr const char* kSocketInterface = "org.freedesktop.systemd1.Socket";
constexpr const char* kTimerInterface = "org.freedesktop.systemd1.Timer";
constexpr const char* kMountInterface = "org.freedesktop.systemd1.Mount";
constexpr double kFirstWithState = 212;  // the version that has SystemState and LastTriggerUSec
constexpr std::size_t kFewestDigits = 3;
constexpr std::uint64_t kNotSet = std::numeric_limits<std::uint64_t>::max();  // TasksMax=infinity
constexpr std::uint64_t kTypeRounds = 60;  // a type is asked for again after ten minutes
constexpr double kMicroseconds = 1e6;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Returns the number of digits at the start.
std::size_t Digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  return count;
}

// Returns whether the error concerns what was asked for only.
bool IsAnswer(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsInvalidArgument(status);
}

void AddIfKnown(const Family& family, const std::optional<std::uint64_t>& number,
                std::string_view unit, MetricWriter* writer, double divisor = 1) {
  if (number) writer->Add(family, static_cast<double>(*number) / divisor, unit);
}

}  // namespace

std::optional<double> ParseSystemdVersion(std::string_view version) {
  while (!version.empty()) {
    std::size_t size = Digits(version);
    if (size < kFewestDigits) {
      version.remove_prefix(size + 1 <= version.size() ? size + 1 : version.size());
      continue;
    }
    if (version.substr(size).starts_with('.')) {
      if (const std::size_t more = Digits(version.substr(size + 1)); more > 0) size += 1 + more;
    }
    return ParseNumber<double>(version.substr(0, size));
  }
  return std::nullopt;
}

absl::Status SystemdCollector::CheckTime() const {
  if (clock_->Monotonic() < deadline_) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrFormat("systemd took longer than %s to answer for its units",
                      absl::FormatDuration(kSystemdPatience)));
}

absl::Status SystemdCollector::AskNumber(const UnitStatus& unit, const char* interface,
                                         const char* property,
                                         std::optional<std::uint64_t>* number) {
  RETURN_IF_ERROR(CheckTime());
  const auto answer =
      bus_->GetNumber({.object_path = unit.object_path, .interface = interface, .name = property});
  if (answer.ok()) *number = *answer;
  return answer.ok() || IsAnswer(answer.status()) ? absl::OkStatus() : answer.status();
}

absl::StatusOr<std::optional<std::string>> SystemdCollector::AskString(const std::string& path,
                                                                       const char* interface,
                                                                       const char* property) {
  RETURN_IF_ERROR(CheckTime());
  auto answer = bus_->GetString({.object_path = path, .interface = interface, .name = property});
  if (answer.ok()) return std::optional(*std::move(answer));
  if (IsAnswer(answer.status())) return std::optional<std::string>();
  return answer.status();
}

absl::Status SystemdCollector::AskType(const char* interface, Unit* unit) {
  KnownType& known = types_[unit->status.name];
  known.seen = round_;
  if (known.asked == 0 || round_ >= known.asked + kTypeRounds) {
    ASSIGN_OR_RETURN(std::optional<std::string> type,
                     AskString(unit->status.object_path, interface, "Type"));
    // A unit that does not say is asked again the next time.
    known.asked = type ? round_ : 0;
    known.type = std::move(type).value_or("");
  }
  unit->type = known.type;
  return absl::OkStatus();
}

absl::Status SystemdCollector::AskService(Unit* unit) {
  RETURN_IF_ERROR(AskType(kServiceInterface, unit));
  if (settings_->systemd_restart_metrics) {
    RETURN_IF_ERROR(AskNumber(unit->status, kServiceInterface, "NRestarts", &unit->restarts));
  }
  if (settings_->systemd_task_metrics) {
    RETURN_IF_ERROR(AskNumber(unit->status, kServiceInterface, "TasksCurrent", &unit->tasks));
    RETURN_IF_ERROR(AskNumber(unit->status, kServiceInterface, "TasksMax", &unit->tasks_max));
  }
  return absl::OkStatus();
}

absl::Status SystemdCollector::AskSocket(Unit* unit) {
  RETURN_IF_ERROR(AskNumber(unit->status, kSocketInterface, "NAccepted", &unit->accepted));
  if (!unit->accepted) return absl::OkStatus();
  RETURN_IF_ERROR(AskNumber(unit->status, kSocketInterface, "NConnections", &unit->connections));
  if (!unit->connections) return absl::OkStatus();
  return AskNumber(unit->status, kSocketInterface, "NRefused", &unit->refused);  // since 239
}

absl::Status SystemdCollector::AskUnit(Unit* unit, bool timers) {
  const std::string_view name = unit->status.name;
  if (name.ends_with(".service")) RETURN_IF_ERROR(AskService(unit));
  if (name.ends_with(".mount")) RETURN_IF_ERROR(AskType(kMountInterface, unit));
  if (name.ends_with(".socket")) RETURN_IF_ERROR(AskSocket(unit));
  if (name.ends_with(".timer") && timers) {
    RETURN_IF_ERROR(AskNumber(unit->status, kTimerInterface, "LastTriggerUSec",
                              &unit->last_trigger_microseconds));
  }
  if (!settings_->systemd_start_time_metrics) return absl::OkStatus();
  if (unit->status.active_state != "active") {
    unit->start_microseconds = 0;
    return absl::OkStatus();
  }
  return AskNumber(unit->status, kUnitInterface, "ActiveEnterTimestamp", &unit->start_microseconds);
}

absl::Status SystemdCollector::AskManager(Answers* answers) {
  ASSIGN_OR_RETURN(std::optional<std::string> version,
                   AskString(kSystemdPath, kSystemdManager, "Version"));
  if (version && ParseSystemdVersion(*version)) answers->version = *std::move(version);
  ASSIGN_OR_RETURN(std::optional<std::string> virtualization,
                   AskString(kSystemdPath, kSystemdManager, "Virtualization"));
  answers->virtualization = std::move(virtualization).value_or("unknown");
  if (answers->virtualization.empty()) answers->virtualization = "none";
  return absl::OkStatus();
}

absl::StatusOr<SystemdCollector::Answers> SystemdCollector::Ask() {
  Answers answers;
  RETURN_IF_ERROR(AskManager(&answers));
  const bool has_state = ParseSystemdVersion(answers.version).value_or(0) >= kFirstWithState;
  if (has_state) {
    ASSIGN_OR_RETURN(const std::optional<std::string> state,
                     AskString(kSystemdPath, kSystemdManager, "SystemState"));
    if (!state) return absl::UnavailableError("systemd does not say in which state the system is");
    answers.running = *state == "running";
  }
  RETURN_IF_ERROR(CheckTime());
  ASSIGN_OR_RETURN(std::vector<UnitStatus> all, bus_->ListUnits());
  for (const std::string_view state : kStates) answers.count_by_state.emplace(state, 0);
  for (UnitStatus& status : all) {
    ++answers.count_by_state[status.active_state];
    if (status.load_state != "loaded" || !settings_->systemd_units.Takes(status.name)) continue;
    Unit unit{.status = std::move(status)};
    RETURN_IF_ERROR(AskUnit(&unit, has_state));
    answers.units.push_back(std::move(unit));
  }
  return answers;
}

void SystemdCollector::PublishUnit(const Unit& unit, MetricWriter* writer) const {
  const std::string& name = unit.status.name;
  for (const std::string_view state : kStates) {
    writer->Add(kUnitState, state == unit.status.active_state ? 1 : 0, name, state, unit.type);
  }
  AddIfKnown(kRestarts, unit.restarts, name, writer);
  if (unit.tasks != kNotSet) AddIfKnown(kTasks, unit.tasks, name, writer);
  if (unit.tasks_max != kNotSet) AddIfKnown(kTasksMax, unit.tasks_max, name, writer);
  AddIfKnown(kStartTime, unit.start_microseconds, name, writer, kMicroseconds);
  AddIfKnown(kLastTrigger, unit.last_trigger_microseconds, name, writer, kMicroseconds);
  AddIfKnown(kAccepted, unit.accepted, name, writer);
  AddIfKnown(kConnections, unit.connections, name, writer);
  AddIfKnown(kRefused, unit.refused, name, writer);
}

void SystemdCollector::Publish(const Answers& answers, MetricWriter* writer) const {
  writer->Add(kVersion, ParseSystemdVersion(answers.version).value_or(0), answers.version);
  writer->Add(kVirtualization, 1, answers.virtualization);
  if (answers.running) writer->Add(kRunning, *answers.running ? 1 : 0);
  for (const auto& [state, count] : answers.count_by_state) writer->Add(kUnits, count, state);
  for (const Unit& unit : answers.units) PublishUnit(unit, writer);
}

absl::Status SystemdCollector::Collect(MetricWriter* writer) {
  ++round_;
  deadline_ = clock_->Monotonic() + kSystemdPatience;
  if (bus_ == nullptr) {
    ASSIGN_OR_RETURN(bus_, connect_());
  }
  const absl::StatusOr<Answers> answers = Ask();
  if (!answers.ok()) {
    bus_.reset();  // what it answers late would be taken for the answer to something else
    return answers.status();
  }
  Publish(*answers, writer);
  std::erase_if(types_, [&](const auto& entry) { return entry.second.seen != round_; });
  return absl::OkStatus();
}

}  // namespace syspulse
