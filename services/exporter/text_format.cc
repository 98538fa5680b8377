#include "services/exporter/text_format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace syspulse {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr double kExactIntegers = 1e15;  // those below are written without an exponent, and exact

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

}  // namespace

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

void AppendNumber(double number, std::string* out) {
  if (std::isnan(number)) {
    *out += "NaN";
    return;
  }
  if (std::isinf(number)) {
    *out += number > 0 ? "+Inf" : "-Inf";
    return;
  }
  std::array<char, 32> buffer;
  char* const begin = buffer.data();
  char* const end = begin + buffer.size();
  const bool whole = std::abs(number) < kExactIntegers && std::trunc(number) == number;
  // As an integer it is written in a tenth of the time. A minus before zero would be lost.
  const std::to_chars_result result =
      whole && !(number == 0 && std::signbit(number))
          ? std::to_chars(begin, end, static_cast<std::int64_t>(number))
          : std::to_chars(begin, end, number);
  out->append(begin, result.ptr);
}

void AppendName(const std::string& name, const ClientMetric& metric, std::string* out) {
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
}

void AppendHeader(const prometheus::MetricFamily& family, std::string* out) {
  *out += "# HELP ";
  *out += family.name;
  *out += ' ';
  AppendEscaped(family.help, /*quotes=*/false, out);
  *out += "\n# TYPE ";
  *out += family.name;
  *out += ' ';
  *out += NameOf(family.type);
  *out += '\n';
}

void AppendFamily(const prometheus::MetricFamily& family, std::string* out) {
  AppendHeader(family, out);
  for (const ClientMetric& metric : family.metric) {
    AppendName(family.name, metric, out);
    AppendNumber(ValueOf(metric, family.type), out);
    *out += '\n';
  }
}

}  // namespace syspulse
