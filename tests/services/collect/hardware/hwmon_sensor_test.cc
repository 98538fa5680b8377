#include "services/collect/hardware/hwmon_sensor.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace syspulse {
namespace {

SensorFile File(std::string_view type, std::int64_t number, std::string_view element) {
  return {.type = type, .number = number, .element = element};
}

TEST(ParseSensorFile, TakesTypeNumberAndElementApart) {
  EXPECT_EQ(ParseSensorFile("temp12_crit_alarm"), File("temp", 12, "crit_alarm"));
  EXPECT_EQ(ParseSensorFile("pwm1"), File("pwm", 1, ""));
  EXPECT_EQ(ParseSensorFile("pwm1_auto_point3_temp"), File("pwm", 1, "auto_point3_temp"));
  EXPECT_EQ(ParseSensorFile("in007_input"), File("in", 7, "input"));
  EXPECT_EQ(ParseSensorFile("update_interval"), File("update_interval", 0, ""));
}

TEST(ParseSensorFile, TakesDigitsThatNumberNoSensorForAnElement) {
  EXPECT_EQ(ParseSensorFile("fan_boost1x"), File("fan", 0, "boost1x"));
  EXPECT_EQ(ParseSensorFile("fan_1st"), File("fan", 0, "1st"));
}

TEST(ParseSensorFile, RefusesWhatIsNoSensor) {
  for (const char* file :
       {"", "_", "1", "name", "uevent", "temp1_", "temp1x", "boost_1x", "hwmon3", "temperature1",
        "power_state", "temp99999999999999999999_input", "-temp1_input"}) {
    EXPECT_EQ(ParseSensorFile(file), std::nullopt) << file;
  }
}

TEST(CleanHwmonName, LeavesWhatMayStandInAMetricsName) {
  EXPECT_EQ(CleanHwmonName("GPU sclk\n"), "gpu_sclk");
  EXPECT_EQ(CleanHwmonName("0000:03:00.0"), "0000:03:00_0");
  EXPECT_EQ(CleanHwmonName("--x--"), "x");
  EXPECT_EQ(CleanHwmonName("T\xC3\xBCr 1"), "t_r_1");  // one underscore for one character
  EXPECT_EQ(CleanHwmonName("\xFF"), "");
  EXPECT_EQ(CleanHwmonName(""), "");
}

struct Expected {
  std::string_view type;
  std::string_view element;
  std::string_view name;
  std::string_view help;
  double of_2_million;
};

TEST(DescribeSensor, NamesAndScalesAsNodeExporterDoes) {
  const Expected all[] = {
      {"in", "input", "node_hwmon_in_volts", "Hardware monitor for voltage (input)", 2000},
      {"cpu", "vid", "node_hwmon_cpu_vid_volts", "Hardware monitor for voltage (vid)", 2000},
      {"temp", "", "node_hwmon_temp_celsius", "Hardware monitor for temperature (input)", 2000},
      {"temp", "Max Hyst", "node_hwmon_temp_max_hyst_celsius",
       "Hardware monitor for temperature (Max Hyst)", 2000},
      {"temp", "type", "node_hwmon_temp_type", "Hardware monitor temp element type", 2e6},
      {"temp", "fault", "node_hwmon_temp_fault", "Hardware sensor fault status (temp)", 2e6},
      {"temp", "crit_alarm", "node_hwmon_temp_crit_alarm_celsius",
       "Hardware monitor for temperature (crit_alarm)", 2000},
      {"fan", "beep", "node_hwmon_fan_beep_enabled", "Hardware monitor sensor has beeping enabled",
       2e6},
      {"fan", "target", "node_hwmon_fan_target_rpm",
       "Hardware monitor for fan revolutions per minute (target)", 2e6},
      {"fan", "div", "node_hwmon_fan_div", "Hardware monitor fan element div", 2e6},
      {"curr", "crit", "node_hwmon_curr_crit_amps", "Hardware monitor for current (crit)", 2000},
      {"power", "cap", "node_hwmon_power_cap_watt",
       "Hardware monitor for power usage in watts (cap)", 2},
      {"power", "average_interval_max", "node_hwmon_power_average_interval_max_seconds",
       "Hardware monitor power usage update interval (average_interval_max)", 2000},
      {"energy", "input", "node_hwmon_energy_joule_total",
       "Hardware monitor for joules used so far (input)", 2},
      {"freq", "min", "node_hwmon_freq_min", "Hardware monitor freq element min", 2e6},
  };
  for (const Expected& expected : all) {
    const SensorMetric metric = DescribeSensor(expected.type, expected.element, false);
    EXPECT_EQ(metric.text.name, expected.name);
    EXPECT_EQ(metric.text.help, expected.help);
    EXPECT_EQ(2e6 * metric.multiplier / metric.divisor, expected.of_2_million) << expected.name;
    EXPECT_EQ(metric.text.type == MetricType::kCounter, expected.type == "energy") << expected.name;
  }
}

TEST(DescribeSensor, TheInputStepsAsideForAPlainValue) {
  EXPECT_EQ(DescribeSensor("pwm", "input", true).text.name, "node_hwmon_pwm_input");
  EXPECT_EQ(DescribeSensor("pwm", "", true).text.name, "node_hwmon_pwm");
  EXPECT_EQ(DescribeSensor("pwm", "input", false).text.name, "node_hwmon_pwm");
}

}  // namespace
}  // namespace syspulse
