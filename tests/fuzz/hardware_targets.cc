#include "services/collect/cpu_list.h"
#include "services/collect/hardware/cpufreq_collector.h"
#include "services/collect/hardware/hwmon_collector.h"
#include "services/collect/hardware/hwmon_sensor.h"
#include "services/collect/hardware/rapl_collector.h"
#include "services/collect/metric_name.h"
#include "services/collect/sys_attribute.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> HardwareTargets() {
  return {
      {"attribute", Run<ParseAttribute>, {" 42 \n"}},
      {"cpu_list", Run<ParseCpuList>, {"web-1/sys/devices/system/cpu/offline"}},
      {"hwmon_device", Run<HwmonDeviceName>, {"/sys/devices/platform/coretemp.0\n"}},
      {"metric_name", Run<SanitizeMetricName>, {"package-0 (die 1)\n"}},
      {"sensor_file",
       [](std::string_view input) {
         const auto file = ParseSensorFile(input);
         if (file) (void)DescribeSensor(file->type, file->element, false);
       },
       {"temp1_crit\n", "pwm1_auto_point1_pwm\n"}},
  };
}

}  // namespace syspulse
