#include "services/promql/printer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "services/promql/parser.h"
#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

std::string Printed(std::string_view query) {
  const auto expr = ParseExpr(query);
  return expr.ok() ? ToString(**expr) : std::string(expr.status().message());
}

TEST(Printer, WritesEveryKindOfNodeInOneWay) {
  const std::pair<std::string_view, std::string_view> kForms[] = {
      {"0x10", "16"},
      {"+Inf", "+Inf"},
      {"- NaN", "NaN"},
      {"'a\"b'", R"("a\"b")"},
      {"up", "up"},
      {"{b='2',a!='1',__name__='x'}", R"({__name__="x",a!="1",b="2"})"},
      {"up{job=~'x'}offset 1m@1", R"(up{job=~"x"} @ 1.000 offset 1m)"},
      {"up [ 60s ] offset -90s", "up[1m] offset -1m30s"},
      {"up[1d:]@start()", "up[1d:] @ start()"},
      {"rate(up[5m])[30m:1m]offset 1w", "rate(up[5m])[30m:1m] offset 1w"},
      {"a+b", "a + b"},
      {"a==bool 1", "a == bool 1"},
      {"a/on()b", "a / on () b"},
      {"a/ignoring()b", "a / b"},
      {"a/ignoring()group_left b", "a / ignoring () group_left () b"},
      {"a*on(x,y)group_right(z)b", "a * on (x, y) group_right (z) b"},
      {"-(a+b)", "-(a + b)"},
      {"-1^2", "-1 ^ 2"},
      {"Inf^2", "Inf ^ 2"},
      {"sum(a)by(b,c)", "sum by (b, c) (a)"},
      {"sum(a)by()", "sum(a)"},
      {"SUM without()(a)", "sum without () (a)"},
      {"quantile(.9,a)", "quantile(0.9, a)"},
      {"count_values('v',a)without(b)", R"(count_values without (b) ("v", a))"},
      {"label_join(a,'b',',','c')", R"(label_join(a, "b", ",", "c"))"},
      {"time( )", "time()"},
      {"a @ -0.5", "a @ -0.500"},
  };
  for (const auto& [query, form] : kForms) {
    EXPECT_EQ(Printed(query), form) << query;
    EXPECT_EQ(Printed(form), form) << query;
  }
}

}  // namespace
}  // namespace syspulse::promql
