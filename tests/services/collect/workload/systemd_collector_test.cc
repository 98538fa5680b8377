#include "services/collect/workload/systemd_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "services/collect/paced_source.h"
#include "tests/services/collect/values.h"
#include "tests/services/collect/workload/fake_unit_bus.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(ParseSystemdVersion, IsTheFirstNumberOfThreeDigits) {
  EXPECT_EQ(ParseSystemdVersion("252.38-1~deb12u1"), 252.38);
  EXPECT_EQ(ParseSystemdVersion("219"), 219);
  EXPECT_EQ(ParseSystemdVersion("v255"), 255);
  EXPECT_EQ(ParseSystemdVersion("257.rc1"), 257);
  EXPECT_EQ(ParseSystemdVersion("1.22-256~1"), 256);
  EXPECT_EQ(ParseSystemdVersion("systemd 24"), std::nullopt);
  EXPECT_EQ(ParseSystemdVersion(""), std::nullopt);
}

class SystemdCollectorTest : public ::testing::Test {
 protected:
  using Values = std::map<std::string, double>;

  Values Collect() {
    EXPECT_THAT(collector_.Collect(&writer_), IsOk());
    const auto tick = writer_.Finish();
    EXPECT_THAT(tick, IsOk());
    Values values;
    if (tick.ok()) AddValues(*tick->schema, tick->values, &values);
    return values;
  }
  absl::StatusOr<std::unique_ptr<UnitBus>> Connect() {
    ++connections_;
    if (!connecting_.ok()) return connecting_;
    return std::make_unique<FakeUnitBus>(&host_);
  }

  FakeUnits host_ = SmallHost();
  absl::Status connecting_;
  int connections_ = 0;
  CollectorSettings settings_;
  FakeClock clock_;
  SystemdCollector collector_{[this] { return Connect(); }, &settings_, &clock_};
  MetricWriter writer_;
};

TEST_F(SystemdCollectorTest, TellsTheStateOfTheSystem) {
  const Values values = Collect();
  EXPECT_EQ(values.at("node_systemd_version{252.38-1~deb12u1,}"), 252.38);
  EXPECT_EQ(values.at("node_systemd_virtualization_info{kvm,}"), 1);
  EXPECT_EQ(values.at("node_systemd_system_running{}"), 1);
  host_.SetManager("SystemState", "degraded");
  EXPECT_EQ(Collect().at("node_systemd_system_running{}"), 0);
}

TEST_F(SystemdCollectorTest, CountsAllUnitsByState) {
  const Values values = Collect();
  EXPECT_EQ(values.at("node_systemd_units{active,}"), 5);
  EXPECT_EQ(values.at("node_systemd_units{failed,}"), 1);
  EXPECT_EQ(values.at("node_systemd_units{inactive,}"), 1);
  EXPECT_EQ(values.at("node_systemd_units{activating,}"), 0);
  EXPECT_EQ(values.at("node_systemd_units{deactivating,}"), 0);
  EXPECT_EQ(values.at("node_systemd_units{reloading,}"), 1);
}

TEST_F(SystemdCollectorTest, TellsTheStateOfEachUnitThatIsWanted) {
  const Values values = Collect();
  EXPECT_EQ(values.at("node_systemd_unit_state{nginx.service,active,forking,}"), 1);
  EXPECT_EQ(values.at("node_systemd_unit_state{nginx.service,failed,forking,}"), 0);
  EXPECT_EQ(values.at("node_systemd_unit_state{backup@home.service,failed,oneshot,}"), 1);
  EXPECT_EQ(values.at("node_systemd_unit_state{ssh.socket,active,,}"), 1);
  // Not one of the states that have a series, and no type that could be asked for.
  EXPECT_EQ(values.at("node_systemd_unit_state{odd.service,active,,}"), 0);
  for (const char* left_out :
       {"gone.service,inactive,", "home.mount,active,ext4", "system.slice,active,"}) {
    EXPECT_FALSE(values.contains(absl::StrFormat("node_systemd_unit_state{%s,}", left_out)));
  }
}

TEST_F(SystemdCollectorTest, TakesTheUnitsThatTheSettingsName) {
  settings_.systemd_units = NameFilter::Including(R"(\.(mount|slice)$)");
  const Values values = Collect();
  EXPECT_TRUE(values.contains("node_systemd_unit_state{home.mount,active,ext4,}"));
  EXPECT_TRUE(values.contains("node_systemd_unit_state{system.slice,active,,}"));
  EXPECT_FALSE(values.contains("node_systemd_unit_state{nginx.service,active,forking,}"));
}

