// Collectors of hardware that read a handful of attributes of each device: what happens to a device
// where one of them is absent, broken or strange.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "services/collect/hardware/dmi_collector.h"
#include "services/collect/hardware/edac_collector.h"
#include "services/collect/hardware/nvme_collector.h"
#include "services/collect/hardware/nvme_subsystem_collector.h"
#include "services/collect/hardware/power_supply_collector.h"
#include "services/collect/hardware/rapl_collector.h"
#include "services/collect/hardware/thermal_zone_collector.h"
#include "services/collect/hardware/watchdog_collector.h"
#include "services/collect/metric_name.h"
#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HardwareTest : public ::testing::Test {
 protected:
  // Makes a file answer every read with an error, as a sensor does that is broken.
  void Break(const std::string& file) {
    tree_.Remove(file);
    tree_.Write(file + "/is", "a directory\n");
  }

  template <typename Type, typename... Arguments>
  std::map<std::string, double> Collect(const Arguments&... arguments) {
    Type collector(&procfs_, arguments...);
    return CollectedValues(&collector);
  }

  template <typename Type, typename... Arguments>
  absl::Status StatusOfCollecting(const Arguments&... arguments) {
    Type collector(&procfs_, arguments...);
    MetricWriter writer;
    return collector.Collect(&writer);
  }

  FixtureTree tree_;
  const ProcFs procfs_{tree_.roots()};
};

TEST_F(HardwareTest, AThermalZoneThatSleepsIsLeftOut) {
  const auto whole = Collect<ThermalZoneCollector>();
  EXPECT_EQ(whole.at("node_thermal_zone_temp{12,iwlwifi_1,}"), -8);
  Break("sys/class/thermal/thermal_zone12/temp");
  const auto values = Collect<ThermalZoneCollector>();
  EXPECT_FALSE(values.contains("node_thermal_zone_temp{12,iwlwifi_1,}"));
  EXPECT_EQ(values.size() + 1, whole.size());
}

TEST_F(HardwareTest, ACoolingDeviceKeepsTheStateThatCanBeRead) {
  Break("sys/class/thermal/cooling_device0/cur_state");
  const auto values = Collect<ThermalZoneCollector>();
  EXPECT_FALSE(values.contains("node_cooling_device_cur_state{0,Processor,}"));
  EXPECT_EQ(values.at("node_cooling_device_max_state{0,Processor,}"), 10);
}

TEST_F(HardwareTest, NeitherZonesNorMemoryControllersAreNoFailure) {
  tree_.Remove("sys/class/thermal");
  tree_.Remove("sys/devices/system/edac");
  EXPECT_THAT(Collect<ThermalZoneCollector>(), IsEmpty());
  EXPECT_THAT(Collect<EdacCollector>(), IsEmpty());
}

TEST_F(HardwareTest, AWatchdogWithoutAttributesIsStillNamed) {
  const auto values = Collect<WatchdogCollector>();
  EXPECT_EQ(values.at("node_watchdog_info{watchdog1,,,,,,}"), 1);
  EXPECT_FALSE(values.contains("node_watchdog_timeout_seconds{watchdog1,}"));
}

