#include "services/base/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(ListenAddress, KnowsWhatOnlyThisMachineCanReach) {
  for (const char* address :
       {"127.0.0.1:50051", "127.9.9.9:0", "[::1]:1", "localhost:80", "unix:/run/syspulse.sock"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
    EXPECT_THAT(CheckListenAddress(address, "grpc-listen"), IsOk());
  }
  for (const char* address : {"0.0.0.0:50051", "[::]:1", "10.0.0.7:1", "example.org:1",
                              "127.0.0.1.example.org:1", "localhost.example.org:1"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

TEST(ListenAddress, NamesTheFlagOfOneThatIsNone) {
  for (const char* address : {"", "50051", ":50051", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                              "127.0.0.1:-1", "::1:50051", "127.0.0.1:http"}) {
    EXPECT_THAT(CheckListenAddress(address, "grpc-listen"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--grpc-listen")))
        << address;
  }
}

TEST(ListenAddress, TellsThePortThatWasTaken) {
  EXPECT_EQ(WithPort("127.0.0.1:0", 4711), "127.0.0.1:4711");
  EXPECT_EQ(WithPort("[::1]:0", 4711), "[::1]:4711");
}

TEST(ListenAddress, SaysWhyItCannotBeListenedOn) {
  EXPECT_THAT(ExplainBindFailure("203.0.113.1:50051", "grpc-listen").message(),
              HasSubstr("Cannot assign requested address"));
}

}  // namespace
}  // namespace syspulse
