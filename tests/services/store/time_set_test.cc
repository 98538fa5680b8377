#include "services/store/time_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace syspulse {
namespace {

TEST(TimeSet, ADayOfSecondsIsOneRun) {
  TimeSet set;
  for (std::int64_t i = 0; i < 86'400; ++i) ASSERT_TRUE(set.Insert(i * 1000));
  EXPECT_EQ(set.runs(), 1u);
  EXPECT_FALSE(set.Insert(43'000'000));
  EXPECT_TRUE(set.Contains(43'000'000));
  EXPECT_FALSE(set.Contains(43'000'001));
}

TEST(TimeSet, KnowsWhatAPlainSetKnows) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 50; ++round) {
    TimeSet set;
    std::set<std::int64_t> plain;
    const std::int64_t step = 1 + std::int64_t(random() % 4);
    for (int i = 0; i < 300; ++i) {
      const std::int64_t time = random() % 3 == 0 ? std::int64_t(random() % 400) - 50 : i * step;
      ASSERT_EQ(set.Insert(time), plain.insert(time).second) << round << " " << time;
    }
    for (std::int64_t time = -60; time < 1300; ++time) {
      ASSERT_EQ(set.Contains(time), plain.contains(time)) << round << " " << time;
    }
  }
}

TEST(TimeSet, ForgetsOnlyWhatIsBefore) {
  TimeSet set;
  for (const std::int64_t time : {1, 2, 3, 10, 20, 21}) set.Insert(time);
  set.ForgetBefore(15);
  EXPECT_FALSE(set.Contains(3));
  EXPECT_TRUE(set.Contains(20));
  EXPECT_TRUE(set.Contains(21));
}

}  // namespace
}  // namespace syspulse
