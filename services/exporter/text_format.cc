#include "services/exporter/text_format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace syspulse {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

std::string_view NameOf(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    default:
      return "untyped";
  }
}

double ValueOf(const ClientMetric& metric, MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return metric.counter.value;
    case MetricType::Gauge:
      return metric.gauge.value;
    default:
      return metric.untyped.value;
  }
}

// Backslashes and line breaks are escaped everywhere, quotes in label values only.
void AppendEscaped(std::string_view text, bool quotes, std::string* out) {
  for (const char c : text) {
    if (c == '\n') {
      *out += "\\n";
    } else {
      if (c == '\\' || (quotes && c == '"')) *out += '\\';
      *out += c;
    }
  }
}

void AppendNumber(double number, std::string* out) {
  if (std::isnan(number)) {
    *out += "NaN";
  } else if (std::isinf(number)) {
    *out += number > 0 ? "+Inf" : "-Inf";
  } else {
    std::array<char, 32> buffer;
    *out += std::string_view(
        buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
  }
}

void AppendSeries(const std::string& name, const ClientMetric& metric, MetricType type,
                  std::string* out) {
  *out += name;
  char separator = '{';
  for (const ClientMetric::Label& label : metric.label) {
    *out += separator;
    *out += label.name;
    *out += "=\"";
    AppendEscaped(label.value, /*quotes=*/true, out);
    *out += '"';
    separator = ',';
  }
  if (!metric.label.empty()) *out += '}';
  *out += ' ';
  AppendNumber(ValueOf(metric, type), out);
  *out += '\n';
}

}  // namespace

void AppendFamily(const prometheus::MetricFamily& family, std::string* out) {
  *out += "# HELP ";
  *out += family.name;
  *out += ' ';
  AppendEscaped(family.help, /*quotes=*/false, out);
  *out += "\n# TYPE ";
  *out += family.name;
  *out += ' ';
  *out += NameOf(family.type);
  *out += '\n';
  for (const ClientMetric& metric : family.metric) {
    AppendSeries(family.name, metric, family.type, out);
  }
}

}  // namespace syspulse
