#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "services/promql/column.h"
#include "services/promql/duration.h"
#include "services/promql/engine.h"
#include "services/promql/parser.h"
#include "services/promql/printer.h"
#include "tests/fuzz/targets.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/memory_series.h"

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

// Any query is answered or refused, within its limits, over series of every kind.
void Evaluate(std::string_view query) {
  const auto expr = promql::ParseExpr(query);
  if (!expr.ok()) return;
  promql::MemorySource source;
  for (int i = 0; i < 20; ++i) {
    const std::string le = i % 2 == 0 ? "1" : "+Inf";
    const double value = i % 7 == 0 ? std::nan("") : i % 5 == 0 ? HUGE_VAL : i;
    source.Add(promql::Labels::Of({{"__name__", "a"}, {"le", le}}), i * 10'000, value);
    source.Add(promql::Labels::Of({{"__name__", "b"}, {"le", le}}), i * 10'000, -value);
    source.Add(promql::Labels::Of({{"__name__", "up"}}), i * 10'000,
               i % 6 == 0 ? promql::kAbsent : value);
  }
  const FakeClock clock;
  const promql::QueryLimits limits{.samples = 100'000};
  const promql::Engine engine;
  promql::QueryContext now(limits, clock, {});
  (void)engine.Instant(**expr, 150'000, source, now, query);
  promql::QueryContext range(limits, clock, {});
  (void)engine.Range(**expr, {0, 300'000}, 30'000, source, range, query);
}

void Select(std::string_view query) { (void)promql::ParseSelector(query); }

}  // namespace

std::vector<FuzzTarget> PromqlTargets() {
  return {
      {"promql_duration", Run<promql::ParseDuration>, {"1y2w3d4h5m6s7ms\n"}},
      {"promql_engine",
       Evaluate,
       {"sum by (le) (rate(a{le=\"1\"}[1m:7s] offset -1m @ end())) / on () group_left (le) up\n",
        "topk(2, -{__name__=~\"a|b\"}) or histogram_quantile(0.9, b) unless absent(a > bool 3)\n",
        "label_replace(quantile_over_time(.5, up[3m]), \"x\", \"$1\", \"le\", \"(.*)\") % hour()\n",
        "count_values without (le) (\"v\", predict_linear(b[2m], scalar(a)) ^ holt_winters(a[1m], "
        ".1, .9))\n"}},
      {"promql_query",
       ParseAndPrint,
       {"sum by (job) (rate(up{a=\"b\\x41\",c!~'d|e'}[5m:1m] offset -1h @ end())) # all\n",
        "a / on (x) group_left (y) b ^ -2 > bool 0x1F or topk(3, c) without (d) @ 1.5\n",
        "label_replace(start, \"\\u00e9\", `$1`, 'x', \"(.*)\") unless {n=~\"[a-z]+\"} == inf\n"}},
      {"promql_selector", Select, {"up{job=~\"a|b\",c!=\"\"}\n"}},
  };
}

}  // namespace syspulse
