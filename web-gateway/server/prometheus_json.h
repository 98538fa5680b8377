// JSON to the byte as Prometheus writes it: labels, moments, values, errors.
#ifndef WEB_GATEWAY_SERVER_PROMETHEUS_JSON_H_
#define WEB_GATEWAY_SERVER_PROMETHEUS_JSON_H_

#include <google/protobuf/map.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "web-gateway/server/http_message.h"

namespace syspulse {

// Append to `*json`.

// A string, in quotes, with the escapes of Go's encoding/json.
void AppendPrometheusString(std::string_view text, std::string* json);

// An object of labels, sorted by name.
void AppendPrometheusLabels(const google::protobuf::Map<std::string, std::string>& labels,
                            std::string* json);

// A moment in seconds: 4, 4.500. `shortest` leaves zeros out at the end, as scalars have it.
void AppendPrometheusTime(std::int64_t time_ms, bool shortest, std::string* json);

// A value, in quotes: "0.25", "1e+21", "+Inf", "NaN". `plain` writes all digits instead of an
// exponent, as scalars have it.
void AppendPrometheusValue(double value, bool plain, std::string* json);

// Writes a value, not plain, to where there is room for so many bytes; returns its end. For whoever
// writes many.
inline constexpr std::size_t kMostValueBytes = 32;
char* WritePrometheusValue(double value, char* out);

// What went wrong with a call.
struct PrometheusError {
  // Of HTTP.
  int status = 400;
  // `bad_data`, `execution`, `timeout`, …
  std::string_view type = "bad_data";
  std::string text;
};

// Returns the answer that tells of `error`.
HttpResponse PrometheusErrorAnswer(const PrometheusError& error);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_PROMETHEUS_JSON_H_
