#include "services/promql/engine.h"

#include <gmock/gmock.h>

#include <limits>
#include <string>

#include "tests/services/promql/query_runner.h"
#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

TEST(Engine, AnswersEveryKindOfValue) {
  QueryRunner run;
  run.Load("x", "1 2 3");
  EXPECT_EQ(run.At("1 + 2 * 3", 0), "7");
  EXPECT_EQ(run.At("(\"a text\")", 0), "a text");
  EXPECT_EQ(run.At("x", 20), "x 3\n");
  EXPECT_EQ(run.At("x[15s]", 20), "x 2@10 3@20\n");
  EXPECT_EQ(run.Over("x", 0, 20, 10), "x 1@0 2@10 3@20\n");
  EXPECT_EQ(run.Over("time()", 0, 20, 10), "{} 0@0 10@10 20@20\n");
}

TEST(Engine, TakesTheNewestSampleThatIsNotTooOld) {
  QueryRunner run;
  run.Load("x", "7");
  EXPECT_EQ(run.At("x", 0), "x 7\n");
  EXPECT_EQ(run.At("x", 300), "x 7\n");
  EXPECT_EQ(run.At("x", 300.001), "");
  EXPECT_EQ(run.At("x", -0.001), "");
  run.options().left_open = true;
  EXPECT_EQ(run.At("x", 299.999), "x 7\n");
  EXPECT_EQ(run.At("x", 300), "");
}

TEST(Engine, SeesNothingBehindAStaleMarkerUntilTheSeriesIsBack) {
  QueryRunner run;
  run.Load("x", "1 stale _ 4");
  EXPECT_EQ(run.Over("x", 0, 40, 10), "x 1@0 4@30 4@40\n");
  EXPECT_EQ(run.At("count_over_time(x[1m])", 40), "{} 2\n");
  EXPECT_EQ(run.At("x[1m]", 40), "x 1@0 4@30\n");
}

TEST(Engine, KeepsNanApartFromNothing) {
  QueryRunner run;
  run.Load("x", "NaN");
  EXPECT_EQ(run.At("x", 0), "x NaN\n");
  EXPECT_EQ(run.At("x + 1", 0), "{} NaN\n");
  EXPECT_EQ(run.At("absent(x)", 0), "");
  EXPECT_EQ(run.At("absent(y)", 0), "{} 1\n");
}

TEST(Engine, RangesHaveBothEndsUnlessTheyAreLeftOpen) {
  QueryRunner run;
  run.Load("x", "1 2 3");
  EXPECT_EQ(run.At("x[20s]", 20), "x 1@0 2@10 3@20\n");
  run.options().left_open = true;
  EXPECT_EQ(run.At("x[20s]", 20), "x 2@10 3@20\n");
}

TEST(Engine, ShiftsSelectorsByOffsetAndAt) {
  QueryRunner run;
  run.Load("x", "1 2 3 4 5");
  EXPECT_EQ(run.At("x offset 20s", 40), "x 3\n");
  EXPECT_EQ(run.At("x offset -20s", 0), "x 3\n");
  EXPECT_EQ(run.Over("x @ 10", 0, 40, 20), "x 2@0 2@20 2@40\n");
  EXPECT_EQ(run.Over("x @ start()", 10, 40, 10), "x 2@10 2@20 2@30 2@40\n");
  EXPECT_EQ(run.Over("x @ end() - x", 10, 40, 30), "{} 3@10 0@40\n");
  EXPECT_EQ(run.Over("x @ 40 offset 10s", 0, 0, 10), "x 4@0\n");
  EXPECT_EQ(run.Over("sum_over_time(x[20s] @ 20)", 0, 40, 40), "{} 6@0 6@40\n");
}

TEST(Engine, EvaluatesSubqueriesAtMultiplesOfTheirStep) {
  QueryRunner run;
  run.Load("x", "1 2 3 4 5 6 7");
  EXPECT_EQ(run.At("x[30s:15s]", 50), "x 4@30 5@45\n");
  EXPECT_EQ(run.At("sum_over_time(x[30s:15s] offset 5s)", 50), "{} 11\n");
  EXPECT_EQ(run.Over("max_over_time(rate(x[20s])[20s:10s])", 40, 60, 20), "{} 0.1@40 0.1@60\n");
  EXPECT_EQ(run.At("count_over_time(x[1m:])", 60), "{} 2\n");
}

