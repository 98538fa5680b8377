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

using ::testing::HasSubstr;
using ::testing::Not;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

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

TEST_F(NetstatCollectorTest, FollowsTheValuesOfNamesThatStay) {
  EXPECT_THAT(Collect().text, HasSubstr("\nnode_netstat_TcpExt_ListenDrops 33\n"));
  tree_.Write("proc/net/netstat", "TcpExt: ListenDrops Other\nTcpExt: 34 1\n");
  EXPECT_THAT(Collect().text, HasSubstr("\nnode_netstat_TcpExt_ListenDrops 34\n"));
  tree_.Write("proc/net/netstat", "TcpExt: ListenDrops Other\nTcpExt: 35 many\n");
  EXPECT_THAT(Collect().text, HasSubstr("\nnode_netstat_TcpExt_ListenDrops 35\n"));
  tree_.Write("proc/net/netstat", "TcpExt: ListenDrops Other\nTcpExt: 35\n");
  EXPECT_THAT(Collect().status, StatusIs(kDataLoss, HasSubstr("/proc/net/netstat")));
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
