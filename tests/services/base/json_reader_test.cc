#include "services/base/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using Code = absl::StatusCode;

absl::Status Skipped(std::string_view json) {
  JsonReader reader(json);
  const absl::Status skipped = reader.Skip();
  return skipped.ok() && !reader.at_end() ? reader.Error("the end") : skipped;
}

TEST(JsonReader, SkipsValuesOfAnyKind) {
  for (const char* const json : {"0", "-1.5e3", "\"\\u00e9\\ud83d\\ude00\\n\"", "null", "true",
                                 " [ ] ", "{}", "{\"a\": [1, {\"b\": null}], \"c\": \"d\"}\n"}) {
    EXPECT_THAT(Skipped(json), IsOk()) << json;
  }
}

TEST(JsonReader, SaysWhatIsExpectedWhere) {
  EXPECT_THAT(Skipped("{\"a\" 1}"), StatusIs(Code::kInvalidArgument, ": is expected at byte 6"));
  for (const char* const json : {"", "nan", "-inf", "infinity", "+1", "0x10", "nul", "\"a",
                                 "\"\\x\"", "[1", "{1:2}", "1 2", "[1,]"}) {
    EXPECT_THAT(Skipped(json), StatusIs(Code::kInvalidArgument, HasSubstr("expected at byte")))
        << json;
  }
}

TEST(JsonReader, SaysWhatIsWrongWithAValueThatIsOfTheRightKind) {
  EXPECT_THAT(
      Skipped("[1, 1e999]"),
      StatusIs(Code::kInvalidArgument, HasSubstr("the number 1e999 at byte 5 does not fit")));
  EXPECT_THAT(Skipped("{\"a\": \"b\xff\"}"),
              StatusIs(Code::kInvalidArgument, "the string at byte 7 is not valid UTF-8"));
  EXPECT_THAT(Skipped("\"\\ud800\""),
              StatusIs(Code::kInvalidArgument, "the string at byte 1 is not valid UTF-8"));
  EXPECT_THAT(Skipped("\"\\ud800\\u0041\""),
              StatusIs(Code::kInvalidArgument, HasSubstr("no second half of a surrogate pair")));
}

TEST(JsonReader, DoesNotFollowNestingForEver) {
  EXPECT_THAT(Skipped(std::string(1'000'000, '[')),
              StatusIs(Code::kInvalidArgument, HasSubstr("not nested so deep")));
}

}  // namespace
}  // namespace syspulse
