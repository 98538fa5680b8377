#include <gmock/gmock.h>

#include <string>

#include "tests/services/promql/query_runner.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

TEST(Calls, ComputeOnEachValueAndDropTheName) {
  QueryRunner run;
  run.Load(R"(x{a="1"})", "-2.5");
  EXPECT_EQ(run.At("abs(x)", 0), "{a=\"1\"} 2.5\n");
  EXPECT_EQ(run.At("ceil(x)", 0), "{a=\"1\"} -2\n");
  EXPECT_EQ(run.At("floor(x)", 0), "{a=\"1\"} -3\n");
  EXPECT_EQ(run.At("sgn(x)", 0), "{a=\"1\"} -1\n");
  EXPECT_EQ(run.At("sqrt(x)", 0), "{a=\"1\"} NaN\n");
  EXPECT_EQ(run.At("-x", 0), "{a=\"1\"} 2.5\n");
  EXPECT_EQ(run.At("+x", 0), "x{a=\"1\"} -2.5\n");
  EXPECT_EQ(run.At("round(x)", 0), "{a=\"1\"} -2\n");
  EXPECT_EQ(run.At("round(x, 2)", 0), "{a=\"1\"} -2\n");
  EXPECT_EQ(run.At("deg(rad(x))", 0), "{a=\"1\"} -2.5\n");
}

TEST(Calls, ClampAsGoDoes) {
  QueryRunner run;
  run.Load("x", "5");
  run.Load("n", "NaN");
  EXPECT_EQ(run.At("clamp(x, 0, 3)", 0), "{} 3\n");
  EXPECT_EQ(run.At("clamp(x, 7, 9)", 0), "{} 7\n");
  EXPECT_EQ(run.At("clamp(x, 9, 7)", 0), "");
  EXPECT_EQ(run.At("clamp_max(x, NaN)", 0), "{} NaN\n");
  EXPECT_EQ(run.At("clamp_min(n, Inf)", 0), "{} +Inf\n");
  EXPECT_EQ(run.At("clamp_min(n, 0)", 0), "{} NaN\n");
}

TEST(Calls, ReadTheCalendar) {
  QueryRunner run;
  const double leap_day = 1'709'210'096;  // 2024-02-29 12:34:56, a Thursday
  EXPECT_EQ(run.At("hour()", leap_day), "{} 12\n");
  EXPECT_EQ(run.At("minute()", leap_day), "{} 34\n");
  EXPECT_EQ(run.At("day_of_week()", leap_day), "{} 4\n");
  EXPECT_EQ(run.At("day_of_month()", leap_day), "{} 29\n");
  EXPECT_EQ(run.At("day_of_year()", leap_day), "{} 60\n");
  EXPECT_EQ(run.At("days_in_month()", leap_day), "{} 29\n");
  EXPECT_EQ(run.At("month()", leap_day), "{} 2\n");
  EXPECT_EQ(run.At("year()", leap_day), "{} 2024\n");
  EXPECT_EQ(run.At("year(vector(-1))", 0), "{} 1969\n");
  EXPECT_EQ(run.At("hour(vector(-1))", 0), "{} 23\n");
  EXPECT_EQ(run.At("days_in_month(vector(-2203977600))", 0), "{} 28\n");  // 1900 had no leap day
  EXPECT_EQ(run.At("day_of_year(vector(978220800))", 0), "{} 366\n");     // 2000 had one
}

