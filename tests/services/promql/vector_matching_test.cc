#include <gmock/gmock.h>

#include <string>

#include "tests/services/promql/query_runner.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

class VectorMatchingTest : public ::testing::Test {
 protected:
  VectorMatchingTest() {
    run_.Load(R"(used{host="a",dev="x"})", "1 2");
    run_.Load(R"(used{host="b",dev="y"})", "3");
    run_.Load(R"(size{host="a",dev="x"})", "10 10");
    run_.Load(R"(size{host="c",dev="z"})", "10");
    run_.Load(R"(info{host="a",os="linux"})", "1 1");
  }
  QueryRunner run_;
};

TEST_F(VectorMatchingTest, ScalarsMeetEveryValue) {
  EXPECT_EQ(run_.At("used * 2", 0), "{dev=\"x\", host=\"a\"} 2\n{dev=\"y\", host=\"b\"} 6\n");
  EXPECT_EQ(run_.At("7 - used{host=\"b\"}", 0), "{dev=\"y\", host=\"b\"} 4\n");
  EXPECT_EQ(run_.At("used > 2", 0), "used{dev=\"y\", host=\"b\"} 3\n");
  EXPECT_EQ(run_.At("2 > used", 0), "used{dev=\"x\", host=\"a\"} 1\n");
  EXPECT_EQ(run_.At("2 > bool used{host=\"b\"}", 0), "{dev=\"y\", host=\"b\"} 0\n");
  EXPECT_EQ(run_.At("2 ^ 3 ^ 2 % 100", 0), "12");
  EXPECT_EQ(run_.Over("used{host=\"a\"} == time() / 10 + 1", 0, 10, 10),
            "used{dev=\"x\", host=\"a\"} 1@0 2@10\n");
}

TEST_F(VectorMatchingTest, EqualLabelsMeet) {
  EXPECT_EQ(run_.At("used / size", 0), "{dev=\"x\", host=\"a\"} 0.1\n");
  EXPECT_EQ(run_.At("used < size", 0), "used{dev=\"x\", host=\"a\"} 1\n");
  EXPECT_EQ(run_.At("used > bool size", 0), "{dev=\"x\", host=\"a\"} 0\n");
  EXPECT_EQ(run_.At("used + nothing", 0), "");
}

TEST_F(VectorMatchingTest, OnAndIgnoringSayWhichLabelsCount) {
  EXPECT_EQ(run_.At("used * on (host) info", 0), "{host=\"a\"} 1\n");
  EXPECT_EQ(run_.At("used * ignoring (dev, os) info", 0), "{host=\"a\"} 1\n");
  EXPECT_EQ(run_.At("used < ignoring (dev) size{host=\"a\"}", 0), "used{host=\"a\"} 1\n");
}

TEST_F(VectorMatchingTest, ManyMayMeetOneAndTakeItsLabels) {
  run_.Load(R"(used{host="a",dev="w"})", "5");
  EXPECT_EQ(run_.At("used * on (host) group_left (os) info", 0),
            "{dev=\"w\", host=\"a\", os=\"linux\"} 5\n{dev=\"x\", host=\"a\", os=\"linux\"} 1\n");
  EXPECT_EQ(run_.At("info - on (host) group_right used", 0),
            "{dev=\"w\", host=\"a\"} -4\n{dev=\"x\", host=\"a\"} 0\n");
  EXPECT_EQ(run_.At("used > on (host) group_left (dev) info", 0), "used{host=\"a\"} 5\n");
  EXPECT_THAT(run_.At("used * on (host) group_left (dev) info", 0),
              HasSubstr("multiple matches for labels: grouping labels must ensure unique matches"));
}

TEST_F(VectorMatchingTest, DuplicatesMatterOnlyWhereBothSidesHaveSomething) {
  run_.Load(R"(twice{host="a",n="1"})", "1 stale");
  run_.Load(R"(twice{host="a",n="2"})", "_ 2");
  // Never at the same time, so each step has its one match.
  EXPECT_EQ(run_.Over("used * on (host) twice", 0, 10, 10), "{host=\"a\"} 1@0 4@10\n");
  run_.Load(R"(both{host="a",n="1"})", "_ 1");
  run_.Load(R"(both{host="a",n="2"})", "_ 1");
  run_.Load("early", "1 stale");
  EXPECT_EQ(run_.Over("early * on () both", 0, 10, 10), "");
  EXPECT_THAT(run_.Over("used * on (host) both", 0, 10, 10),
              HasSubstr("found duplicate series for the match group {host=\"a\"} on the right"));
  EXPECT_THAT(run_.Over("both * on (host) group_right used", 0, 10, 10),
              HasSubstr("on the left hand-side"));
}

