// Prometheus' text exposition format, version 0.0.4.
//
// prometheus-cpp has a serialiser of its own, which writes help texts as they are: one with a line
// break, sent by any agent, would forge lines or make Prometheus refuse the whole page.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#ifndef SERVICES_EXPORTER_TEXT_FORMAT_H_
#define SERVICES_EXPORTER_TEXT_FORMAT_H_

#include <string>

#include "prometheus/metric_family.h"

namespace syspulse {

inline constexpr const char* kTextFormatType = "text/plain; version=0.0.4; charset=utf-8";

// Appends HELP, TYPE and the series of a family of counters, gauges or untyped metrics. Numbers are
// the shortest that read back as the same.
void AppendFamily(const prometheus::MetricFamily& family, std::string* out);

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_TEXT_FORMAT_H_