TEST(Calls, SayWhatIsAbsent) {
  QueryRunner run;
  run.Load("x", "1 stale 3");
  EXPECT_EQ(run.Over("absent(x)", 0, 20, 10), "{} 1@10\n");
  EXPECT_EQ(run.At(R"(absent(y{a="1",b!="2",c=~"3"}))", 0), "{a=\"1\"} 1\n");
  EXPECT_EQ(run.At(R"(absent(y{a="1",a="2",b="3"}))", 0), "{b=\"3\"} 1\n");
  EXPECT_EQ(run.At(R"(absent(sum(y{a="1"})))", 0), "{} 1\n");
  EXPECT_EQ(run.At(R"(absent(((y{a="1"}))))", 0), "{a=\"1\"} 1\n");
  EXPECT_EQ(run.At(R"(absent_over_time((y{a="1"}[5m])))", 0), "{a=\"1\"} 1\n");
  EXPECT_EQ(run.At(R"(absent_over_time(y{a="1"}[5m]))", 0), "{a=\"1\"} 1\n");
  EXPECT_EQ(run.Over("absent_over_time(x[5s])", 0, 20, 10), "{} 1@10\n");
}

TEST(Calls, TurnVectorsIntoScalarsAndBack) {
  QueryRunner run;
  run.Load(R"(x{a="1"})", "4");
  run.Load(R"(x{a="2"})", "_ 5");
  EXPECT_EQ(run.Over("scalar(x)", 0, 10, 10), "{} 4@0 NaN@10\n");
  EXPECT_EQ(run.At("scalar(none)", 0), "NaN");
  EXPECT_EQ(run.At("vector(time() + pi() * 0)", 8), "{} 8\n");
}

TEST(LabelReplace, FillsInWhatMatched) {
  QueryRunner run;
  run.Load(R"(x{src="eth0:1",keep="k"})", "1");
  const auto replace = [&](std::string_view target, std::string_view text, std::string_view regex) {
    return run.At("label_replace(x, \"" + std::string(target) + "\", \"" + std::string(text) +
                      "\", \"src\", \"" + std::string(regex) + "\")",
                  0);
  };
  EXPECT_EQ(replace("new", "$2-$1", "(.*):(.*)"),
            "x{keep=\"k\", new=\"1-eth0\", src=\"eth0:1\"} 1\n");
  EXPECT_EQ(replace("new", "${port}0", "(?P<dev>.*):(?P<port>.*)"),
            "x{keep=\"k\", new=\"10\", src=\"eth0:1\"} 1\n");
  EXPECT_EQ(replace("new", "$$1 $ $9 $1x", "(.*):.*"),
            "x{keep=\"k\", new=\"$1 $  \", src=\"eth0:1\"} 1\n");
  EXPECT_EQ(replace("new", "no", "eth0"), "x{keep=\"k\", src=\"eth0:1\"} 1\n");
  EXPECT_EQ(replace("keep", "", ".*"), "x{src=\"eth0:1\"} 1\n");
  EXPECT_EQ(replace("src", "$1", "(.*)"), "x{keep=\"k\", src=\"eth0:1\"} 1\n");
}

