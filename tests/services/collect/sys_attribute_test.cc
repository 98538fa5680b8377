#include "services/collect/sys_attribute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(ParseAttribute, TakesTheWhiteSpaceAroundTheValueOff) {
  EXPECT_EQ(ParseAttribute("  Samsung SSD 980 \t\n"), "Samsung SSD 980");
  EXPECT_EQ(ParseAttribute("two\nlines\n"), "two\nlines");
  EXPECT_EQ(ParseAttribute("\n"), "");
}

TEST(ParseAttribute, RefusesAValueThatIsCut) {
  EXPECT_EQ(ParseAttribute(""), std::nullopt);
  EXPECT_EQ(ParseAttribute("4200"), std::nullopt);
}

TEST(NumberAfter, TellsDevicesFromWhatStandsBesideThem) {
  EXPECT_EQ(NumberAfter("cpu", "cpu12"), "12");
  EXPECT_EQ(NumberAfter("cpu", "cpufreq"), std::nullopt);
  EXPECT_EQ(NumberAfter("cpu", "cpu"), std::nullopt);
  EXPECT_EQ(NumberAfter("cpu", "my_cpu1"), std::nullopt);
}

class SysDirectoryTest : public ::testing::Test {
 protected:
  void Write(std::string_view attribute, std::string_view text) {
    tree_.Write(std::string("sys/class/thing/one/") + std::string(attribute), text);
  }

  FixtureTree tree_;
  const ProcFs procfs_{tree_.roots()};
  const SysDirectory thing_{&procfs_, "class/thing/one"};
};

TEST_F(SysDirectoryTest, ReadsTextAndNumbers) {
  Write("model", "Deep  Thought\n");
  Write("temp", "-1500\n");
  Write("queue/size", "18446744073709551615\n");
  EXPECT_EQ(*thing_.Text("model"), "Deep  Thought");
  EXPECT_EQ(*thing_.Number<std::int64_t>("temp"), -1500);
  EXPECT_EQ(*thing_.Below("queue").Number<std::uint64_t>("size"), UINT64_MAX);
  EXPECT_THAT(*thing_.List(), testing::ElementsAre("model", "queue", "temp"));
}

TEST_F(SysDirectoryTest, TellsAbsentFromCutFromStrange) {
  Write("cut", "12");
  Write("strange", "N/A\n");
  EXPECT_THAT(thing_.Text("none"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("one/none")));
  EXPECT_THAT(thing_.Text("cut"),
              StatusIs(absl::StatusCode::kDataLoss, "parse class/thing/one/cut: its value is cut"));
  EXPECT_THAT(thing_.Number<int>("strange"),
              StatusIs(absl::StatusCode::kDataLoss,
                       "parse class/thing/one/strange: unexpected value 'N/A'"));
  EXPECT_THAT(SysDirectory(&procfs_, "class/none").List(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("class/none")));
}

TEST_F(SysDirectoryTest, ADirectoryInPlaceOfAnAttributeIsAnError) {
  Write("queue/size", "1\n");
  EXPECT_THAT(thing_.Text("queue"), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("queue")));
}

}  // namespace
}  // namespace syspulse
