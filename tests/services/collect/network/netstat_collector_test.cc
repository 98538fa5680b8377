#include "services/collect/network/netstat_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/collect/collector_settings.h"
#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(ParseNetstat, PairsNamesWithValues) {
  const auto fields = ParseNetstat("Tcp: MaxConn InSegs\nTcp: -1 7\nUdp: NoPorts\nUdp: 3\n", "f");
  ASSERT_THAT(fields, IsOk());
  EXPECT_THAT(*fields,
              ElementsAre(NetstatField{"Tcp", "MaxConn", -1}, NetstatField{"Tcp", "InSegs", 7},
                          NetstatField{"Udp", "NoPorts", 3}));
}

TEST(ParseNetstat, TakesTheLargestCounter) {
  EXPECT_EQ(ParseNetstat("IpExt: InOctets\nIpExt: 18446744073709551615\n", "f")->at(0).value,
            18446744073709551616.0);
}

TEST(ParseNetstat, TakesAProtocolThatCountedNothingYet) {
  EXPECT_THAT(*ParseNetstat("IcmpMsg:\nIcmpMsg:\n", "f"), ElementsAre());
}

TEST(ParseNetstat, RefusesLinesThatDoNotPairUp) {
  for (const char* text :
       {"", "\n", "Tcp: A\n", "Tcp: A\nTcp: 1", "Tcp: A\nUdp: 1\n", "Tcp: A B\nTcp: 1\n",
        "Tcp: A\nTcp: 1 2\n", "Tcp: A\nTcp: x\n", "Tcp: A\nTcp: 18446744073709551616\n",
        "Tcp: A-B\nTcp: 1\n", ": A\n: 1\n", "Tcp A\nTcp 1\n"}) {
    EXPECT_THAT(ParseNetstat(text, "/proc/net/snmp"),
                StatusIs(kDataLoss, HasSubstr("/proc/net/snmp")))
        << text;
  }
}

TEST(ParseSnmp6, SplitsNamesBehindTheSix) {
  const auto fields = ParseSnmp6("Ip6InOctets \t 5\nIcmp6OutType136\t2\nFive 1\nUdpLite6 1\n");
  ASSERT_THAT(fields, IsOk());
  EXPECT_THAT(*fields, ElementsAre(NetstatField{"Ip6", "InOctets", 5},
                                   NetstatField{"Icmp6", "OutType136", 2}));
}

TEST(ParseSnmp6, RefusesOtherLines) {
  for (const char* text : {"", "\n", "Ip6InOctets\n", "Ip6InOctets 1 2\n", "Ip6InOctets x\n",
                           "Ip6 In 1\n", "Ip6InOctets 1"}) {
    EXPECT_THAT(ParseSnmp6(text), StatusIs(kDataLoss, HasSubstr("/proc/net/snmp6"))) << text;
  }
}

class NetstatCollectorTest : public ::testing::Test {
 protected:
  Collected Collect() { return CollectOnce(&collector_); }

  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  NetstatCollector collector_{procfs_, CollectorSettings().netstat_fields};
};

TEST_F(NetstatCollectorTest, PublishesWhatTheFilterTakes) {
  const Collected got = Collect();
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, HasSubstr("# HELP node_netstat_TcpExt_ListenDrops Statistic "
                                  "TcpExtListenDrops.\n"
                                  "# TYPE node_netstat_TcpExt_ListenDrops untyped\n"
                                  "node_netstat_TcpExt_ListenDrops 33\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_netstat_Tcp_MaxConn -1\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_netstat_Ip6_InOctets 7310442\n"));
  EXPECT_THAT(got.text, Not(HasSubstr("DefaultTTL")));
}

TEST_F(NetstatCollectorTest, FollowsAKernelThatNamesOtherFields) {
  EXPECT_THAT(Collect().text, HasSubstr("\nnode_netstat_TcpExt_TCPTimeouts 20113\n"));
  tree_.Write("proc/net/netstat", "TcpExt: Other TCPTimeouts\nTcpExt: 1 20114\n");
  const Collected after = Collect();
  EXPECT_THAT(after.text, HasSubstr("\nnode_netstat_TcpExt_TCPTimeouts 20114\n"));
  EXPECT_THAT(after.text, Not(HasSubstr("ListenDrops")));
}

TEST_F(NetstatCollectorTest, DoesWithoutIPv6) {
  tree_.Remove("proc/net/snmp6");
  const Collected got = Collect();
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, Not(HasSubstr("Ip6_")));
}

TEST_F(NetstatCollectorTest, PublishesNothingWhereOneFileIsBroken) {
  tree_.Write("proc/net/snmp6", "Ip6InOctets many\n");
  const Collected got = Collect();
  EXPECT_THAT(got.status, StatusIs(kDataLoss, HasSubstr("many")));
  EXPECT_EQ(got.text, "");
}

}  // namespace
}  // namespace syspulse
