#include "web-gateway/server/prometheus_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace syspulse {
namespace {

std::string Value(double value, bool plain = false) {
  std::string json;
  AppendPrometheusValue(value, plain, &json);
  return json;
}

std::string Time(std::int64_t time_ms, bool shortest = false) {
  std::string json;
  AppendPrometheusTime(time_ms, shortest, &json);
  return json;
}

TEST(PrometheusJson, ValuesAreAsGoWritesThem) {
  EXPECT_EQ(Value(0), R"("0")");
  EXPECT_EQ(Value(-0.0), R"("-0")");
  EXPECT_EQ(Value(0.1), R"("0.1")");
  EXPECT_EQ(Value(-1234.5), R"("-1234.5")");
  EXPECT_EQ(Value(1e20), R"("100000000000000000000")");
  EXPECT_EQ(Value(1e21), R"("1e+21")");
  EXPECT_EQ(Value(1e-6), R"("0.000001")");
  EXPECT_EQ(Value(1e-7), R"("1e-07")");
  EXPECT_EQ(Value(5e-324), R"("5e-324")");
  EXPECT_EQ(Value(std::nan("")), R"("NaN")");
  EXPECT_EQ(Value(std::numeric_limits<double>::infinity()), R"("+Inf")");
  EXPECT_EQ(Value(-std::numeric_limits<double>::infinity()), R"("-Inf")");
}

TEST(PrometheusJson, ScalarsHaveNoExponent) {
  EXPECT_EQ(Value(1e23, true), R"("100000000000000000000000")");
  EXPECT_EQ(Value(1.25e-7, true), R"("0.000000125")");
  EXPECT_EQ(Value(1e21 + 1e6, true), R"("1000000000000001000000")");
  EXPECT_EQ(Value(12.5, true), R"("12.5")");
  EXPECT_EQ(Value(-1.5e300, true), "\"-15" + std::string(299, '0') + '"');
  EXPECT_EQ(Value(-5e-324, true), "\"-0." + std::string(323, '0') + "5\"");
  const double least = 2.2250738585072014e-308;  // as long as a number can be
  EXPECT_EQ(Value(-least, true), "\"-0." + std::string(307, '0') + "22250738585072014\"");
}

// Returns the digits of a number, without the zeros around them, and where its point is.
std::pair<std::string, std::ptrdiff_t> DigitsOf(std::string_view text) {
  std::string digits;
  std::ptrdiff_t point = 0;
  if (const std::size_t e = text.find('e'); e != std::string_view::npos) {
    point = std::stoi(std::string(text.substr(e + 1)));
    text = text.substr(0, e);
  }
  const std::size_t dot = std::min(text.find('.'), text.size());
  for (const char c : text) {
    if (c != '.') digits.push_back(c);
  }
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size());
  point += static_cast<std::ptrdiff_t>(dot) - static_cast<std::ptrdiff_t>(first);
  return {digits.substr(first, digits.find_last_not_of('0') + 1 - first), point};
}

TEST(PrometheusJson, DigitsAreTheFewestThatReadBackAsTheSameNumber) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t bits = random();
    double value = std::abs(std::bit_cast<double>(bits));
    if (i % 4 == 1) value = static_cast<double>(bits % 1'000'000) / 1000;
    if (i % 4 == 2) value = static_cast<double>(bits % 100'000) / 60;
    if (i % 4 == 3)
      value = std::ldexp(1.0 + static_cast<double>(bits % 3), static_cast<int>(bits >> 55) - 256);
    if (!std::isfinite(value) || value == 0) continue;
    for (const bool plain : {false, true}) {
      const std::string json = Value(value, plain);
      const std::string_view text = std::string_view(json).substr(1, json.size() - 2);
      double read = 0;
      std::from_chars(text.data(), text.data() + text.size(), read);
      ASSERT_EQ(read, value) << json;
      std::array<char, 32> shortest;
      const char* const end = std::to_chars(shortest.data(), shortest.data() + shortest.size(),
                                            value, std::chars_format::scientific)
                                  .ptr;
      ASSERT_EQ(DigitsOf(text), DigitsOf({shortest.data(), end})) << json;
      EXPECT_TRUE(!plain || text.find('e') == std::string_view::npos) << json;
    }
  }
}

TEST(PrometheusJson, TimesAreSeconds) {
  EXPECT_EQ(Time(4000), "4");
  EXPECT_EQ(Time(4500), "4.500");
  EXPECT_EQ(Time(4500, true), "4.5");
  EXPECT_EQ(Time(-4007), "-4.007");
  EXPECT_EQ(Time(-50), "-0.050");
  EXPECT_EQ(Time(std::numeric_limits<std::int64_t>::min()), "-9223372036854775.808");
}

TEST(PrometheusJson, StringsAreAsGoEscapesThem) {
  std::string json;
  AppendPrometheusString("a\"\\\n\r\t\b<>&\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xff\x7f", &json);
  EXPECT_EQ(json,
            "\"a\\\"\\\\\\n\\r\\t\\u0008\\u003c\\u003e\\u0026\\u2028\\u2029\xe2\x80\xaa"
            "\xef\xbf\xbd\x7f\"");
}

TEST(PrometheusJson, LabelsAreSorted) {
  google::protobuf::Map<std::string, std::string> labels;
  std::string json;
  AppendPrometheusLabels(labels, &json);
  EXPECT_EQ(json, "{}");
  labels["job"] = "a";
  labels["__name__"] = "up";
  labels["cpu"] = "";
  json.clear();
  AppendPrometheusLabels(labels, &json);
  EXPECT_EQ(json, R"({"__name__":"up","cpu":"","job":"a"})");
}

TEST(PrometheusJson, ErrorsHaveTheirKind) {
  const HttpResponse answer = PrometheusErrorAnswer({422, "execution", "no \"x\""});
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body, R"({"status":"error","errorType":"execution","error":"no \"x\""})");
}

}  // namespace
}  // namespace syspulse
