#include <gmock/gmock.h>

#include <string>

#include "tests/services/promql/query_runner.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

class Aggregation : public ::testing::Test {
 protected:
  Aggregation() {
    run_.Load(R"(x{host="a",cpu="0"})", "1 5");
    run_.Load(R"(x{host="a",cpu="1"})", "3 5");
    run_.Load(R"(x{host="b",cpu="0"})", "8 stale");
  }
  QueryRunner run_;
};

TEST_F(Aggregation, ReducesEachGroup) {
  const auto by_host = [&](std::string_view op) {
    return run_.At(std::string(op) + " by (host) (x)", 0);
  };
  EXPECT_EQ(by_host("sum"), "{host=\"a\"} 4\n{host=\"b\"} 8\n");
  EXPECT_EQ(by_host("avg"), "{host=\"a\"} 2\n{host=\"b\"} 8\n");
  EXPECT_EQ(by_host("min"), "{host=\"a\"} 1\n{host=\"b\"} 8\n");
  EXPECT_EQ(by_host("max"), "{host=\"a\"} 3\n{host=\"b\"} 8\n");
  EXPECT_EQ(by_host("count"), "{host=\"a\"} 2\n{host=\"b\"} 1\n");
  EXPECT_EQ(by_host("group"), "{host=\"a\"} 1\n{host=\"b\"} 1\n");
  EXPECT_EQ(by_host("stddev"), "{host=\"a\"} 1\n{host=\"b\"} 0\n");
  EXPECT_EQ(by_host("stdvar"), "{host=\"a\"} 1\n{host=\"b\"} 0\n");
}

TEST_F(Aggregation, GroupsByAllLabelsButSome) {
  EXPECT_EQ(run_.At("sum without (host) (x)", 0), "{cpu=\"0\"} 9\n{cpu=\"1\"} 3\n");
  EXPECT_EQ(run_.At("sum by (none) (x)", 0), "{} 12\n");
  EXPECT_EQ(run_.At("sum without () (x{cpu=\"1\"})", 0), "{cpu=\"1\", host=\"a\"} 3\n");
  EXPECT_EQ(run_.At("count by (__name__) (x)", 0), "x 3\n");
  EXPECT_EQ(run_.At("sum(nothing)", 0), "");
}

TEST_F(Aggregation, GroupsAreThereOnlyWhenTheirSeriesAre) {
  EXPECT_EQ(run_.Over("sum by (host) (x)", 0, 10, 10),
            "{host=\"a\"} 4@0 10@10\n{host=\"b\"} 8@0\n");
}

TEST_F(Aggregation, KeepsTheBestAsTheyAre) {
  EXPECT_EQ(run_.At("topk(2, x)", 0), "x{cpu=\"0\", host=\"b\"} 8\nx{cpu=\"1\", host=\"a\"} 3\n");
  EXPECT_EQ(run_.At("bottomk by (host) (1, x)", 0),
            "x{cpu=\"0\", host=\"a\"} 1\nx{cpu=\"0\", host=\"b\"} 8\n");
  EXPECT_EQ(run_.At("topk(0.9, x)", 0), "");
  EXPECT_EQ(run_.At("count(topk(1e18, x))", 0), "{} 3\n");
  EXPECT_EQ(run_.Over("topk(1, x)", 0, 10, 10),
            "x{cpu=\"0\", host=\"a\"} 5@10\nx{cpu=\"0\", host=\"b\"} 8@0\n");
  EXPECT_THAT(run_.At("topk(1e30, x)", 0), HasSubstr("Scalar value 1e+30 overflows int64"));
  EXPECT_THAT(run_.At("topk(9.3e18, x)", 0), HasSubstr("Scalar value 9.3e+18 overflows int64"));
  EXPECT_THAT(run_.At("topk(-Inf, x)", 0), HasSubstr("Scalar value -Inf overflows int64"));
}

TEST_F(Aggregation, TakesAsManyAsEachStepWants) {
  EXPECT_EQ(run_.Over("count(topk(time() / 10, x))", 0, 20, 10), "{} 1@10 2@20\n");
}

TEST_F(Aggregation, FindsQuantiles) {
  EXPECT_EQ(run_.At("quantile(0.5, x)", 0), "{} 3\n");
  EXPECT_EQ(run_.At("quantile by (host) (0.75, x)", 0), "{host=\"a\"} 2.5\n{host=\"b\"} 8\n");
  EXPECT_EQ(run_.At("quantile(2, x)", 0), "{} +Inf\n");
}

TEST_F(Aggregation, CountsValues) {
  EXPECT_EQ(run_.Over(R"(count_values("v", x))", 0, 10, 10),
            "{v=\"1\"} 1@0\n{v=\"3\"} 1@0\n{v=\"5\"} 2@10\n{v=\"8\"} 1@0\n");
  EXPECT_EQ(run_.At(R"(count_values by (host) ("v", x * 0))", 0),
            "{host=\"a\", v=\"0\"} 2\n{host=\"b\", v=\"0\"} 1\n");
  EXPECT_EQ(run_.At(R"(count_values("v", vector(1e21)))", 0), "{v=\"1000000000000000000000\"} 1\n");
  EXPECT_EQ(run_.At(R"(count_values("v", vector(-0.00001)))", 0), "{v=\"-0.00001\"} 1\n");
  EXPECT_THAT(run_.At(R"(count_values("a b", x))", 0), HasSubstr("invalid label name \"a b\""));
}

TEST_F(Aggregation, NumbersWinOverNan) {
  run_.Load(R"(n{i="1"})", "NaN");
  run_.Load(R"(n{i="2"})", "4");
  EXPECT_EQ(run_.At("max(n)", 0), "{} 4\n");
  EXPECT_EQ(run_.At("min(n)", 0), "{} 4\n");
  EXPECT_EQ(run_.At("sum(n)", 0), "{} NaN\n");
  EXPECT_EQ(run_.At("topk(1, n)", 0), "n{i=\"2\"} 4\n");
  EXPECT_EQ(run_.At("bottomk(1, n)", 0), "n{i=\"2\"} 4\n");
  EXPECT_EQ(run_.At("max(n{i=\"1\"})", 0), "{} NaN\n");
}

TEST_F(Aggregation, SumsAreExactAndMeansDoNotOverflow) {
  run_.Load(R"(big{i="1"})", "1");
  run_.Load(R"(big{i="2"})", "1e100");
  run_.Load(R"(big{i="3"})", "-1e100");
  EXPECT_EQ(run_.At("sum(big)", 0), "{} 1\n");
  run_.Load(R"(huge{i="1"})", "1.6e308");
  run_.Load(R"(huge{i="2"})", "1.6e308");
  EXPECT_EQ(run_.At("avg(huge)", 0), "{} 1.6e+308\n");
  EXPECT_EQ(run_.At("sum(huge)", 0), "{} +Inf\n");
}

}  // namespace
}  // namespace syspulse::promql