TEST(Engine, TimestampIsThatOfTheSampleOnlyForASelector) {
  QueryRunner run;
  run.Load("x", "1 2");
  EXPECT_EQ(run.At("timestamp(x)", 15), "{} 10\n");
  EXPECT_EQ(run.At("timestamp((x))", 15), "{} 10\n");
  EXPECT_EQ(run.At("timestamp(x + 0)", 15), "{} 15\n");
  EXPECT_EQ(run.At("timestamp(x offset 10s)", 15), "{} 0\n");
  EXPECT_EQ(run.At("timestamp(x @ 10 offset 10s)", 15), "{} 0\n");
  EXPECT_EQ(run.At("timestamp(x @ 0 offset -10s)", 15), "{} 0\n");
}

TEST(Engine, AddsUpAndMatches) {
  QueryRunner run;
  run.Load(R"(x{host="a",cpu="0"})", "1");
  run.Load(R"(x{host="a",cpu="1"})", "2");
  run.Load(R"(x{host="b",cpu="0"})", "4");
  run.Load(R"(y{host="a"})", "10");
  EXPECT_EQ(run.At("sum(x)", 0), "{} 7\n");
  EXPECT_EQ(run.At("sum by (host) (x)", 0), "{host=\"a\"} 3\n{host=\"b\"} 4\n");
  EXPECT_EQ(run.At("sum without (cpu) (x) / on (host) y", 0), "{host=\"a\"} 0.3\n");
  EXPECT_EQ(run.At("x * on (host) group_left y", 0),
            "{cpu=\"0\", host=\"a\"} 10\n{cpu=\"1\", host=\"a\"} 20\n");
  EXPECT_THAT(run.At("x * on (host) y", 0), HasSubstr("multiple matches for labels: many-to-one"));
  EXPECT_THAT(
      run.At("y * on (host) x", 0),
      HasSubstr("found duplicate series for the match group {host=\"a\"} on the right "
                "hand-side of the operation: [{__name__=\"x\", cpu=\"1\", host=\"a\"}, "
                "{__name__=\"x\", cpu=\"0\", host=\"a\"}];many-to-many matching not allowed"));
}

TEST(Engine, RefusesVectorsInWhichLabelsStandTwice) {
  QueryRunner run;
  run.Load("x", "1 _ 3");
  run.Load("y", "1 2");
  const std::string twice = "error: vector cannot contain metrics with the same labelset";
  EXPECT_EQ(run.At(R"(abs({__name__=~"x|y"}))", 0), twice);
  EXPECT_EQ(run.At(R"(rate({__name__=~"x|y"}[1m]))", 30), twice);
  EXPECT_EQ(run.At(R"(-{__name__=~"x|y"})", 0), twice);
  EXPECT_EQ(run.At(R"(label_replace({__name__=~"x|y"}, "__name__", "z", "", ""))", 0), twice);
  EXPECT_EQ(run.At(R"(last_over_time({__name__=~"x|y"}[1m]))", 0), "x 1\ny 1\n");
}

