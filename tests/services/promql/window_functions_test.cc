#include "services/promql/window_functions.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "services/promql/windows.h"
#include "tests/services/promql/query_runner.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

TEST(RateFunctions, ExtrapolateToTheEdgesOfTheWindow) {
  QueryRunner run;
  run.Load("x_total", "0 10 20 30 40 50 60");
  EXPECT_EQ(run.At("rate(x_total[1m])", 60), "{} 1\n");
  EXPECT_EQ(run.At("increase(x_total[1m])", 60), "{} 60\n");
  // 10 to 60 s are sampled; 5 s before and after are nearer than a step is long.
  EXPECT_EQ(run.At("increase(x_total[1m])", 65), "{} 60\n");
  EXPECT_EQ(run.At("delta(x_total[1m])", 60), "{} 60\n");
}

TEST(RateFunctions, DoNotTakeACounterBelowZero) {
  QueryRunner run;
  run.Load("x_total", "_ 2 12 22");
  // It was zero 2 s before its first sample, not the 5 s that half a step is.
  EXPECT_EQ(run.At("increase(x_total[1m])", 30), "{} 22\n");
  // A gauge may have been anything: half a step.
  EXPECT_EQ(run.At("delta(x_total[1m])", 30), "{} 25\n");
}

TEST(RateFunctions, CountWhatCameAfterACounterStartedAgain) {
  QueryRunner run;
  run.Load("x_total", "0 10 20 5 15 2 12");
  EXPECT_EQ(run.At("increase(x_total[1m])", 60), "{} 47\n");
  EXPECT_EQ(run.At("delta(x_total[1m])", 60), "{} 12\n");
  EXPECT_EQ(run.At("resets(x_total[1m])", 60), "{} 2\n");
  // Windows that slide over the restarts see those within them.
  EXPECT_EQ(run.Over("resets(x_total[20s])", 20, 60, 10), "{} 0@20 1@30 1@40 1@50 1@60\n");
  EXPECT_EQ(run.Over("increase(x_total[20s])", 20, 60, 20), "{} 20@20 15@40 12@60\n");
}

TEST(RateFunctions, NeedTwoSamples) {
  QueryRunner run;
  run.Load("x", "5");
  for (const char* function : {"rate", "increase", "delta", "irate", "idelta", "deriv"}) {
    EXPECT_EQ(run.At(std::string(function) + "(x[1m])", 0), "") << function;
  }
  EXPECT_EQ(run.At("changes(x[1m])", 0), "{} 0\n");
}

TEST(RateFunctions, LookAtTheLastTwoSamplesOrAtNeighbours) {
  QueryRunner run;
  run.Load("x", "1 1 NaN NaN 5 3");
  EXPECT_EQ(run.At("irate(x[1m])", 50), "{} 0.3\n");
  EXPECT_EQ(run.At("idelta(x[1m])", 50), "{} -2\n");
  EXPECT_EQ(run.At("changes(x[1m])", 50), "{} 3\n");
}

TEST(OverTimeFunctions, ReduceWhatIsInTheWindow) {
  QueryRunner run;
  run.Load("x", "4 1 _ 3 8");
  EXPECT_EQ(run.At("sum_over_time(x[1m])", 40), "{} 16\n");
  EXPECT_EQ(run.At("avg_over_time(x[1m])", 40), "{} 4\n");
  EXPECT_EQ(run.At("min_over_time(x[1m])", 40), "{} 1\n");
  EXPECT_EQ(run.At("max_over_time(x[1m])", 40), "{} 8\n");
  EXPECT_EQ(run.At("count_over_time(x[1m])", 40), "{} 4\n");
  EXPECT_EQ(run.At("last_over_time(x[1m])", 40), "x 8\n");
  EXPECT_EQ(run.At("present_over_time(x[1m])", 40), "{} 1\n");
  EXPECT_EQ(run.At("stdvar_over_time(x[10s])", 10), "{} 2.25\n");
  EXPECT_EQ(run.At("stddev_over_time(x[10s])", 10), "{} 1.5\n");
  EXPECT_EQ(run.At("quantile_over_time(0.5, x[1m])", 40), "{} 3.5\n");
  EXPECT_EQ(run.At("quantile_over_time(-1, x[1m])", 40), "{} -Inf\n");
  EXPECT_EQ(run.Over("sum_over_time(x[10s])", 0, 40, 10), "{} 4@0 5@10 1@20 3@30 11@40\n");
}

