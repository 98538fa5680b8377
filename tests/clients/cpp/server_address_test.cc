#include "clients/cpp/server_address.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_format.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ServerAddress Parsed(std::string_view text) {
  const auto address = ParseServer(text);
  EXPECT_THAT(address, IsOk());
  return address.value_or(ServerAddress{});
}

TEST(ParseServer, TakesNamesAndAddresses) {
  EXPECT_EQ(Parsed("127.0.0.1:50051"),
            (ServerAddress{.target = "ipv4:127.0.0.1:50051", .loopback = true}));
  EXPECT_EQ(Parsed("10.1.2.3:1"), (ServerAddress{.target = "ipv4:10.1.2.3:1"}));
  EXPECT_EQ(Parsed("web-1.example.org:65535"),
            (ServerAddress{.target = "dns:///web-1.example.org:65535"}));
  EXPECT_EQ(Parsed("LocalHost:80"),
            (ServerAddress{.target = "dns:///LocalHost:80", .loopback = true}));
}

TEST(ParseServer, TakesIpv6InBrackets) {
  EXPECT_EQ(Parsed("[::1]:50051"), (ServerAddress{.target = "ipv6:[::1]:50051", .loopback = true}));
  EXPECT_EQ(Parsed("[2001:db8::7]:443"), (ServerAddress{.target = "ipv6:[2001:db8::7]:443"}));
}

TEST(ParseServer, TakesUnixSockets) {
  EXPECT_EQ(Parsed("unix:/run/syspulse.sock"),
            (ServerAddress{.target = "unix:/run/syspulse.sock", .loopback = true}));
}

TEST(ParseServer, SaysWhatIsWrongAndWhatIsRight) {
  const auto refused = [](std::string_view text, const std::string& reason) {
    EXPECT_THAT(ParseServer(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                            AllOf(HasSubstr(reason), HasSubstr("write HOST:PORT"))))
        << text;
  };
  refused("", "the port is missing");
  refused("web-1", "the port is missing");
  refused("web-1:", "number from 1 to 65535");
  refused("web-1:0", "number from 1 to 65535");
  refused("web-1:65536", "number from 1 to 65535");
  refused("web-1:-1", "number from 1 to 65535");
  refused("web-1:http", "number from 1 to 65535");
  refused(":50051", "neither a host name");
  refused("300.1.1.1:50051", "neither a host name");
  refused("a b:50051", "neither a host name");
  refused("web/1:50051", "neither a host name");
  refused(absl::StrFormat("a%0253d:50051", 7), "neither a host name");
  refused("::1:50051", "brackets");
  refused("[::1]", "number from 1 to 65535");
  refused("[nonsense]:50051", "not an IPv6 address");
  refused("[]:50051", "not an IPv6 address");
  refused("http://web-1:8080", "it is a URL");
  refused("unix:", "path of the socket is missing");
  refused(absl::StrFormat("unix:/%0107d", 7), "at most 107 bytes");
}

}  // namespace
}  // namespace syspulse
