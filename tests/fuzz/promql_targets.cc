#include <cstdio>
#include <cstdlib>
#include <string>

#include "services/promql/duration.h"
#include "services/promql/parser.h"
#include "services/promql/printer.h"
#include "tests/fuzz/targets.h"

namespace syspulse {
namespace {

// A query that was understood is written so that it is understood again.
void ParseAndPrint(std::string_view query) {
  const auto expr = promql::ParseExpr(query);
  if (!expr.ok()) return;
  const std::string printed = promql::ToString(**expr);
  if (printed.size() > promql::kMostQueryBytes || promql::ParseExpr(printed).ok()) return;
  std::fprintf(stderr, "printed as what is no query: %s\n", printed.c_str());
  std::abort();
}

}  // namespace

std::vector<FuzzTarget> PromqlTargets() {
  return {
      {"promql_duration", Run<promql::ParseDuration>, {"1y2w3d4h5m6s7ms\n"}},
      {"promql_query",
       ParseAndPrint,
       {"sum by (job) (rate(up{a=\"b\\x41\",c!~'d|e'}[5m:1m] offset -1h @ end())) # all\n",
        "a / on (x) group_left (y) b ^ -2 > bool 0x1F or topk(3, c) without (d) @ 1.5\n",
        "label_replace(start, \"\\u00e9\", `$1`, 'x', \"(.*)\") unless {n=~\"[a-z]+\"} == inf\n"}},
      {"promql_selector", Run<promql::ParseSelector>, {"up{job=~\"a|b\",c!=\"\"}\n"}},
  };
}

}  // namespace syspulse