TEST(OverTimeFunctions, TakeNanForTheWorstOfValues) {
  QueryRunner run;
  run.Load("x", "NaN 2 NaN 1");
  EXPECT_EQ(run.At("max_over_time(x[1m])", 30), "{} 2\n");
  EXPECT_EQ(run.At("min_over_time(x[1m])", 30), "{} 1\n");
  EXPECT_EQ(run.At("sum_over_time(x[1m])", 30), "{} NaN\n");
  EXPECT_EQ(run.At("quantile_over_time(0, x[1m])", 30), "{} NaN\n");
  EXPECT_EQ(run.At("quantile_over_time(1, x[1m])", 30), "{} 2\n");
}

TEST(OverTimeFunctions, FindExtremesInWindowsThatSlideAsInEachAlone) {
  QueryRunner run;
  std::string values;
  std::uint32_t random = 1;
  for (int i = 0; i < 300; ++i) {
    random = random * 1'664'525 + 1'013'904'223;
    const std::uint32_t kind = random >> 28;
    values += kind == 0 ? "NaN " : kind == 1 ? "_ " : std::to_string((random >> 16) % 8) + " ";
  }
  run.Load("x", values);
  for (const char* query : {"max_over_time(x[35s])", "min_over_time(x[35s])",
                            "max_over_time(x[400s])", "min_over_time(x[10s])"}) {
    for (const double step : {10, 70}) {
      std::string alone = "{}";
      for (double time = 0; time <= 3500; time += step) {
        const std::string one = run.At(query, time);  // "{} 3\n", or nothing
        if (!one.empty()) {
          alone += " " + one.substr(3, one.size() - 4) + "@" + std::to_string(int(time));
        }
      }
      EXPECT_EQ(run.Over(query, 0, 3500, step), alone + "\n") << query;
    }
  }
}

TEST(OverTimeFunctions, AreExactWhereSumsAreNot) {
  QueryRunner run;
  run.Load("x", "1 1e100 1 -1e100");
  EXPECT_EQ(run.At("sum_over_time(x[1m])", 30), "{} 2\n");
  EXPECT_EQ(run.At("avg_over_time(x[1m])", 30), "{} 0.5\n");
  run.Load("y", "1.7e308 1.7e308 1.7e308");
  EXPECT_EQ(run.At("avg_over_time(y[1m])", 20), "{} 1.7e+308\n");
  EXPECT_EQ(run.At("sum_over_time(y[1m])", 20), "{} +Inf\n");
  run.Load("w", "1.7e308 1.7e308 1.7e308 0 1.7e308 1.7e308 1.7e308 0 -1.7e308 -1.7e308");
  EXPECT_EQ(run.At("count(avg_over_time(w[2m]) > 6.7e307 < 6.9e307)", 90), "{} 1\n");
  run.Load("u", "Inf 1 2 3 4 -Inf");
  EXPECT_EQ(run.At("sum_over_time(u[2m])", 100), "{} NaN\n");
  EXPECT_EQ(run.At("sum_over_time(u[40s])", 40), "{} +Inf\n");
  run.Load("z", "Inf 1 2");
  EXPECT_EQ(run.At("avg_over_time(z[1m])", 20), "{} +Inf\n");
}

