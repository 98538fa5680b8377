#include "services/collect/network/sockstat_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(ParseSockstat, ReadsWhatEachProtocolSays) {
  const auto stats = ParseSockstat("sockets: used 9\nTCP: inuse 4 tw 3 mem 2\n", "f");
  ASSERT_THAT(stats, IsOk());
  EXPECT_EQ(stats->used, 9);
  ASSERT_EQ(stats->protocols.size(), 1U);
  EXPECT_EQ(stats->protocols[0],
            (ProtocolSockets{"TCP", {4, std::nullopt, 3, std::nullopt, 2, std::nullopt}}));
}

TEST(ParseSockstat, LeavesOutStatesThatItDoesNotKnow) {
  const auto stats = ParseSockstat("MPTCP: inuse 1 asleep 5\n", "f");
  ASSERT_THAT(stats, IsOk());
  EXPECT_FALSE(stats->used.has_value());
  EXPECT_EQ(stats->protocols[0].states[0], 1);
}

TEST(ParseSockstat, RefusesOtherLines) {
  for (const char* text :
       {"", "\n", "TCP:\n", "TCP inuse 4\n", "TCP: inuse\n", "TCP: inuse four\n", "TCP: inuse 4",
        "T_P: inuse 4\n", ": inuse 4\n", "sockets: inuse 4\n", "TCP: inuse 4 tw\n"}) {
    EXPECT_THAT(ParseSockstat(text, "/proc/net/sockstat"),
                StatusIs(kDataLoss, HasSubstr("/proc/net/sockstat")))
        << text;
  }
}

class SockstatCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  SockstatCollector collector_{procfs_, 16384};
};

TEST_F(SockstatCollectorTest, TellsMemoryInPagesAndInBytes) {
  const Collected got = CollectOnce(&collector_);
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, HasSubstr("\nnode_sockstat_TCP_mem 1031\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_sockstat_TCP_mem_bytes 16891904\n"));  // 1031 * 16384
  EXPECT_THAT(got.text, HasSubstr("# HELP node_sockstat_TCP6_inuse Number of TCP6 sockets in "
                                  "state inuse.\n# TYPE node_sockstat_TCP6_inuse gauge\n"
                                  "node_sockstat_TCP6_inuse 22\n"));
}

TEST_F(SockstatCollectorTest, DoesWithoutEitherProtocol) {
  tree_.Remove("proc/net/sockstat6");
  const Collected four = CollectOnce(&collector_);
  EXPECT_THAT(four.status, IsOk());
  EXPECT_THAT(four.text, Not(HasSubstr("TCP6")));
  tree_.Remove("proc/net/sockstat");
  EXPECT_THAT(CollectOnce(&collector_).status, IsOk());
}

TEST_F(SockstatCollectorTest, FollowsProtocolsThatComeAndGo) {
  EXPECT_THAT(CollectOnce(&collector_).status, IsOk());
  tree_.Write("proc/net/sockstat", "sockets: used 1\nUDP: inuse 5 mem 1\nTCP: inuse 6\n");
  const Collected got = CollectOnce(&collector_);
  EXPECT_THAT(got.text, HasSubstr("\nnode_sockstat_UDP_inuse 5\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_sockstat_TCP_inuse 6\n"));
  EXPECT_THAT(got.text, Not(HasSubstr("TCP_mem")));
}

TEST_F(SockstatCollectorTest, PublishesNothingWhereOneFileIsBroken) {
  tree_.Write("proc/net/sockstat6", "TCP6: inuse -\n");
  const Collected got = CollectOnce(&collector_);
  EXPECT_THAT(got.status, StatusIs(kDataLoss, HasSubstr("/proc/net/sockstat6")));
  EXPECT_EQ(got.text, "");
}

}  // namespace
}  // namespace syspulse
