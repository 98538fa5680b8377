#include "tests/promql_script/runner.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/testing/fake_clock.h"

namespace syspulse::promql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

// What is left of a script run from nothing.
struct Ran {
  std::vector<std::string> failures;
  Tally tally;
};

Ran RunScript(std::string_view script) {
  const FakeClock clock;
  Runner runner({.left_open = true}, clock);
  auto failures = runner.Run("x.test", script);
  return {std::move(failures), runner.tally()};
}

constexpr std::string_view kLoad = R"(
# What all cases are asked of.
load 1m
  up{job="a"} 1 2 3 4 5
  up{job="b"} 10 _ stale 40 50
)";

Ran RunCase(std::string_view eval) {
  return RunScript(std::string(kLoad) + "\n" + std::string(eval));
}

TEST(Runner, PassesWhatIsAsExpected) {
  for (const char* const eval : {
           "eval instant at 1m up\n  up{job=\"a\"} 2\n  up{job=\"b\"} 10",
           "eval instant at 2m up\n  up{job=\"a\"} 3",
           "eval instant at 4m sum(up)\n  {} 55",
           "eval instant at 4m 1 + 1\n  2",
           "eval instant at 4m \"x\"\n  expect string \"x\"",
           "eval instant at 4m nothing",
           "eval range from 0 to 4m step 2m up{job=\"b\"}\n  up{job=\"b\"} 10 _ 50",
           "eval_ordered instant at 4m sort_desc(up)\n  up{job=\"b\"} 50\n  up{job=\"a\"} 5",
           "eval instant at 4m sort(up)\n  expect ordered\n  up{job=\"a\"} 5\n  up{job=\"b\"} 50",
           "eval_fail instant at 4m up + on() up",
           "eval instant at 4m up + on() up\n  expect fail regex: found duplicate series",
           "eval instant at 4m up{job=\"a\"}[2m]\n  expect range vector from 3m to 4m step 1m\n"
           "  up{job=\"a\"} 4 5",
           "eval instant at 4m up{job=\"a\"} @ start()\n  expect no_warn\n  expect no_info\n"
           "  up{job=\"a\"} 5",
       }) {
    const Ran ran = RunCase(eval);
    EXPECT_THAT(ran.failures, IsEmpty()) << eval;
    EXPECT_EQ(ran.tally.passed, 1) << eval;
  }
}

TEST(Runner, FailsWhatIsNot) {
  const std::pair<const char*, const char*> kCases[] = {
      {"eval instant at 1m up\n  up{job=\"a\"} 2", "got up{job=\"b\"} 10, wanted no such series"},
      {"eval instant at 1m up\n  up{job=\"a\"} 2\n  up{job=\"b\"} 11", "wanted 11"},
      {"eval instant at 1m 1\n  2", "got scalar 1, wanted 2"},
      {"eval instant at 1m up\n  5", "wanted scalar 5"},
      {"eval instant at 1m nothing\n  nothing 5", "got no such series, wanted nothing 5"},
      {"eval instant at 1m \"x\"\n  expect string \"y\"", "wanted \"y\""},
      {"eval_ordered instant at 4m sort(up)\n  up{job=\"b\"} 50\n  up{job=\"a\"} 5", "at place 1"},
      {"eval_fail instant at 1m up", "wanted an error"},
      {"eval instant at 4m up + on() up", "wanted an answer"},
      {"eval instant at 4m up + on() up\n  expect fail msg: other", "wanted other"},
      {"eval instant at 4m up +", "parse error"},
      {"eval range from 0 to 2m step 1m up{job=\"a\"}\n  up{job=\"a\"} 1 2", "@120000, wanted"},
      {"eval_warn instant at 1m up{job=\"a\"}\n  up{job=\"a\"} 2",
       "got warning: none, wanted some"},
      {"eval instant at 1m up{job=\"a\"}\n  expect info\n  up{job=\"a\"} 2", "wanted some"},
  };
  for (const auto& [eval, wrong] : kCases) {
    const Ran ran = RunCase(eval);
    ASSERT_THAT(ran.failures, ElementsAre(HasSubstr(wrong))) << eval;
    EXPECT_THAT(ran.failures[0], HasSubstr("x.test:7: ")) << eval;
    EXPECT_EQ(ran.tally.failed, 1) << eval;
  }
}

TEST(Runner, CountsWhatIsNotOursByReason) {
  const Ran ran = RunScript(R"(
load 1m
  h {{schema:0 sum:1 count:1 buckets:[1]}}x10
  f 1x10
  t{__type__="counter"} 1x10
  {"a.b"} 1x10

load_with_nhcb 1m
  c_bucket{le="1"} 1x10

eval instant at 1m h

eval instant at 1m c

eval instant at 1m f
  f 1

eval instant at 1m {__name__=~"f|h"}
  f 1

eval instant at 1m f
  f {{}}

eval instant at 1m histogram_count(f)

eval instant at 1m t

eval instant at 1m {"a.b"}

eval instant at 1m f anchored

eval instant at 1m f[5]

eval instant at 1m f offset (1m + 1m)

eval instant at 1m 5m

eval instant at 1m predict_linear(f[5m], 1h)

eval instant at 1m mad_over_time(f[1m])

eval instant at 1m limitk(1, f)
)");
  EXPECT_THAT(ran.failures, IsEmpty());
  EXPECT_EQ(ran.tally.passed, 1);
  EXPECT_THAT(ran.tally.skipped,
              ElementsAre(Pair("native histogram", 5), Pair("newer or experimental function", 2),
                          Pair("newer syntax", 6), Pair("type and unit labels", 1)));
}

TEST(Runner, ForgetsWithClearAndAddsWithLoad) {
  const Ran ran = RunScript(
      "load 1m\n  a 1x5\n\nload 1m\n  b 2x5\n\neval instant at 1m a + on() b\n  {} 3\n\nclear\n"
      "load 1m\n  b 3x5\n\neval instant at 1m a\n\neval instant at 1m b\n  b 3\n");
  EXPECT_THAT(ran.failures, IsEmpty());
  EXPECT_EQ(ran.tally.passed, 3);
}

TEST(Runner, CountsAScriptThatIsNoneAsFailed) {
  for (const char* const script :
       {"lod 1m", "load", "load 1x", "load 1m\n  up{", "eval instant at 1m", "eval at 1m up",
        "eval_maybe instant at 1m up", "eval range from 0 to 1m up",
        "eval range from 1m to 0 step 1m up", "eval range from 0 to 1m step 0 up",
        "eval instant at 1m up\n  expect nothing", "eval instant at 1m up\n  expect fail maybe: x",
        "eval instant at 1m up\n  expect fail regex: [", "eval instant at 1m up\n  expect string x",
        "eval instant at 1m up\n  up 1 2"}) {
    const Ran ran = RunScript(std::string("\n\n") + script);
    EXPECT_THAT(ran.failures, ElementsAre(HasSubstr("x.test: line "))) << script;
    EXPECT_EQ(ran.tally.failed, 1) << script;
  }
}

}  // namespace
}  // namespace syspulse::promql
