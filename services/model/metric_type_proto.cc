#include "services/model/metric_type_proto.h"

#include <utility>

namespace syspulse {
namespace {

constexpr std::pair<std::string_view, v1::MetricType> kTypes[] = {
    {"counter", v1::METRIC_TYPE_COUNTER},     {"gauge", v1::METRIC_TYPE_GAUGE},
    {"histogram", v1::METRIC_TYPE_HISTOGRAM}, {"gaugehistogram", v1::METRIC_TYPE_GAUGE_HISTOGRAM},
    {"summary", v1::METRIC_TYPE_SUMMARY},     {"info", v1::METRIC_TYPE_INFO},
    {"stateset", v1::METRIC_TYPE_STATE_SET}};

}  // namespace

std::string_view MetricTypeName(v1::MetricType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  return "unknown";
}

v1::MetricType MetricTypeNamed(std::string_view name) {
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return v1::METRIC_TYPE_UNTYPED;
}

bool IsPartOfFamily(v1::MetricType type, std::string_view suffix) {
  switch (type) {
    case v1::METRIC_TYPE_HISTOGRAM:
      return suffix == "_bucket" || suffix == "_count" || suffix == "_sum";
    case v1::METRIC_TYPE_GAUGE_HISTOGRAM:
      return suffix == "_bucket" || suffix == "_gcount" || suffix == "_gsum";
    case v1::METRIC_TYPE_SUMMARY:
      return suffix == "_count" || suffix == "_sum";
    case v1::METRIC_TYPE_INFO:
      return suffix == "_info";
    default:
      return false;
  }
}

}  // namespace syspulse