TEST(Engine, OfSeveralErrorsTellsOfTheFirst) {
  QueryRunner run;
  run.Load(R"(x{a="1"})", "1");
  run.Load(R"(x{a="2"})", "1");
  run.Load(R"(y{a="1"})", "1");
  const std::string many = "(x * on () x)";
  const std::string many_error = "found duplicate series for the match group {} on the right";
  for (const std::string& query :
       {many + " + on () topk(1e30, x)", many + " and topk(1e30, x)",
        many + " > bool scalar(topk(1e30, x))", "clamp_min(" + many + ", scalar(topk(1e30, x)))",
        "topk(1e30, " + many + ")", "count_values(\"1a\", " + many + ")",
        "label_replace(" + many + R"(, "1a", "", "a", ""))",
        "label_replace(" + many + R"(, "a", "", "a", "("))",
        "label_join(" + many + R"(, "a", "", "1a"))", "label_join(" + many + R"(, "1a", "", "a"))",
        "topk(1e30, x) + on () group_right () " + many}) {
    const bool is_right = query.starts_with("topk(1e30, x) +");
    EXPECT_THAT(run.At(query, 0), HasSubstr(is_right ? "overflows int64" : many_error)) << query;
  }
  const auto named = [](int label) {
    return "count_values(\"a " + std::to_string(label) + "\", x)";
  };
  const std::string first = "error: invalid label name \"a 1\"";
  const std::string scalar = "scalar(" + named(2) + ")";
  EXPECT_EQ(run.At("predict_linear((" + named(1) + ")[1m:10s], " + scalar + ")", 0), first);
  EXPECT_EQ(run.At("quantile_over_time(" + scalar + ", (" + named(1) + ")[1m:10s])", 0), first);
  EXPECT_EQ(run.At("histogram_fraction(scalar(" + named(1) + "), 1, " + named(2) + ")", 0), first);
  run.Load(R"(s1{b="1"})", "1 1");
  run.Load(R"(s2{b="1"})", "1 1");
  run.Load(R"(s3{b="2"})", "_ _ _ 1 1");
  EXPECT_THAT(run.Over("holt_winters({__name__=~\"s1|s2|s3\"}[10s],"
                       " scalar(vector(0.5) + (time() > bool 20)), 0.5)",
                       0, 50, 10),
              HasSubstr("invalid smoothing factor. Expected: 0 < sf < 1, got: 1.500000"));
  // What is made of rows is wrong before the operand is.
  EXPECT_THAT(run.At(R"(abs({__name__=~"x|y"} or topk(1e30, x)))", 0), HasSubstr("overflows"));
  EXPECT_THAT(run.At(R"(abs({__name__=~"x|y"} or x))", 0), HasSubstr("same labelset"));
}

TEST(Engine, PutsTogetherSeriesThatNeverMeet) {
  QueryRunner run;
  run.Load("x", "1 stale");
  run.Load("y", "_ 2");
  EXPECT_EQ(run.Over(R"(abs({__name__=~"x|y"}))", 0, 10, 10), "{} 1@0 2@10\n");
  EXPECT_EQ(run.Over("x * 1 or y * 1", 0, 10, 10), "{} 1@0 2@10\n");
  // The sign and functions over ranges look at whole series, as in Prometheus 2.
  EXPECT_THAT(run.Over(R"(-{__name__=~"x|y"})", 0, 10, 10), HasSubstr("same labelset"));
  EXPECT_THAT(run.Over(R"(rate({__name__=~"x|y"}[1m]))", 0, 10, 10), "");
  run.options().later_corrections = true;
  EXPECT_EQ(run.Over(R"(-{__name__=~"x|y"})", 0, 10, 10), "{} -1@0 -2@10\n");
}

TEST(Engine, RangeQueriesAreOfNumbersOnly) {
  QueryRunner run;
  EXPECT_THAT(run.Range("x[5m]", {0, 1000}, 1000),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("invalid expression type \"range vector\" for range query, must "
                                 "be Scalar or instant Vector")));
  EXPECT_THAT(run.Over("\"a\"", 0, 1, 1), HasSubstr("expression type \"string\""));
}

