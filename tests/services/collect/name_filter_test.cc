#include "services/collect/name_filter.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

TEST(NameFilter, TakesEverythingUnlessTold) { EXPECT_TRUE(NameFilter().Takes("")); }

TEST(NameFilter, MatchesAnywhereUnlessAnchored) {
  EXPECT_TRUE(NameFilter::Including("th").Takes("eth0"));
  EXPECT_FALSE(NameFilter::Including("^th").Takes("eth0"));
}

TEST(NameFilter, WhatIsBothIncludedAndExcludedIsLeftOut) {
  const NameFilter filter = NameFilter::Create("^eth", "1$").value();
  EXPECT_TRUE(filter.Takes("eth0"));
  EXPECT_FALSE(filter.Takes("eth1"));
  EXPECT_FALSE(filter.Takes("lo"));
}

TEST(NameFilter, NamesOfAnyBytesAreNames) {
  EXPECT_FALSE(NameFilter::Including("^a$").Takes(std::string_view("a\0b", 3)));
  EXPECT_TRUE(NameFilter::Excluding("^a$").Takes("\xff"));
}

TEST(NameFilter, WhatIsNoExpressionIsToldWithTheReason) {
  EXPECT_THAT(NameFilter::Create("", "a(").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "'a(' is not a regular expression: missing ): a("));
}

}  // namespace
}  // namespace syspulse
