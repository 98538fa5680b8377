#include "services/promql/query_context.h"

#include <gmock/gmock.h>

#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

TEST(QueryContext, LetsAQueryGoOnUntilItsTimeIsUp) {
  FakeClock clock;
  const QueryContext context({.time = absl::Seconds(10)}, clock, {});
  clock.Advance(absl::Seconds(10));
  EXPECT_THAT(context.Check(), IsOk());
  clock.Advance(absl::Milliseconds(1));
  EXPECT_THAT(context.Check(), StatusIs(absl::StatusCode::kDeadlineExceeded,
                                        HasSubstr("query timed out in expression evaluation")));
}

TEST(QueryContext, DoesNotCareWhenCivilTimeJumps) {
  FakeClock clock;
  const QueryContext context({}, clock, {});
  clock.Step(clock.Now() + absl::Hours(24));
  EXPECT_THAT(context.Check(), IsOk());
}

TEST(QueryContext, EndsAQueryThatNobodyWaitsFor) {
  FakeClock clock;
  std::stop_source stop;
  const QueryContext context({}, clock, stop.get_token());
  EXPECT_THAT(context.Check(), IsOk());
  stop.request_stop();
  EXPECT_THAT(context.Check(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("canceled")));
}

TEST(QueryContext, BoundsTheSamplesHeldAtOnceButNotThoseReadInTurn) {
  FakeClock clock;
  QueryContext context({.samples = 100}, clock, {});
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(context.Hold(100), IsOk());
    context.Release(100);
    EXPECT_THAT(context.CountRead(1000), IsOk());
  }
  EXPECT_EQ(context.samples_read(), 10'000);
  EXPECT_EQ(context.most_samples_held(), 100);
  EXPECT_THAT(context.Hold(101),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too many samples")));
}

TEST(QueryContext, BoundsTheSeriesThatAreRead) {
  FakeClock clock;
  QueryContext context({.series_read = 2}, clock, {});
  EXPECT_THAT(context.CountRead(1), IsOk());
  EXPECT_THAT(context.CountRead(1), IsOk());
  EXPECT_THAT(context.CountRead(1),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 2 series")));
}

}  // namespace
}  // namespace syspulse::promql