TEST(Engine, RefusesRangesThatAreNone) {
  QueryRunner run;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(run.Over("1", 1, 0, 1), HasSubstr("end timestamp must not be before start time"));
  EXPECT_THAT(run.Over("1", 0, 1, 0), HasSubstr("zero or negative query resolution step"));
  EXPECT_THAT(run.Over("1", 0, 11'001, 1),
              HasSubstr("exceeded maximum resolution of 11,000 points"));
  EXPECT_THAT(run.Range("1", {-kMost, kMost}, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too far from now")));
  EXPECT_THAT(run.Instant("x", kMost),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too far from now")));
  EXPECT_THAT(run.Range("1", {0, 11'000'000}, 1000), IsOk());
}

TEST(Engine, EndsWhenNobodyWaitsOrTimeIsUp) {
  QueryRunner run;
  run.Load("x", "1");
  run.limits().time = absl::Seconds(-1);
  EXPECT_THAT(run.Instant("x", 0),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("timed")));
  run.limits().time = absl::Seconds(1);
  run.stop().request_stop();
  EXPECT_THAT(run.Instant("x", 0), StatusIs(absl::StatusCode::kCancelled, HasSubstr("canceled")));
}

TEST(Engine, BoundsWhatAQueryHolds) {
  QueryRunner run;
  run.Load("x", "1 2 3 4");
  run.Load("y", "1 2 3 4");
  const auto is_too_much = StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too many"));
  EXPECT_THAT(run.Instant("x[100y:1ms]", 0), is_too_much);
  EXPECT_THAT(run.Instant("sum_over_time(sum_over_time(x[100y:1ms])[100y:1ms])", 0), is_too_much);
  run.limits().samples = 7;
  EXPECT_THAT(run.Range("x", {0, 30'000}, 10'000), is_too_much);
  run.limits().samples = 8;
  EXPECT_THAT(run.Range("x", {0, 30'000}, 10'000), IsOk());
  run.limits().series_read = 1;
  EXPECT_THAT(run.Instant(R"({__name__=~"x|y"})", 0),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 1 series")));
}

TEST(Engine, SaysWhatIsProbablyWrongAndWhere) {
  QueryRunner run;
  run.Load("x", "1 2 3");
  run.Load(R"(y_bucket{le="many"})", "1");
  const auto notes = [&](std::string_view query) {
    const Answer answer = run.Instant(query, 20'000).value();
    std::string text;
    for (const std::string& warning : answer.warnings) text += warning + "\n";
    for (const std::string& info : answer.infos) text += info + "\n";
    return text;
  };
  EXPECT_EQ(notes("x + 1"), "");
  EXPECT_EQ(notes("sum(\nrate(x[1m]))"),
            "PromQL info: metric might not be a counter, name does not end in "
            "_total/_sum/_count/_bucket: \"x\" (2:6)\n");
  EXPECT_EQ(notes("quantile(2, x)"),
            "PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)\n");
  EXPECT_EQ(
      notes("histogram_quantile(0.5, y_bucket)"),
      "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"many\" for "
      "metric name \"y_bucket\" (1:25)\n");
}

TEST(Engine, DoesWhatLaterVersionsCorrectedOnlyIfAsked) {
  QueryRunner run;
  run.Load("x", "1");
  run.Load("y", "Inf");
  EXPECT_EQ(run.At("x atan2 1", 0), "x 0.7853981633974483\n");
  EXPECT_EQ(run.At("stddev(y)", 0), "{} 0\n");
  EXPECT_EQ(run.At("topk(NaN, x)", 0), "error: Scalar value NaN overflows int64");
  run.options().later_corrections = true;
  EXPECT_EQ(run.At("x atan2 1", 0), "{} 0.7853981633974483\n");
  EXPECT_EQ(run.At("stddev(y)", 0), "{} NaN\n");
  EXPECT_EQ(run.At("topk(NaN, x)", 0), "error: Parameter value is NaN");
}

TEST(Engine, SortsByValueAndMatricesByLabels) {
  QueryRunner run;
  run.Load("b", "3");
  run.Load("a", "NaN");
  run.Load("c", "1");
  EXPECT_EQ(run.At(R"(sort({__name__=~"a|b|c"}))", 0), "c 1\nb 3\na NaN\n");
  EXPECT_EQ(run.At(R"(sort_desc({__name__=~"a|b|c"}))", 0), "b 3\nc 1\na NaN\n");
  EXPECT_EQ(run.At(R"(topk(2, {__name__=~"a|b|c"}))", 0), "b 3\nc 1\n");
  EXPECT_EQ(run.At(R"(bottomk(2, {__name__=~"a|b|c"}))", 0), "c 1\nb 3\n");
  EXPECT_EQ(run.Over(R"(sort_desc({__name__=~"a|b|c"}))", 0, 0, 1), "a NaN@0\nb 3@0\nc 1@0\n");
}

}  // namespace
}  // namespace syspulse::promql