TEST(OverTimeFunctions, AreAsExactForLongWindows) {
  QueryRunner run;
  std::string values;
  for (int i = 0; i < 100; ++i) values += i == 17 ? "1e100 " : i == 58 ? "-1e100 " : "1 ";
  run.Load("x", values, 0, 1000);
  EXPECT_EQ(run.At("sum_over_time(x[2m])", 99), "{} 98\n");
  EXPECT_EQ(run.At("avg_over_time(x[2m])", 99), "{} 0.98\n");
  EXPECT_EQ(run.Over("sum_over_time(x[40s])", 79, 99, 20), "{} -1e+100@79 41@99\n");
  run.Load("y", values + "Inf 1 -Inf", 0, 1000);
  EXPECT_EQ(run.At("avg_over_time(y[2m])", 101), "{} +Inf\n");
  EXPECT_EQ(run.At("sum_over_time(y[2m])", 102), "{} NaN\n");
  // Too large for a double if it is not added up in the order of time.
  std::string large;
  for (int i = 0; i < 50; ++i) large += "1.7e308 -1.7e308 ";
  run.Load("z", large + "-1.7e308 -1.7e308", 0, 1000);
  EXPECT_EQ(run.At("sum_over_time(z[2m])", 99), "{} 0\n");
  EXPECT_EQ(run.At("sum_over_time(z[2m])", 101), "{} -Inf\n");
  EXPECT_EQ(run.Over("sum_over_time(z[40s])", 79, 99, 20), "{} -1.7e+308@79 -1.7e+308@99\n");
}

TEST(TrendFunctions, FitALine) {
  QueryRunner run;
  run.Load("x", "0 20 40 60");
  EXPECT_EQ(run.At("deriv(x[1m])", 30), "{} 2\n");
  EXPECT_EQ(run.At("predict_linear(x[1m], 10)", 30), "{} 80\n");
  EXPECT_EQ(run.At("predict_linear(x[1m] offset 10s, 10)", 40), "{} 100\n");
  run.Load("flat", "7 7 7");
  EXPECT_EQ(run.At("deriv(flat[1m])", 20), "{} 0\n");
  EXPECT_EQ(run.At("predict_linear(flat[1m], 1e6)", 20), "{} 7\n");
}

TEST(TrendFunctions, SmoothWithFactorsBetweenZeroAndOne) {
  QueryRunner run;
  run.Load("x", "0 10 20 30");
  EXPECT_EQ(run.At("holt_winters(x[1m], 0.5, 0.5)", 30), "{} 30\n");
  EXPECT_THAT(run.At("holt_winters(x[1m], 1, 0.5)", 30),
              HasSubstr("invalid smoothing factor. Expected: 0 < sf < 1, got: 1.000000"));
  EXPECT_THAT(run.At("holt_winters(x[1m], 0.5, -2)", 30),
              HasSubstr("invalid trend factor. Expected: 0 < tf < 1, got: -2.000000"));
  EXPECT_THAT(run.At("holt_winters(x[1m], Inf, 0.5)", 40), HasSubstr("got: +Inf"));
  EXPECT_EQ(run.At("holt_winters(nothing[1m], 2, 2)", 30), "");
}

TEST(WindowFinder, RemembersOnlyColumnsThatItHolds) {
  const std::vector<std::int64_t> times = {0, 10, 20};
  WindowFinder finder({.start_ms = 10, .step_ms = 10, .count = 2}, 10, false);
  const auto owner = std::make_shared<const int>(0);
  const Window* const first = finder.Find(times, owner).data();
  EXPECT_EQ(finder.Find(times, owner)[0], (Window{0, 2}));
  EXPECT_EQ(finder.Find(times, owner)[1], (Window{1, 3}));
  EXPECT_EQ(finder.Find(times, owner).data(), first);
  // The same address with other times in it, as a buffer that is used again has.
  std::vector<std::int64_t> buffer = {0, 10, 20};
  EXPECT_EQ(finder.Find(buffer, nullptr)[0], (Window{0, 2}));
  buffer = {5, 11, 30};
  EXPECT_EQ(finder.Find(buffer, nullptr)[0], (Window{0, 1}));
}

TEST(WindowFinder, FindsNothingOutsideOfTheSamples) {
  const std::vector<std::int64_t> times = {100, 200};
  WindowFinder before({.start_ms = 0, .step_ms = 10, .count = 3}, 50, false);
  for (const Window& window : before.Find(times, nullptr)) EXPECT_EQ(window.size(), 0u);
  WindowFinder after({.start_ms = 1000, .step_ms = 10, .count = 3}, 50, false);
  for (const Window& window : after.Find(times, nullptr)) EXPECT_EQ(window.size(), 0u);
  WindowFinder fixed({.start_ms = 150, .step_ms = 0, .count = 3}, 50, true);
  for (const Window& window : fixed.Find(times, nullptr)) EXPECT_EQ(window.size(), 0u);
}

}  // namespace
}  // namespace syspulse::promql
