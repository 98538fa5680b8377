#include "services/promql/parser.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/promql/function_table.h"
#include "services/promql/printer.h"
#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

template <typename Node>
const Node& NodeOf(const Expr& expr) {
  return std::get<Node>(expr.node);
}

// The tree with all its operators in parentheses.
std::string Shape(const Expr& expr) {
  if (const auto* const binary = std::get_if<Binary>(&expr.node)) {
    return "(" + Shape(*binary->left) + " . " + Shape(*binary->right) + ")";
  }
  if (const auto* const unary = std::get_if<Unary>(&expr.node)) {
    return "-(" + Shape(*unary->expr) + ")";
  }
  return ToString(expr);
}

std::string ShapeOf(std::string_view query) { return Shape(**ParseExpr(query)); }

TEST(Parser, BindsOperatorsByPrecedence) {
  EXPECT_EQ(ShapeOf("a + b * c"), "(a . (b . c))");
  EXPECT_EQ(ShapeOf("a * b + c"), "((a . b) . c)");
  EXPECT_EQ(ShapeOf("a - b - c"), "((a . b) . c)");
  EXPECT_EQ(ShapeOf("a ^ b ^ c"), "(a . (b . c))");
  EXPECT_EQ(ShapeOf("a or b and c unless d"), "(a . ((b . c) . d))");
  EXPECT_EQ(ShapeOf("a == b + c"), "(a . (b . c))");
  EXPECT_EQ(ShapeOf("a atan2 b % c"), "((a . b) . c)");
  EXPECT_EQ(ShapeOf("a and b > c"), "(a . (b . c))");
}

TEST(Parser, BindsASignLikeMultiplication) {
  EXPECT_EQ(ShapeOf("-a ^ b"), "-((a . b))");
  EXPECT_EQ(ShapeOf("-a * b"), "(-(a) . b)");
  EXPECT_EQ(ShapeOf("a ^ -b * c"), "((a . -(b)) . c)");
  EXPECT_EQ(ShapeOf("--a"), "-(-(a))");
}

TEST(Parser, MakesASignPartOfANumber) {
  const auto expr = ParseExpr(" -1.5 ");
  ASSERT_THAT(expr, IsOk());
  EXPECT_EQ(NodeOf<NumberLiteral>(**expr).value, -1.5);
  EXPECT_EQ((*expr)->position, (Position{.start = 1, .end = 5}));
}

TEST(Parser, KnowsWhereEverythingStands) {
  const auto expr = ParseExpr("sum by (job) (rate(up[5m] offset 1m)) / 2");
  ASSERT_THAT(expr, IsOk());
  EXPECT_EQ((*expr)->position, (Position{.start = 0, .end = 41}));
  const auto& binary = NodeOf<Binary>(**expr);
  EXPECT_EQ(binary.left->position, (Position{.start = 0, .end = 37}));
  const auto& aggregate = NodeOf<Aggregate>(*binary.left);
  EXPECT_EQ(aggregate.expr->position, (Position{.start = 14, .end = 36}));
  const auto& call = NodeOf<Call>(*aggregate.expr);
  EXPECT_EQ(call.arguments.at(0)->position, (Position{.start = 19, .end = 35}));
}

TEST(Parser, ReadsSelectors) {
  const auto expr = ParseExpr(R"(up{job="node",instance!~'a.*',} offset -5m @ 10.5)");
  ASSERT_THAT(expr, IsOk());
  const auto& selector = NodeOf<VectorSelector>(**expr);
  EXPECT_EQ(selector.name, "up");
  ASSERT_EQ(selector.matchers.size(), 3U);
  EXPECT_EQ(selector.matchers[1].ToString(), R"(instance!~"a.*")");
  EXPECT_EQ(selector.matchers[2].ToString(), R"(__name__="up")");
  EXPECT_EQ(selector.shift, (TimeShift{.offset_ms = -300'000, .at_ms = 10'500}));
}