TEST_F(VectorMatchingTest, RowsOfAGroupMayTakeTurnsStepByStep) {
  run_.Load(R"(turn{host="a",n="1"})", "1 stale");
  run_.Load(R"(turn{host="a",n="2"})", "_ 2 stale");
  run_.Load(R"(turn{host="a",n="3"})", "_ _ 3");
  run_.Load(R"(used{host="a",dev="v"})", "1 1 1");
  EXPECT_EQ(run_.Over("used{dev=\"v\"} * on (host) turn", 0, 20, 10),
            "{host=\"a\"} 1@0 2@10 3@20\n");
  run_.Load(R"(turn{host="a",n="4"})", "_ _ 4");
  EXPECT_THAT(run_.Over("used{dev=\"v\"} * on (host) turn", 0, 20, 10),
              HasSubstr("host=\"a\", n=\"4\"}, {__name__=\"turn\", host=\"a\", n=\"3\"}]"));
}

TEST_F(VectorMatchingTest, OfSeveralErrorsTheOneOfTheFirstStepIsTold) {
  run_.Load(R"(one{n="1"})", "1 1 1");
  run_.Load(R"(one{n="2"})", "_ _ 1");
  run_.Load(R"(many{n="1"})", "1 1 1");
  run_.Load(R"(many{n="2"})", "_ 1 1");
  const char* const meeting = "found duplicate series for the match group {} on the right";
  EXPECT_THAT(run_.Over("many{host=\"\"} * on () one", 0, 20, 10),
              HasSubstr("many-to-one matching must be explicit"));
  EXPECT_THAT(run_.Over("many{host=\"\"} * on () group_left (x) one", 0, 20, 10),
              HasSubstr(meeting));
  EXPECT_THAT(run_.Over("label_replace(many{host=\"\"}, \"n\", \"\", \"\", \"\")"
                        " * on () group_left (x) one",
                        0, 20, 10),
              HasSubstr("same labelset"));
  run_.Load(R"(one{n="2"})", "_ 1 1");
  EXPECT_THAT(run_.Over("many{host=\"\"} * on () one", 0, 20, 10), HasSubstr(meeting));
  run_.Load(R"(one{n="1",a="b"})", "_ 1");
  run_.Load(R"(many{n="3"})", "_ 1");
  EXPECT_THAT(
      run_.Over("many{host=\"\",n!=\"2\"} * on () group_left (n) one{n=\"1\",a=\"\"}", 0, 20, 10),
      HasSubstr("grouping labels must ensure unique matches"));
}

TEST_F(VectorMatchingTest, WhatAComparisonFiltersIsNoMatch) {
  run_.Load(R"(many{host="a",n="1"})", "5");
  run_.Load(R"(many{host="a",n="2"})", "0");
  EXPECT_EQ(run_.At("many > on (host) info", 0), "{host=\"a\"} 5\n");
  EXPECT_THAT(run_.At("many > bool on (host) info", 0), HasSubstr("multiple matches for labels"));
  run_.options().later_corrections = true;
  EXPECT_THAT(run_.At("many > on (host) info", 0), HasSubstr("multiple matches for labels"));
}

TEST_F(VectorMatchingTest, SetsGoByPresenceStepByStep) {
  EXPECT_EQ(run_.At("used and size", 0), "used{dev=\"x\", host=\"a\"} 1\n");
  EXPECT_EQ(run_.At("used unless size", 0), "used{dev=\"y\", host=\"b\"} 3\n");
  EXPECT_EQ(run_.At("used or size", 0),
            "used{dev=\"x\", host=\"a\"} 1\nused{dev=\"y\", host=\"b\"} 3\n"
            "size{dev=\"z\", host=\"c\"} 10\n");
  EXPECT_EQ(run_.At("used and on () vector(1)", 0),
            "used{dev=\"x\", host=\"a\"} 1\nused{dev=\"y\", host=\"b\"} 3\n");
  run_.Load("busy", "_ 1 stale");
  EXPECT_EQ(run_.Over("used{host=\"a\"} and on () busy", 0, 20, 10),
            "used{dev=\"x\", host=\"a\"} 2@10\n");
  EXPECT_EQ(run_.Over("used{host=\"a\"} unless on () busy", 0, 20, 10),
            "used{dev=\"x\", host=\"a\"} 1@0 2@20\n");
}

TEST_F(VectorMatchingTest, SeriesOfBothSidesOfOrBecomeOne) {
  run_.Load("l", "1 stale 3");
  EXPECT_EQ(run_.Over("l or l offset 10s", 0, 20, 10), "l 1@0 1@10 3@20\n");
}

}  // namespace
}  // namespace syspulse::promql