TEST_F(HardwareTest, AMachineWithoutFirmwareTablesIsNotFound) {
  tree_.Remove("sys/class/dmi");
  EXPECT_THAT(StatusOfCollecting<DmiCollector>(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("class/dmi/id")));
  tree_.Write("sys/class/dmi/id/uevent", "MODALIAS=dmi:\n");
  EXPECT_THAT(StatusOfCollecting<DmiCollector>(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no attribute")));
}

TEST_F(HardwareTest, FirmwareIsReadOnceItIsThereAndThenRemembered) {
  DmiCollector collector(&procfs_);
  const auto values = CollectedValues(&collector);
  tree_.Remove("sys/class/dmi");
  EXPECT_EQ(CollectedValues(&collector), values);
}

TEST_F(HardwareTest, ADimmWhoseLabelCannotBeReadIsNotCountedUnderAnother) {
  EXPECT_EQ(
      Collect<EdacCollector>().at("node_edac_channel_correctable_errors_total{0,0,1,unknown,}"), 1);
  Break("sys/devices/system/edac/mc/mc0/csrow0/ch0_dimm_label");
  for (const auto& [series, value] : Collect<EdacCollector>()) {
    EXPECT_THAT(series, testing::Not(HasSubstr("channel_correctable_errors_total{0,0,0,")))
        << value;
  }
}

TEST(EdacChannel, IsTheNumberInTheName) {
  EXPECT_EQ(EdacChannel("ch12_ce_count"), "12");
  for (const char* file :
       {"ce_count", "ch_ce_count", "ch1_ue_count", "chx_ce_count", "ch1x_ce_count"}) {
    EXPECT_EQ(EdacChannel(file), std::nullopt) << file;
  }
}

TEST(NvmeNamespaceId, IsTheNumberBehindTheController) {
  EXPECT_EQ(NvmeNamespaceId("nvme0n1"), "1");
  EXPECT_EQ(NvmeNamespaceId("nvme10n1234567"), "1234567");
  for (const char* entry :
       {"nvme0", "nvme0c0n1", "ng0n1", "nvme0n", "nvmen1", "nvme0n1p2", "hwmon0"}) {
    EXPECT_EQ(NvmeNamespaceId(entry), std::nullopt) << entry;
  }
}

TEST_F(HardwareTest, ANamespaceKeepsWhatCanBeRead) {
  Break("sys/class/nvme/nvme0/nvme0n1/nuse");
  Break("sys/class/nvme/nvme1/nvme1n12/queue/logical_block_size");
  const auto values = Collect<NvmeCollector>();
  EXPECT_FALSE(values.contains("node_nvme_namespace_used_bytes{nvme0,1,}"));
  EXPECT_EQ(values.at("node_nvme_namespace_size_bytes{nvme0,1,}"), 3907029168.0 * 512);
  EXPECT_EQ(values.at("node_nvme_namespace_info{nvme1,12,non-optimized,}"), 1);
  EXPECT_FALSE(values.contains("node_nvme_namespace_size_bytes{nvme1,12,}"));
}

TEST(NvmeControllerState, IsOneOfThoseThatMetricsName) {
  EXPECT_EQ(NvmeControllerState("live"), "live");
  EXPECT_EQ(NvmeControllerState("deleting (no IO)"), "deleting");
  EXPECT_EQ(NvmeControllerState("dreaming"), "unknown");
}

TEST_F(HardwareTest, CountsThePathsOfASubsystem) {
  const auto values = Collect<NvmeSubsystemCollector>();
  EXPECT_EQ(values.at("node_nvmesubsystem_info{nvme-subsys0,nqn.2014-08.org.example:array-7,Array "
                      "7,SN0007,queue-depth,}"),
            1);
  EXPECT_EQ(values.at("node_nvmesubsystem_namespace_info{nvme-subsys0,nvme0n1,}"), 1);
  EXPECT_EQ(values.at("node_nvmesubsystem_path_state{nvme-subsys0,nvme3,tcp,connecting,}"), 1);
  EXPECT_EQ(values.at("node_nvmesubsystem_path_state{nvme-subsys0,nvme3,tcp,live,}"), 0);
  EXPECT_EQ(values.at("node_nvmesubsystem_paths{nvme-subsys0,}"), 2);
  EXPECT_EQ(values.at("node_nvmesubsystem_paths_live{nvme-subsys0,}"), 1);
}

TEST_F(HardwareTest, LivePathsAreNotCountedWhileTheStateOfOneIsNotKnown) {
  Break("sys/class/nvme-subsystem/nvme-subsys0/nvme3/state");
  const auto values = Collect<NvmeSubsystemCollector>();
  EXPECT_EQ(values.at("node_nvmesubsystem_paths{nvme-subsys0,}"), 2);
  EXPECT_FALSE(values.contains("node_nvmesubsystem_paths_live{nvme-subsys0,}"));
}

TEST_F(HardwareTest, ASupplyKeepsWhatCanBeRead) {
  const auto whole = Collect<PowerSupplyCollector>(NameFilter());
  EXPECT_EQ(whole.at("node_power_supply_temp_celsius{BAT0,}"), 29.8);
  EXPECT_EQ(whole.at("node_power_supply_current_ampere{BAT0,}"), -1.25);
  Break("sys/class/power_supply/BAT0/voltage_now");
  tree_.Write("sys/class/power_supply/BAT0/capacity", "7");
  EXPECT_EQ(Collect<PowerSupplyCollector>(NameFilter()).size() + 2, whole.size());
}

TEST_F(HardwareTest, SuppliesCanBeLeftOut) {
  for (const auto& [series, value] : Collect<PowerSupplyCollector>(NameFilter::Excluding("^BAT"))) {
    EXPECT_THAT(series, testing::Not(HasSubstr("BAT0"))) << value;
  }
}

TEST(RaplZoneNames, NumberZonesThatHaveNoNumber) {
  RaplZoneNames names;
  EXPECT_EQ(names.Next("package-1"), (RaplZoneName{"package", 1}));
  EXPECT_EQ(names.Next("dram"), (RaplZoneName{"dram", 0}));
  EXPECT_EQ(names.Next("dram"), (RaplZoneName{"dram", 1}));
  EXPECT_EQ(names.Next("package"), (RaplZoneName{"package", 2}));
  EXPECT_EQ(names.Next("package-0-die-1"), (RaplZoneName{"package-0-die-1", 0}));
  EXPECT_EQ(names.Next("psys-x"), (RaplZoneName{"psys-x", 0}));
  EXPECT_EQ(names.Next("package-2147483647"), (RaplZoneName{"package-2147483647", 0}));
}

TEST(SanitizeMetricName, JoinsWhatMayNotStandInAName) {
  EXPECT_EQ(SanitizeMetricName("package-0-die-1"), "package_0_die_1");
  EXPECT_EQ(SanitizeMetricName("psys (mem):_io"), "psys_mem_io");
  EXPECT_EQ(SanitizeMetricName("__a__b__"), "__a__b__");
  EXPECT_EQ(SanitizeMetricName(""), "");
}

TEST_F(HardwareTest, EnergyCanShareOneMetric) {
  const auto values = Collect<RaplCollector>(true);
  EXPECT_EQ(values.at("node_rapl_joules_total{1,/sys/class/powercap/intel-rapl:1:0,dram,}"),
            8.000002);
  EXPECT_EQ(values.size(), 6U);
}

TEST_F(HardwareTest, AZoneWithoutANameFailsThoseBehindItRatherThanMiscountThem) {
  Break("sys/class/powercap/intel-rapl:0:1/name");
  EXPECT_THAT(StatusOfCollecting<RaplCollector>(false),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("intel-rapl:0:1/name")));
}

TEST_F(HardwareTest, ClassesThatAreAbsentAreNotFound) {
  tree_.Remove("sys/class");
  EXPECT_TRUE(absl::IsNotFound(StatusOfCollecting<NvmeCollector>()));
  EXPECT_TRUE(absl::IsNotFound(StatusOfCollecting<NvmeSubsystemCollector>()));
  EXPECT_TRUE(absl::IsNotFound(StatusOfCollecting<PowerSupplyCollector>(NameFilter())));
  EXPECT_TRUE(absl::IsNotFound(StatusOfCollecting<RaplCollector>(false)));
  EXPECT_TRUE(absl::IsNotFound(StatusOfCollecting<WatchdogCollector>()));
}

}  // namespace
}  // namespace syspulse