TEST(Parser, ReadsRangesAndSubqueries) {
  const auto matrix = ParseExpr("up[5m] @ end()");
  ASSERT_THAT(matrix, IsOk());
  EXPECT_EQ(NodeOf<MatrixSelector>(**matrix).range_ms, 300'000);
  EXPECT_EQ(NodeOf<MatrixSelector>(**matrix).selector.shift.edge, TimeShift::Edge::kEnd);
  EXPECT_EQ(TypeOf(**matrix), ValueType::kMatrix);
  const auto subquery = ParseExpr("(a + b)[1h:] offset 1d");
  ASSERT_THAT(subquery, IsOk());
  const auto& node = NodeOf<Subquery>(**subquery);
  EXPECT_EQ(node.range_ms, 3'600'000);
  EXPECT_EQ(node.step_ms, 0);
  EXPECT_EQ(node.shift.offset_ms, 86'400'000);
  EXPECT_EQ(NodeOf<Subquery>(**ParseExpr("a[1h:10s]")).step_ms, 10'000);
}

TEST(Parser, ReadsAggregationsWithTheirLabelsOnEitherSide) {
  for (const char* const query : {"topk by (a, b,) (3, c)", "topk(3, c) by (a, b)"}) {
    const auto expr = ParseExpr(query);
    ASSERT_THAT(expr, IsOk());
    const auto& node = NodeOf<Aggregate>(**expr);
    EXPECT_EQ(node.op, AggregateOp::kTopK);
    EXPECT_EQ(node.grouping, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(NodeOf<NumberLiteral>(*node.parameter).value, 3);
    EXPECT_EQ(ToString(*node.expr), "c");
  }
  EXPECT_TRUE(NodeOf<Aggregate>(**ParseExpr("sum without () (a)")).without);
}

TEST(Parser, ReadsVectorMatching) {
  using Cardinality = VectorMatching::Cardinality;
  const auto matching = [](std::string_view query) {
    return NodeOf<Binary>(**ParseExpr(query)).matching;
  };
  EXPECT_EQ(matching("a + b")->cardinality, Cardinality::kOneToOne);
  EXPECT_EQ(matching("a and b")->cardinality, Cardinality::kManyToMany);
  EXPECT_EQ(matching("a * on (x) group_left (y) b")->cardinality, Cardinality::kManyToOne);
  EXPECT_EQ(matching("a * on (x) group_left (y) b")->include, (std::vector<std::string>{"y"}));
  EXPECT_EQ(matching("a / ignoring (x) group_right b")->cardinality, Cardinality::kOneToMany);
  EXPECT_EQ(matching("a / ignoring (x) b")->labels, (std::vector<std::string>{"x"}));
  EXPECT_FALSE(matching("a + 1").has_value());
  EXPECT_TRUE(NodeOf<Binary>(**ParseExpr("a > bool b")).return_bool);
}

TEST(Parser, TakesKeywordsForNamesWhereTheyAreNone) {
  for (const char* const query : {"sum", "by", "offset", "start", "sum{by=\"x\"}", "sum(end)",
                                  "sum by (on, bool, atan2) (avg)", "foo{sum=\"x\",and=\"y\"}",
                                  "min + max", "SUM(a) BY (b)", "a:b:c"}) {
    EXPECT_THAT(ParseExpr(query), IsOk()) << query;
  }
}

TEST(Parser, LeavesOutCommentsAndBlanks) {
  EXPECT_EQ(ToString(**ParseExpr("# one\nup # two\n{ # three\n job = 'x' }\t[ 5m ] # end")),
            R"(up{job="x"}[5m])");
}

TEST(Parser, ReadsSelectorsOfTheHttpApi) {
  const auto matchers = ParseSelector(R"(up{job=~"a|b"})");
  ASSERT_THAT(matchers, IsOk());
  EXPECT_EQ(matchers->size(), 2U);
  EXPECT_THAT(ParseSelector("{__name__=~\".+\"}"), IsOk());
  for (const char* const query : {"", "up[5m]", "up offset 5m", "rate(up)", "1", "up,up", "{"}) {
    EXPECT_THAT(ParseSelector(query),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("parse error")))
        << query;
  }
}

TEST(Parser, BoundsTheSelectorsOfARequestTogether) {
  SelectorsSize size;
  absl::Status status;
  for (int i = 0; i < kMostSelectors && status.ok(); ++i) {
    status = ParseSelector(R"({a=~"\\pL{20}"})", &size).status();
  }
  EXPECT_THAT(std::string(status.message()), HasSubstr("too large regular expressions"));
  EXPECT_THAT(ParseSelector(R"({a=~"b.*"})"), IsOk());
  size = {};
  for (int i = 0; i < kMostSelectors; ++i) ASSERT_THAT(ParseSelector("up", &size), IsOk());
  EXPECT_THAT(std::string(ParseSelector("up", &size).status().message()),
              HasSubstr("more than 1000"));
}

TEST(FunctionTable, HasEveryNameOnceAndFindsIt) {
  for (const Function& function : AllFunctions()) {
    EXPECT_EQ(FindFunction(function.name), &function) << function.name;
    EXPECT_LE(function.least, function.arguments.size()) << function.name;
  }
  EXPECT_EQ(AllFunctions().size(), 70U);
  EXPECT_EQ(FindFunction("rates"), nullptr);
  EXPECT_EQ(FindFunction(""), nullptr);
  EXPECT_EQ(FindFunction("RATE"), nullptr);
}

}  // namespace
}  // namespace syspulse::promql
