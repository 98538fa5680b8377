#include "services/model/instance_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

HostPtr Of(const std::string& id, const std::string& hostname, bool has_agent = true) {
  return std::make_shared<const Host>(
      Host{.id = id, .hostname = hostname, .agent_version = has_agent ? "1.0" : ""});
}

TEST(InstanceNames, HostsThatShareAHostnameAreToldApartByTheirIds) {
  EXPECT_THAT(InstancesOf({Of("a", "vm"), Of("b", "vm"), Of("c", "other")}),
              ElementsAre(Pair("a", "vm/a"), Pair("b", "vm/b"), Pair("c", "other")));
  EXPECT_THAT(InstancesOf({Of("a", "vm"), Of("b", "vm"), Of("c", "vm/a")}),
              ElementsAre(Pair("a", "vm/a/a"), Pair("b", "vm/b"), Pair("c", "vm/a")));
}

TEST(InstanceNames, WhoeverPushesTakesNoAgentsName) {
  EXPECT_THAT(InstancesOf({Of("a", "vm"), Of("b", "vm", false), Of("c", "vm", false)}),
              ElementsAre(Pair("a", "vm"), Pair("b", "vm/b"), Pair("c", "vm/c")));
  EXPECT_THAT(InstancesOf({Of("a", "vm", false), Of("b", "vm", false)}),
              ElementsAre(Pair("a", "vm/a"), Pair("b", "vm/b")));
  EXPECT_THAT(InstancesOf({Of("a", "vm", false)}), ElementsAre(Pair("a", "vm")));
}

}  // namespace
}  // namespace syspulse
