#include "services/collect/cpu_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ParseCpuList, ReadsProcessorsAndRanges) {
  EXPECT_THAT(*ParseCpuList("0,2-4,4000000000\n"),
              ElementsAre(CpuRange{0, 0}, CpuRange{2, 4}, CpuRange{4000000000, 4000000000}));
  EXPECT_THAT(*ParseCpuList("\n"), IsEmpty());
}

TEST(ParseCpuList, RefusesWhatIsNoList) {
  for (const char* text :
       {"", "0,2-4", "3-1\n", "a\n", "1,\n", "-1\n", "1-\n", "1-2-3\n", "99999999999\n"}) {
    EXPECT_THAT(ParseCpuList(text), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("processors")))
        << text;
  }
}

}  // namespace
}  // namespace syspulse