TEST(LabelReplace, RefusesWhatCannotBe) {
  QueryRunner run;
  run.Load(R"(x{a="1"})", "1");
  run.Load(R"(x{a="2"})", "1");
  EXPECT_THAT(run.At(R"(label_replace(x, "b", "$1", "a", "(.*"))", 0),
              HasSubstr("invalid regular expression in label_replace(): (.*"));
  EXPECT_THAT(run.At(R"(label_replace(x, "a-b", "", "a", ""))", 0),
              HasSubstr("invalid destination label name in label_replace(): a-b"));
  EXPECT_THAT(run.At(R"(label_replace(x, "a", "same", "", ""))", 0),
              HasSubstr("vector cannot contain metrics with the same labelset"));
}

TEST(LabelJoin, PutsValuesTogether) {
  QueryRunner run;
  run.Load(R"(x{a="1",b="2"})", "1");
  EXPECT_EQ(run.At(R"(label_join(x, "ab", "-", "a", "none", "b"))", 0),
            "x{a=\"1\", ab=\"1--2\", b=\"2\"} 1\n");
  EXPECT_EQ(run.At(R"(label_join(x, "a", ","))", 0), "x{b=\"2\"} 1\n");
  EXPECT_THAT(run.At(R"(label_join(x, "ab", "-", "a b"))", 0),
              HasSubstr("invalid source label name in label_join(): a b"));
  EXPECT_THAT(run.At(R"(label_join(x, "", "-", "a"))", 0),
              HasSubstr("invalid destination label name in label_join(): "));
}

TEST(HistogramQuantile, InterpolatesWithinABucket) {
  QueryRunner run;
  run.Load(R"(h_bucket{le="1",a="x"})", "0");
  run.Load(R"(h_bucket{le="2",a="x"})", "10");
  run.Load(R"(h_bucket{le="4",a="x"})", "20");
  run.Load(R"(h_bucket{le="+Inf",a="x"})", "20");
  EXPECT_EQ(run.At("histogram_quantile(0.25, h_bucket)", 0), "{a=\"x\"} 1.5\n");
  EXPECT_EQ(run.At("histogram_quantile(0.75, h_bucket)", 0), "{a=\"x\"} 3\n");
  EXPECT_EQ(run.At("histogram_quantile(1, h_bucket)", 0), "{a=\"x\"} 4\n");
  EXPECT_EQ(run.At("histogram_quantile(2, h_bucket)", 0), "{a=\"x\"} +Inf\n");
  EXPECT_EQ(run.At("histogram_quantile(NaN, h_bucket)", 0), "{a=\"x\"} NaN\n");
}

TEST(HistogramQuantile, KnowsNothingOfHistogramsThatAreNone) {
  QueryRunner run;
  run.Load(R"(open_bucket{le="1"})", "3");
  run.Load(R"(open_bucket{le="2"})", "4");
  run.Load(R"(single_bucket{le="+Inf"})", "3");
  run.Load(R"(empty_bucket{le="1"})", "0");
  run.Load(R"(empty_bucket{le="+Inf"})", "0");
  run.Load(R"(broken_bucket{le="one"})", "3");
  EXPECT_EQ(run.At("histogram_quantile(0.5, open_bucket)", 0), "{} NaN\n");
  EXPECT_EQ(run.At("histogram_quantile(0.5, single_bucket)", 0), "{} NaN\n");
  EXPECT_EQ(run.At("histogram_quantile(0.5, empty_bucket)", 0), "{} NaN\n");
  EXPECT_EQ(run.At("histogram_quantile(0.5, broken_bucket)", 0), "");
  EXPECT_EQ(run.At("histogram_count(single_bucket)", 0), "");
}

TEST(HistogramQuantile, TakesCountsThatAreNoNumbersAsPrometheusDoes) {
  QueryRunner run;
  run.Load(R"(h_bucket{le="1"})", "1 NaN 1 NaN");
  run.Load(R"(h_bucket{le="2"})", "NaN NaN NaN 3");
  run.Load(R"(h_bucket{le="5"})", "0 NaN 4 2");
  run.Load(R"(h_bucket{le="+Inf"})", "NaN NaN 8 4");
  const auto at = [&](int sample) {
    return run.At("histogram_quantile(0.5, h_bucket)", 10 * sample);
  };
  EXPECT_EQ(at(0), "{} 5\n");
  EXPECT_EQ(at(1), "{} 5\n");
  EXPECT_EQ(at(2), "{} NaN\n");
  EXPECT_EQ(at(3), "{} NaN\n");
}

TEST(HistogramQuantile, RaisesCountsThatFall) {
  QueryRunner run;
  run.Load(R"(h_bucket{le="1"})", "10");
  run.Load(R"(h_bucket{le="2"})", "5");
  run.Load(R"(h_bucket{le="+Inf"})", "20");
  EXPECT_EQ(run.At("histogram_quantile(0.25, h_bucket)", 0), "{} 0.5\n");
  EXPECT_EQ(run.At("histogram_quantile(0.9, h_bucket)", 0), "{} 2\n");
  const Answer answer = run.Instant("histogram_quantile(0.9, h_bucket)", 0).value();
  ASSERT_EQ(answer.infos.size(), 1u);
  EXPECT_THAT(answer.infos[0], HasSubstr("fixed for monotonicity"));
}

}  // namespace
}  // namespace syspulse::promql
