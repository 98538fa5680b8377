#include "services/collect/hardware/dmi_collector.h"

#include <array>
#include <cstddef>

#include "services/base/status_macros.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kInfo{
    "node_dmi_info",
    MetricType::kGauge,
    "",
    "A metric with a constant '1' value labeled by bios_date, bios_release, bios_vendor, "
    "bios_version, board_asset_tag, board_name, board_serial, board_vendor, board_version, "
    "chassis_asset_tag, chassis_serial, chassis_vendor, chassis_version, product_family, "
    "product_name, product_serial, product_sku, product_uuid, product_version, system_vendor if "
    "provided by DMI.",
    {"bios_date",      "bios_release",   "bios_vendor",     "bios_version",    "board_asset_tag",
     "board_name",     "board_serial",   "board_vendor",    "board_version",   "chassis_asset_tag",
     "chassis_serial", "chassis_vendor", "chassis_version", "product_family",  "product_name",
     "product_serial", "product_sku",    "product_uuid",    "product_version", "system_vendor"}};

// Returns the attribute that a label shows.
std::string_view AttributeOf(std::string_view label) {
  return label == "system_vendor" ? "sys_vendor" : label;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> DmiCollector::Read() const {
  const SysDirectory dmi(procfs_, "class/dmi/id");
  RETURN_IF_ERROR(dmi.List().status());
  std::vector<std::string> values;
  bool any = false;
  for (const std::string_view label : kInfo.label_names) {
    // Serial numbers are for root only: they stay empty.
    const absl::StatusOr<std::string> value = dmi.Text(AttributeOf(label));
    any = any || value.ok();
    values.push_back(value.value_or(""));
  }
  if (!any) return absl::NotFoundError("no attribute of class/dmi/id can be read");
  return values;
}

absl::Status DmiCollector::Collect(MetricWriter* writer) {
  if (values_.empty()) {
    ASSIGN_OR_RETURN(values_, Read());
  }
  const std::vector<std::string_view> labels(values_.begin(), values_.end());
  writer->AddSeries(kInfo, 1, labels);
  return absl::OkStatus();
}

}  // namespace syspulse
