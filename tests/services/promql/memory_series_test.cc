#include "tests/testing/memory_series.h"

#include <gmock/gmock.h>

#include "tests/testing/fake_clock.h"

namespace syspulse::promql {
namespace {

using ::testing::ElementsAre;

TEST(MemorySource, HandsOutWhatMatchesWithinTheRange) {
  MemorySource source;
  source.Add(Labels::Of({{"__name__", "up"}, {"job", "a"}}), 3000, 3);
  source.Add(Labels::Of({{"__name__", "up"}, {"job", "a"}}), 1000, 1);
  source.Add(Labels::Of({{"__name__", "up"}, {"job", "a"}}), 2000, 7);
  source.Add(Labels::Of({{"__name__", "up"}, {"job", "a"}}), 2000, 2);
  source.Add(Labels::Of({{"__name__", "down"}, {"job", "a"}}), 2000, 9);
  FakeClock clock;
  const QueryContext context({}, clock, {});
  const std::vector<Matcher> matchers = {*Matcher::Create(MatchKind::kEqual, "__name__", "up")};
  auto readers = source.Select(matchers, {.start_ms = 1000, .end_ms = 2000}, context);
  ASSERT_EQ(readers->size(), 1u);
  EXPECT_EQ(readers->front()->labels().ToString(), "up{job=\"a\"}");
  const SampleSpan samples = *readers->front()->Read();
  EXPECT_THAT(samples.times_ms, ElementsAre(1000, 2000));
  EXPECT_THAT(samples.values, ElementsAre(1, 2));
}

}  // namespace
}  // namespace syspulse::promql
