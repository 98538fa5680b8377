// A systemd of a test's making: units, and the properties that it answers with.
#ifndef TESTS_SERVICES_COLLECT_WORKLOAD_FAKE_UNIT_BUS_H_
#define TESTS_SERVICES_COLLECT_WORKLOAD_FAKE_UNIT_BUS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/collect/workload/unit_bus.h"

namespace syspulse {

using FakeValue = std::variant<std::string, std::uint32_t, std::uint64_t>;

struct FakeUnits {
  std::vector<UnitStatus> units;
  std::map<std::string, FakeValue> properties;  // by "/object/path interface.Property"
  absl::Status failure;                         // of every call, unless it is OK
  int calls = 0;

  void Add(const std::string& name, const std::string& active_state,
           const std::string& load_state = "loaded") {
    units.push_back({name, load_state, active_state, Path(name)});
  }
  void Set(const std::string& name, const std::string& property, FakeValue value) {
    properties[Key(Path(name), "org.freedesktop.systemd1." + property)] = std::move(value);
  }
  void SetManager(const std::string& property, const std::string& value) {
    properties[Key(kSystemdPath, absl::StrFormat("%s.%s", kSystemdManager, property))] = value;
  }
  static std::string Key(const std::string& path, const std::string& property) {
    return path + " " + property;
  }
  // Returns a path as D-Bus allows it.
  static std::string Path(const std::string& name) {
    std::string path = absl::StrFormat("%s/unit/", kSystemdPath);
    for (const char c : name) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      path += plain
                  ? std::string(1, c)
                  : absl::StrFormat("_%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return path;
  }
};

// Returns a small host: services of several kinds, a timer, a socket, a mount and a slice.
inline FakeUnits SmallHost() {
  FakeUnits host;
  host.SetManager("Version", "252.38-1~deb12u1");
  host.SetManager("Virtualization", "kvm");
  host.SetManager("SystemState", "running");
  host.Add("nginx.service", "active");
  host.Set("nginx.service", "Service.Type", "forking");
  host.Set("nginx.service", "Service.NRestarts", std::uint32_t{3});
  host.Set("nginx.service", "Service.TasksCurrent", std::uint64_t{5});
  host.Set("nginx.service", "Service.TasksMax", std::uint64_t{18446744073709551615U});
  host.Set("nginx.service", "Unit.ActiveEnterTimestamp", std::uint64_t{1'700'000'000'250'000});
  host.Add("backup@home.service", "failed");
  host.Set("backup@home.service", "Service.Type", "oneshot");
  host.Add("gone.service", "inactive", "not-found");
  host.Add("apt-daily.timer", "active");
  host.Set("apt-daily.timer", "Timer.LastTriggerUSec", std::uint64_t{1'699'999'000'500'000});
  host.Add("ssh.socket", "active");
  host.Set("ssh.socket", "Socket.NAccepted", std::uint32_t{12});
  host.Set("ssh.socket", "Socket.NConnections", std::uint32_t{2});
  host.Set("ssh.socket", "Socket.NRefused", std::uint32_t{1});
  host.Add("home.mount", "active");
  host.Set("home.mount", "Mount.Type", "ext4");
  host.Add("system.slice", "active");
  host.Add("odd.service", "reloading");
  return host;
}

class FakeUnitBus final : public UnitBus {
 public:
  // `units` must outlive this.
  explicit FakeUnitBus(FakeUnits* units) : units_(units) {}

  absl::StatusOr<std::vector<UnitStatus>> ListUnits() override {
    ++units_->calls;
    if (!units_->failure.ok()) return units_->failure;
    return units_->units;
  }
  absl::StatusOr<std::string> GetString(const BusProperty& property) override {
    const auto value = Get(property);
    if (!value.ok()) return value.status();
    const auto* const text = std::get_if<std::string>(&*value);
    if (text == nullptr) return absl::InvalidArgumentError("no text");
    return *text;
  }
  absl::StatusOr<std::uint64_t> GetNumber(const BusProperty& property) override {
    const auto value = Get(property);
    if (!value.ok()) return value.status();
    if (const auto* const number = std::get_if<std::uint32_t>(&*value)) return *number;
    if (const auto* const number = std::get_if<std::uint64_t>(&*value)) return *number;
    return absl::InvalidArgumentError("no number");
  }

 private:
  absl::StatusOr<FakeValue> Get(const BusProperty& property) {
    ++units_->calls;
    if (!units_->failure.ok()) return units_->failure;
    const auto found = units_->properties.find(FakeUnits::Key(
        property.object_path, absl::StrFormat("%s.%s", property.interface, property.name)));
    if (found == units_->properties.end()) return absl::NotFoundError("unknown property");
    return found->second;
  }

  FakeUnits* const units_;
};

}  // namespace syspulse

#endif  // TESTS_SERVICES_COLLECT_WORKLOAD_FAKE_UNIT_BUS_H_
