#include "services/collect/hardware/hwmon_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::StartsWith;

TEST(HwmonDeviceName, IsTheDeviceAndWhatItHangsOn) {
  EXPECT_EQ(HwmonDeviceName("/sys/devices/platform/coretemp.0"), "platform_coretemp_0");
  EXPECT_EQ(HwmonDeviceName("/sys/devices/pci0000:00/0000:00:1f.3"), "pci0000:00_0000:00:1f_3");
  EXPECT_EQ(HwmonDeviceName("/sys"), "sys");
  EXPECT_EQ(HwmonDeviceName("/--/x"), "x");
  EXPECT_EQ(HwmonDeviceName("/"), "");
}

TEST(HwmonChipLabels, AreTheDeviceThenTheDriverThenTheNumber) {
  EXPECT_THAT(HwmonChipLabels({{.entry = "hwmon0", .device = "platform_x", .name = "x"},
                               {.entry = "hwmon1", .name = "ACPI thermal"},
                               {.entry = "hwmon2", .name = ""}}),
              ElementsAre(Optional(std::string("platform_x")),
                          Optional(std::string("acpi_thermal")), Optional(std::string("hwmon2"))));
}

TEST(HwmonChipLabels, TellChipsOfOneDeviceApart) {
  EXPECT_THAT(HwmonChipLabels({{.entry = "hwmon0", .device = "d", .name = "fan"},
                               {.entry = "hwmon1", .device = "d", .name = "temp"},
                               {.entry = "hwmon2", .device = "d", .name = "temp"},
                               {.entry = "hwmon3", .device = "d", .name = ""}}),
              ElementsAre(Optional(std::string("d_fan")), Optional(std::string("d_hwmon1")),
                          Optional(std::string("d_hwmon2")), Optional(std::string("d_hwmon3"))));
}

TEST(HwmonChipLabels, AreNotGuessedWhileADriversNameCannotBeRead) {
  EXPECT_THAT(
      HwmonChipLabels({{.entry = "hwmon0", .name = std::nullopt},
                       {.entry = "hwmon1", .device = "alone", .name = std::nullopt},
                       {.entry = "hwmon2", .device = "d", .name = std::nullopt},
                       {.entry = "hwmon3", .device = "d", .name = "temp"}}),
      ElementsAre(std::nullopt, Optional(std::string("alone")), std::nullopt, std::nullopt));
}

class HwmonCollectorTest : public ::testing::Test {
 protected:
  std::map<std::string, double> Collect(NameFilter chips = {}, NameFilter sensors = {}) {
    HwmonCollector collector(&procfs_, std::move(chips), std::move(sensors));
    return CollectedValues(&collector);
  }

  FixtureTree tree_;
  const ProcFs procfs_{tree_.roots()};
};

TEST_F(HwmonCollectorTest, ReadsSensorsOfTheChipAndOfItsDevice) {
  const auto values = Collect();
  EXPECT_EQ(values.at("node_hwmon_fan_rpm{platform_nct6687_2592,fan1,}"), 1326);
  EXPECT_EQ(values.at("node_hwmon_fan_rpm{platform_nct6687_2592,fan2,}"), 880);
}

TEST_F(HwmonCollectorTest, ASensorThatCannotBeReadCostsOnlyItself) {
  const auto whole = Collect();
  const std::string sensor = "sys/class/hwmon/hwmon0/temp2_input";
  for (const char* text : {"", "45", "\n", "broken\n", "1e999\n", "nan\n", "inf\n"}) {
    tree_.Write(sensor, text);
    EXPECT_EQ(Collect().size() + 1, whole.size()) << text;
  }
  tree_.Remove(sensor);
  tree_.Write(sensor + "/is", "a directory\n");
  EXPECT_EQ(Collect().size() + 1, whole.size());
  EXPECT_FALSE(Collect().contains("node_hwmon_temp_celsius{platform_coretemp_0,temp2,}"));
}

TEST_F(HwmonCollectorTest, ADeadLinkIsAChipWithoutAnything) {
  const auto whole = Collect();
  tree_.Remove("sys/devices/platform/coretemp.0");
  for (const auto& [series, value] : Collect()) EXPECT_EQ(whole.at(series), value) << series;
}

TEST_F(HwmonCollectorTest, TakesTheChipsAndSensorsThatAreWanted) {
  const auto chips = Collect(NameFilter::Including("coretemp"));
  for (const auto& [series, value] : chips) EXPECT_THAT(series, testing::HasSubstr("coretemp"));
  EXPECT_EQ(chips.size(), 11U);
  const auto sensors = Collect(NameFilter::Including("coretemp"),
                               NameFilter::Excluding("^platform_coretemp_0;temp1$"));
  EXPECT_FALSE(sensors.contains("node_hwmon_temp_celsius{platform_coretemp_0,temp1,}"));
  EXPECT_TRUE(sensors.contains("node_hwmon_temp_celsius{platform_coretemp_0,temp10,}"));
}

TEST_F(HwmonCollectorTest, AFrequencyGoesByItsLabel) {
  EXPECT_EQ(Collect().at("node_hwmon_freq_freq_mhz{platform_nct6687_2592,gpu_sclk,}"), 1850);
  tree_.Remove("sys/class/hwmon/hwmon2/freq1_label");
  for (const auto& [series, value] : Collect()) {
    EXPECT_THAT(series, testing::Not(StartsWith("node_hwmon_freq"))) << value;
  }
}

TEST_F(HwmonCollectorTest, AHostWithoutSensorsHasNone) {
  tree_.Remove("sys/class/hwmon");
  HwmonCollector collector(&procfs_, {}, {});
  MetricWriter writer;
  EXPECT_THAT(collector.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, testing::HasSubstr("class/hwmon")));
}

}  // namespace
}  // namespace syspulse
