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

// The parts of it: HELP and TYPE; the name of a series with its labels and the blank behind them; a
// number.
void AppendHeader(const prometheus::MetricFamily& family, std::string* out);
void AppendName(const std::string& name, const prometheus::ClientMetric& metric, std::string* out);
void AppendNumber(double number, std::string* out);

// Returns the value of a metric in a family of that type.
double ValueOf(const prometheus::ClientMetric& metric, prometheus::MetricType type);

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_TEXT_FORMAT_H_
