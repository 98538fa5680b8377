// The real D-Bus client against a systemd of the test's making: over a socket of its own as root's
// tools use it, and over a message bus.
#include "services/collect/workload/sd_unit_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "services/collect/collector_settings.h"
#include "services/collect/workload/systemd_collector.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/services/collect/values.h"
#include "tests/services/collect/workload/fake_systemd.h"
#include "tests/services/collect/workload/fake_unit_bus.h"
#include "tests/testing/child_process.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

class SystemdBusTest : public ::testing::Test {
 protected:
  SystemdBusTest() {
    std::filesystem::create_directories(tree_.Path("rootfs/run/systemd"));
    std::filesystem::create_directories(tree_.Path("rootfs/run/dbus"));
    settings_.systemd_task_metrics = true;
  }

  std::string PrivateSocket() const { return tree_.Path("rootfs/run/systemd/private"); }
  std::string BusSocket() const { return tree_.Path("rootfs/run/dbus/system_bus_socket"); }

  // Writes how the message bus is set up: anybody may do anything.
  std::string BusConfig() const {
    constexpr std::string_view kConfig =
        R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
)";
    std::string config(kConfig);
    config.replace(config.find("SOCKET"), 6, BusSocket());
    tree_.Write("bus.conf", config);
    return tree_.Path("bus.conf");
  }

  std::map<std::string, double> Collect() {
    EXPECT_THAT(collector_.Collect(&writer_), IsOk());
    const auto tick = writer_.Finish();
    EXPECT_THAT(tick, IsOk());
    std::map<std::string, double> values;
    if (tick.ok()) AddValues(*tick->schema, tick->values, &values);
    return values;
  }
  // What the collector says to these units without any bus.
  std::map<std::string, double> Expected() {
    FakeUnits host = SmallHost();
    SystemdCollector collector(
        [&]() -> absl::StatusOr<std::unique_ptr<UnitBus>> {
          return std::make_unique<FakeUnitBus>(&host);
        },
        &settings_, &clock_);
    MetricWriter writer;
    EXPECT_THAT(collector.Collect(&writer), IsOk());
    const auto tick = writer.Finish();
    std::map<std::string, double> values;
    AddValues(*tick->schema, tick->values, &values);
    return values;
  }

  FixtureTree tree_;
  const ProcFs procfs_{tree_.roots()};
  const SystemClock clock_{};
  CollectorSettings settings_;
  SystemdCollector collector_{ConnectToSystemd(&procfs_, &clock_, absl::Milliseconds(500)),
                              &settings_, &clock_};
  MetricWriter writer_;
};

TEST_F(SystemdBusTest, AsksSystemdAtItsOwnSocket) {
  FakeSystemd systemd(SmallHost(), Manners::kAnswers);
  systemd.ListenAt(PrivateSocket());
  EXPECT_EQ(Collect(), Expected());
  EXPECT_EQ(Collect().at("node_systemd_unit_tasks_current{nginx.service,}"), 5);
}

TEST_F(SystemdBusTest, AsksSystemdOverTheSystemBus) {
  ASSERT_EQ(access("/usr/bin/dbus-daemon", X_OK), 0) << "tests/run installs dbus-daemon";
  ChildProcess daemon(
      {"/usr/bin/dbus-daemon", "--nofork", "--print-address=2", "--config-file=" + BusConfig()});
  ASSERT_TRUE(daemon.WaitForLine("unix:path="));
  {
    FakeSystemd systemd(SmallHost(), Manners::kAnswers);
    systemd.JoinBus(UnixBusAddress(BusSocket()));
    EXPECT_EQ(Collect(), Expected());
  }
  // A bus without systemd on it.
  EXPECT_THAT(collector_.Collect(&writer_), StatusIs(absl::StatusCode::kUnavailable, testing::_));
}

TEST_F(SystemdBusTest, ReadsAThousandUnits) {
  FakeUnits host = SmallHost();
  for (int i = 0; i < 1000; ++i) host.Add(absl::StrFormat("worker@%d.service", i), "active");
  FakeSystemd systemd(host, Manners::kAnswers);
  systemd.ListenAt(PrivateSocket());
  EXPECT_EQ(Collect().at("node_systemd_units{active,}"), 1005);
}

TEST_F(SystemdBusTest, GivesUpOnASystemdThatDoesNotAnswer) {
  FakeSystemd systemd(SmallHost(), Manners::kIgnoresCalls);
  systemd.ListenAt(PrivateSocket());
  const absl::Duration start = clock_.Monotonic();
  EXPECT_THAT(collector_.Collect(&writer_),
              StatusIs(absl::StatusCode::kDeadlineExceeded, testing::_));
  EXPECT_LT(clock_.Monotonic() - start, absl::Seconds(5));
}

TEST_F(SystemdBusTest, GivesUpOnASocketWhereNobodyIntroducesHimself) {
  FakeSystemd systemd(SmallHost(), Manners::kIgnoresConnections);
  systemd.ListenAt(PrivateSocket());
  const absl::Duration start = clock_.Monotonic();
  EXPECT_THAT(collector_.Collect(&writer_),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("connect to unix:path=")));
  EXPECT_LT(clock_.Monotonic() - start, absl::Seconds(5));
}

TEST_F(SystemdBusTest, ConnectsAnewAfterSystemdHungUp) {
  {
    FakeSystemd systemd(SmallHost(), Manners::kHangsUp);
    systemd.ListenAt(PrivateSocket());
    EXPECT_FALSE(collector_.Collect(&writer_).ok());
  }
  std::filesystem::remove(PrivateSocket());
  FakeSystemd systemd(SmallHost(), Manners::kAnswers);
  systemd.ListenAt(PrivateSocket());
  EXPECT_EQ(Collect(), Expected());
}

TEST_F(SystemdBusTest, AHostWithoutSystemdIsNotFound) {
  EXPECT_THAT(collector_.Collect(&writer_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no systemd")));
  tree_.Write("rootfs/run/systemd/private", "a file");
  EXPECT_THAT(collector_.Collect(&writer_), StatusIs(absl::StatusCode::kNotFound, testing::_));
}

TEST(UnixBusAddress, EscapesWhatAnAddressCannotHold) {
  EXPECT_EQ(UnixBusAddress("/run/dbus/system_bus_socket"), "unix:path=/run/dbus/system_bus_socket");
  EXPECT_EQ(UnixBusAddress("/a b;c,d=\xff"), "unix:path=/a%20b%3bc%2cd%3d%ff");
}

}  // namespace
}  // namespace syspulse
