#include "web-gateway/server/prometheus_json.h"

#include <dragonbox/dragonbox_to_chars.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

// Outside of these Go's encoders take an exponent.
constexpr double kLeastPlain = 1e-6;
constexpr double kMostPlain = 1e21;

// The shortest digits that read back as the same number, `d.ddde±ddd`, fit into one, and into the
// other with all zeros around them and a sign, between quotes.
using DigitsBuffer = std::array<char, 32>;
using NumberBuffer = std::array<char, 384>;

// Writes a number above zero without an exponent; returns its end. (std::to_chars takes three times
// as long, and prints large numbers exactly, 1e23 as 99999999999999991611392.)
char* WritePlain(double magnitude, char* out) {
  DigitsBuffer buffer;  // d.dddE-ddd
  const char* const end = jkj::dragonbox::to_chars_n(magnitude, buffer.data());
  const char* e = end - 2;
  while (*e != 'E') --e;
  int exponent = 0;
  std::from_chars(e + 1, end, exponent);
  buffer[1] = buffer[0];  // over the point, if there is one
  const char* const digits = &buffer[1];
  const std::ptrdiff_t size = std::max<std::ptrdiff_t>(e - digits, 1);
  const std::ptrdiff_t point = exponent + 1;
  if (point <= 0) {
    *out++ = '0';
    *out++ = '.';
    return std::copy_n(digits, size, std::fill_n(out, -point, '0'));
  }
  if (point >= size) return std::fill_n(std::copy_n(digits, size, out), point - size, '0');
  out = std::copy_n(digits, point, out);
  *out++ = '.';
  return std::copy_n(digits + point, size - point, out);
}

// Writes a number that is finite and not negative; returns its end.
char* WriteMagnitude(double magnitude, bool plain, char* out) {
  // Whole numbers are what most metrics are, and need no search for their shortest digits.
  constexpr double kMostWhole = 9007199254740992;  // 2^53
  if (magnitude <= kMostWhole) {
    const auto whole = static_cast<std::uint64_t>(magnitude);
    if (static_cast<double>(whole) == magnitude) {
      return std::to_chars(out, out + DigitsBuffer().size(), whole).ptr;
    }
  }
  if (plain || (magnitude >= kLeastPlain && magnitude < kMostPlain)) {
    return WritePlain(magnitude, out);
  }
  return std::to_chars(out, out + DigitsBuffer().size(), magnitude, std::chars_format::scientific)
      .ptr;
}

// Writes a value in quotes; returns its end.
char* WriteValue(double value, bool plain, char* out) {
  *out++ = '"';
  if (std::isnan(value)) {
    out = std::ranges::copy(std::string_view("NaN"), out).out;
  } else if (std::isinf(value)) {
    out = std::ranges::copy(std::string_view(value > 0 ? "+Inf" : "-Inf"), out).out;
  } else {
    if (std::signbit(value)) *out++ = '-';
    out = WriteMagnitude(std::abs(value), plain, out);
  }
  *out++ = '"';
  return out;
}

std::string_view ShortEscape(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return "";
  }
}

}  // namespace

void AppendPrometheusString(std::string_view text, std::string* json) {
  const std::string valid = ToUtf8(text);
  json->push_back('"');
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    if (const std::string_view escape = ShortEscape(c); !escape.empty()) {
      json->append(escape);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
      json->append(absl::StrFormat("\\u%04x", static_cast<int>(c)));
    } else if (valid.compare(i, 2, "\xe2\x80") == 0 && i + 2 < valid.size() &&
               (valid[i + 2] == '\xa8' || valid[i + 2] == '\xa9')) {
      json->append(valid[i + 2] == '\xa8' ? "\\u2028" : "\\u2029");  // new lines to JavaScript
      i += 2;
    } else {
      json->push_back(c);
    }
  }
  json->push_back('"');
}

void AppendPrometheusLabels(const google::protobuf::Map<std::string, std::string>& labels,
                            std::string* json) {
  std::vector<std::pair<std::string_view, std::string_view>> sorted(labels.begin(), labels.end());
  std::ranges::sort(sorted);
  json->push_back('{');
  for (const auto& [name, value] : sorted) {
    if (json->back() != '{') json->push_back(',');
    AppendPrometheusString(name, json);
    json->push_back(':');
    AppendPrometheusString(value, json);
  }
  json->push_back('}');
}

void AppendPrometheusTime(std::int64_t time_ms, bool shortest, std::string* json) {
  if (time_ms < 0) json->push_back('-');
  const std::uint64_t magnitude =
      time_ms < 0 ? 0 - static_cast<std::uint64_t>(time_ms) : static_cast<std::uint64_t>(time_ms);
  DigitsBuffer buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude / 1000);
  json->append(buffer.data(), end);
  if (magnitude % 1000 == 0) return;
  json->append(absl::StrFormat(".%03d", magnitude % 1000));
  if (shortest) json->erase(json->find_last_not_of('0') + 1);
}

char* WritePrometheusValue(double value, char* out) { return WriteValue(value, false, out); }

void AppendPrometheusValue(double value, bool plain, std::string* json) {
  NumberBuffer buffer;
  json->append(buffer.data(), WriteValue(value, plain, buffer.data()));
}

HttpResponse PrometheusErrorAnswer(const PrometheusError& error) {
  HttpResponse response{.status = error.status, .headers = {{"content-type", "application/json"}}};
  response.body = "{\"status\":\"error\",\"errorType\":";
  AppendPrometheusString(error.type, &response.body);
  response.body += ",\"error\":";
  AppendPrometheusString(error.text, &response.body);
  response.body += "}";
  return response;
}

}  // namespace syspulse
