#include "web-gateway/server/path_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

std::optional<PathTemplate::Variables> Match(std::string_view text, std::string_view path) {
  const auto parsed = PathTemplate::Parse(text);
  EXPECT_THAT(parsed, IsOk());
  return parsed.ok() ? parsed->Match(path) : std::nullopt;
}

TEST(PathTemplate, LiteralsMatchThemselvesOnly) {
  EXPECT_THAT(Match("/api/v1/hosts", "/api/v1/hosts"), Optional(IsEmpty()));
  EXPECT_EQ(Match("/api/v1/hosts", "/api/v1/hosts/"), std::nullopt);
  EXPECT_EQ(Match("/api/v1/hosts", "/api/v1/Hosts"), std::nullopt);
  EXPECT_EQ(Match("/api/v1/hosts", "/api/v1"), std::nullopt);
  EXPECT_EQ(Match("/api/v1/hosts", "api/v1/hosts"), std::nullopt);
}

TEST(PathTemplate, VariableTakesOneSegmentDecoded) {
  EXPECT_THAT(Match("/h/{host}/x", "/h/a%20b/x"), Optional(ElementsAre(Pair("host", "a b"))));
  EXPECT_EQ(Match("/h/{host}/x", "/h//x"), std::nullopt);
  EXPECT_EQ(Match("/h/{host}/x", "/h/a/b/x"), std::nullopt);
  EXPECT_EQ(Match("/h/{host}/x", "/h/%zz/x"), std::nullopt);
}

TEST(PathTemplate, VariableMayCoverLiteralsAndFieldsOfFields) {
  EXPECT_THAT(Match("/v1/{name=hosts/*}", "/v1/hosts/a"),
              Optional(ElementsAre(Pair("name", "hosts/a"))));
  EXPECT_THAT(Match("/v1/{host.name=hosts/*}", "/v1/hosts/a"),
              Optional(ElementsAre(Pair("host.name", "hosts/a"))));
  EXPECT_EQ(Match("/v1/{name=hosts/*}", "/v1/users/a"), std::nullopt);
  EXPECT_THAT(Match("/v1/{name=a/*/b/*}/c", "/v1/a/1/b/2/c"),
              Optional(ElementsAre(Pair("name", "a/1/b/2"))));
}

TEST(PathTemplate, RestTakesAllThatIsLeft) {
  EXPECT_THAT(Match("/f/{path=**}", "/f/a/b/c"), Optional(ElementsAre(Pair("path", "a/b/c"))));
  EXPECT_THAT(Match("/f/{path=x/**}", "/f/x/b"), Optional(ElementsAre(Pair("path", "x/b"))));
}

TEST(PathTemplate, VerbBelongsToTheLastSegment) {
  EXPECT_THAT(Match("/hosts:watch", "/hosts:watch"), Optional(IsEmpty()));
  EXPECT_EQ(Match("/hosts:watch", "/hosts"), std::nullopt);
  EXPECT_EQ(Match("/hosts", "/hosts:watch"), std::nullopt);
  EXPECT_THAT(Match("/{name=hosts/*}:stop", "/hosts/a:b:stop"),
              Optional(ElementsAre(Pair("name", "hosts/a:b"))));
}

TEST(PathTemplate, SpecificOnesComeFirst) {
  const auto literal = *PathTemplate::Parse("/v1/hosts/all");
  const auto one = *PathTemplate::Parse("/v1/hosts/{id}");
  const auto verb = *PathTemplate::Parse("/v1/hosts/{id}:stop");
  const auto rest = *PathTemplate::Parse("/v1/{name=**}");
  EXPECT_TRUE(literal.MoreSpecificThan(one));
  EXPECT_TRUE(verb.MoreSpecificThan(one));
  EXPECT_TRUE(one.MoreSpecificThan(rest));
  EXPECT_FALSE(one.MoreSpecificThan(one));
  EXPECT_FALSE(rest.MoreSpecificThan(literal));
}

TEST(PathTemplate, MistakesAreNamed) {
  for (const char* text : {"", "hosts", "/", "/a//b", "/{", "/{a", "/{a}b", "/{1a}", "/{a=}",
                           "/{a={b}}", "/**/a", "/a:", "/a*b"}) {
    EXPECT_THAT(PathTemplate::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("path template")))
        << text;
  }
}

}  // namespace
}  // namespace syspulse
