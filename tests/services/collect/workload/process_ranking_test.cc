#include "services/collect/workload/process_ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<ProcessUsage> kUsages = {{.memory = 1}, {.cpu = 0.5},
                                           {.memory = 9}, {.cpu = 0.7, .io = 1},
                                           {.io = 5},     {.cpu = 0.1, .memory = 8}};

TEST(Busiest, IsTheUnionOfTheFirstOfEach) {
  EXPECT_THAT(Busiest(kUsages, 1), ElementsAre(2, 3, 4));
  EXPECT_THAT(Busiest(kUsages, 2), ElementsAre(1, 2, 3, 4, 5));
}

TEST(Busiest, IsEverybodyWhereThereAreFew) {
  EXPECT_THAT(Busiest(kUsages, 6), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(Busiest({}, 6), IsEmpty());
}

TEST(Busiest, IsNobodyIfNobodyMayTravel) { EXPECT_THAT(Busiest(kUsages, 0), IsEmpty()); }

TEST(Busiest, WhoIsIdleIsNotAmongTheBusyAndTheFirstWinsWhereAllAreEqual) {
  EXPECT_THAT(Busiest(std::vector<ProcessUsage>(5), 2), ElementsAre(0, 1));
}

}  // namespace
}  // namespace syspulse
