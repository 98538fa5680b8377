#include "services/exporter/request_target.h"

#include <gtest/gtest.h>

namespace syspulse {
namespace {

TEST(ParseRequestTarget, TakesThePathAndTheQueryApart) {
  EXPECT_EQ(ParseRequestTarget("/metrics"), (RequestTarget{"/metrics", ""}));
  EXPECT_EQ(ParseRequestTarget("/a%20b%2F?x[]=%20?y"), (RequestTarget{"/a b/", "x[]=%20?y"}));
  EXPECT_EQ(ParseRequestTarget("/?"), (RequestTarget{"/", ""}));
}

TEST(ParseRequestTarget, TakesWhatProxiesAreAsked) {
  EXPECT_EQ(ParseRequestTarget("http://host:9100/metrics?a"), (RequestTarget{"/metrics", "a"}));
  EXPECT_EQ(ParseRequestTarget("HTTPS://[::1]:9100/"), (RequestTarget{"/", ""}));
  EXPECT_EQ(ParseRequestTarget("http://host"), (RequestTarget{"/", ""}));
  EXPECT_EQ(ParseRequestTarget("http://host?a=1"), (RequestTarget{"/", "a=1"}));
}

TEST(ParseRequestTarget, RefusesOthers) {
  for (const char* target : {"", "*", "metrics", "http://", "http:///metrics", "http:/metrics",
                             "ftp://host/", "/%", "/%4", "/%zz", "/%-1", "?a"}) {
    EXPECT_EQ(ParseRequestTarget(target), std::nullopt) << target;
  }
}

}  // namespace
}  // namespace syspulse