TEST_F(SystemdCollectorTest, MeasuresTimersAndSockets) {
  const Values values = Collect();
  EXPECT_EQ(values.at("node_systemd_timer_last_trigger_seconds{apt-daily.timer,}"), 1699999000.5);
  EXPECT_EQ(values.at("node_systemd_socket_accepted_connections_total{ssh.socket,}"), 12);
  EXPECT_EQ(values.at("node_systemd_socket_current_connections{ssh.socket,}"), 2);
  EXPECT_EQ(values.at("node_systemd_socket_refused_connections_total{ssh.socket,}"), 1);
}

TEST_F(SystemdCollectorTest, RestartsTasksAndStartTimesAreAskedForOnDemand) {
  for (const auto& [series, value] : Collect()) {
    EXPECT_FALSE(series.starts_with("node_systemd_service_restart_total")) << series;
    EXPECT_FALSE(series.starts_with("node_systemd_unit_tasks")) << series;
    EXPECT_FALSE(series.starts_with("node_systemd_unit_start_time")) << series;
  }
  settings_.systemd_restart_metrics = true;
  settings_.systemd_task_metrics = true;
  settings_.systemd_start_time_metrics = true;
  const Values values = Collect();
  EXPECT_EQ(values.at("node_systemd_service_restart_total{nginx.service,}"), 3);
  EXPECT_EQ(values.at("node_systemd_unit_tasks_current{nginx.service,}"), 5);
  // As many as it likes.
  EXPECT_FALSE(values.contains("node_systemd_unit_tasks_max{nginx.service,}"));
  EXPECT_EQ(values.at("node_systemd_unit_start_time_seconds{nginx.service,}"), 1700000000.25);
  EXPECT_EQ(values.at("node_systemd_unit_start_time_seconds{backup@home.service,}"), 0);
}

TEST_F(SystemdCollectorTest, OldVersionsHaveNoStateAndNoTriggers) {
  host_.SetManager("Version", "208");
  const Values values = Collect();
  EXPECT_EQ(values.at("node_systemd_version{208,}"), 208);
  EXPECT_FALSE(values.contains("node_systemd_system_running{}"));
  EXPECT_FALSE(values.contains("node_systemd_timer_last_trigger_seconds{apt-daily.timer,}"));
  EXPECT_TRUE(values.contains("node_systemd_socket_current_connections{ssh.socket,}"));
}

TEST_F(SystemdCollectorTest, WhatAPropertyIsMissingIsLeftOut) {
  host_.properties.clear();
  host_.SetManager("Virtualization", "");
  host_.Set("ssh.socket", "Socket.NAccepted", "a dozen");
  const Values values = Collect();
  EXPECT_EQ(values.at("node_systemd_version{,}"), 0);
  EXPECT_EQ(values.at("node_systemd_virtualization_info{none,}"), 1);
  EXPECT_EQ(values.at("node_systemd_unit_state{nginx.service,active,,}"), 1);
  EXPECT_FALSE(values.contains("node_systemd_socket_accepted_connections_total{ssh.socket,}"));
}

TEST_F(SystemdCollectorTest, AsksForTypesSeldom) {
  Collect();
  const int first = host_.calls;
  host_.calls = 0;
  Collect();
  EXPECT_EQ(host_.calls, first - 2);  // the two services that have a type
  host_.Set("nginx.service", "Service.Type", "notify");
  int rounds = 2;
  while (!Collect().contains("node_systemd_unit_state{nginx.service,active,notify,}")) ++rounds;
  EXPECT_EQ(rounds, 60);
}

TEST_F(SystemdCollectorTest, KeepsItsConnectionUntilItFails) {
  Collect();
  Collect();
  EXPECT_EQ(connections_, 1);
  host_.failure = absl::UnavailableError("connection reset");
  EXPECT_THAT(collector_.Collect(&writer_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("reset")));
  host_.failure = absl::OkStatus();
  EXPECT_EQ(Collect().at("node_systemd_system_running{}"), 1);
  EXPECT_EQ(connections_, 2);
}

TEST(SystemdPatience, EndsBeforeThatOfItsSource) {
  EXPECT_LT(kSystemdPatience + kSystemdCallTimeout, Pace().patience);
}

TEST_F(SystemdCollectorTest, GivesUpOnASystemdThatTakesTooLong) {
  SystemdCollector collector(
      [this]() -> absl::StatusOr<std::unique_ptr<UnitBus>> {
        clock_.Advance(kSystemdPatience);
        return std::make_unique<FakeUnitBus>(&host_);
      },
      &settings_, &clock_);
  EXPECT_THAT(collector.Collect(&writer_),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("3s")));
  const auto tick = writer_.Finish();
  ASSERT_THAT(tick, IsOk());
  EXPECT_TRUE(tick->values.empty());
}

TEST_F(SystemdCollectorTest, AHostWithoutSystemdIsNotFound) {
  connecting_ = absl::NotFoundError("there is no systemd");
  EXPECT_THAT(collector_.Collect(&writer_), StatusIs(absl::StatusCode::kNotFound, testing::_));
}

}  // namespace
}  // namespace syspulse
