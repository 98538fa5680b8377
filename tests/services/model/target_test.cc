#include "services/model/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/model/host.h"

namespace syspulse {
namespace {

TEST(Target, ComesBackFromItsHostId) {
  for (const Target& target : {Target{"node", "web-1:9100"}, Target{"", "a"}, Target{"b", ""},
                               Target{}, Target{"1:2", ":3~"}}) {
    const std::string id = TargetHostId(target);
    EXPECT_EQ(TargetOf(id), target) << id;
  }
}

TEST(Target, NoAgentCanClaimItsHostId) {
  EXPECT_FALSE(IsHostId(TargetHostId({"node", "web-1"})));
  EXPECT_LT(std::string("zzzz"), TargetHostId({"a", "b"}));
}

TEST(Target, OtherHostIdsAreNone) {
  for (const char* id : {"", "web-1", "~", "~x:", "~5:node", "~-1:a", "~99999999999999999999:a"}) {
    EXPECT_EQ(TargetOf(id), std::nullopt) << id;
  }
}

}  // namespace
}  // namespace syspulse
