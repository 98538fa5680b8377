#include "web-gateway/server/prometheus_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

double SecondsOf(std::string_view text) {
  const auto time = ParsePrometheusTime(text);
  EXPECT_THAT(time, IsOk()) << text;
  return time.ok() ? absl::ToDoubleSeconds(*time - absl::UnixEpoch()) : -1;
}

TEST(PrometheusParameters, FormGoesBeforeAddress) {
  const PrometheusParameters parameters("query=2&match[]=b&time=5", "query=1%2B1&match[]=a+b");
  EXPECT_EQ(parameters.Get("query"), "1+1");
  EXPECT_EQ(parameters.Get("time"), "5");
  EXPECT_EQ(parameters.Get("step"), "");
  EXPECT_THAT(parameters.GetAll("match[]"), ElementsAre("a b", "b"));
  EXPECT_EQ(parameters.mistake(), "");
}

TEST(PrometheusParameters, WhatIsNotEncodedIsLeftOut) {
  const PrometheusParameters escape("a=%zz&b=1", "");
  EXPECT_EQ(escape.Get("a"), "");
  EXPECT_EQ(escape.Get("b"), "1");
  EXPECT_EQ(escape.mistake(), "invalid URL escape \"%zz\"");
  EXPECT_EQ(PrometheusParameters("a=%41%4&b=%", "").mistake(), "invalid URL escape \"%4\"");
  EXPECT_EQ(PrometheusParameters("a=1;b=2", "").Get("a"), "");
}

TEST(PrometheusTime, IsSecondsOrRfc3339) {
  EXPECT_EQ(SecondsOf("4"), 4);
  EXPECT_EQ(SecondsOf("4.1239"), 4.124);
  EXPECT_EQ(SecondsOf("-4.007"), -4.007);
  EXPECT_EQ(SecondsOf("+1e3"), 1000);
  EXPECT_EQ(SecondsOf("1970-01-02T00:00:00.25Z"), 86400.25);
  EXPECT_EQ(SecondsOf("1970-01-02T1:00:00+01:00"), 86400);
  EXPECT_EQ(SecondsOf("1970-01-01T00:00:00-00:30"), 1800);
  EXPECT_EQ(*ParsePrometheusTime("-292273086-05-16T16:47:06Z"), absl::InfinitePast());
  EXPECT_EQ(*ParsePrometheusTime("292277025-08-18T07:12:54.999999999Z"), absl::InfiniteFuture());
}

TEST(PrometheusTime, IsRefusedInPrometheusWords) {
  for (const char* text :
       {"", "x", " 1", "1 ", "+-1", "nan", "inf", "nan(1)", "1e300", "0x10", "1970-01-01",
        "1970-01-01T00:00:00", "1970-02-30T00:00:00Z", "1970-01-01T24:00:00Z",
        "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+25:00",
        "1970-01-01T00:00:00Zx", "970-01-01T00:00:00Z"}) {
    EXPECT_THAT(ParsePrometheusTime(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\" to a valid timestamp")))
        << text;
  }
  const auto time = TimeParameter(PrometheusParameters("start=x%0A", ""), "start");
  EXPECT_EQ(std::string(time.status().message()),
            "invalid parameter \"start\": Invalid time value for 'start': cannot parse \"x\\n\" to "
            "a valid timestamp");
  EXPECT_EQ(*TimeParameter(PrometheusParameters("start=", ""), "start"), std::nullopt);
}

TEST(PrometheusDuration, IsSecondsOrHasUnits) {
  EXPECT_EQ(*ParsePrometheusDuration("1.5"), absl::Milliseconds(1500));
  EXPECT_EQ(*ParsePrometheusDuration("-1"), -absl::Seconds(1));
  EXPECT_EQ(*ParsePrometheusDuration("1h30m"), absl::Minutes(90));
  EXPECT_LT(*ParsePrometheusDuration("NaN"), absl::ZeroDuration());
  EXPECT_THAT(ParsePrometheusDuration("30m1h"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("to a valid duration")));
  EXPECT_THAT(ParsePrometheusDuration("1e300"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("It overflows int64")));
  EXPECT_FALSE(ParsePrometheusDuration("").ok());
}

}  // namespace
}  // namespace syspulse
