#include "services/collect/network/ipvs_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

constexpr std::string_view kStatsHeads =
    "   Total Incoming Outgoing         Incoming         Outgoing\n"
    "   Conns  Packets  Packets            Bytes            Bytes\n";

TEST(ParseIpvsStats, ReadsTotals) {
  EXPECT_EQ(*ParseIpvsStats(std::string(kStatsHeads) + " A 14 1E FFFFFFFFFFFFFFFF 0\n\n more\n"),
            (IpvsTotals{10, 20, 30, 18446744073709551615U, 0}));
}

TEST(ParseIpvsStats, RefusesOtherLines) {
  const std::string heads(kStatsHeads);
  for (const std::string& text :
       {std::string(), heads, heads + "1 2 3 4 5", heads + "1 2 3 4\n", heads + "1 2 3 4 5 6\n",
        heads + "1 2 3 4 x\n", std::string("1 2 3 4 5\n")}) {
    EXPECT_THAT(ParseIpvsStats(text), StatusIs(kDataLoss, HasSubstr("/proc/net/ip_vs_stats")))
        << text;
  }
}

TEST(ParseIpvs, GivesServersTheirService) {
  const auto backends = ParseIpvs(
      "IP Virtual Server version 1.2.1 (size=4096)\n"
      "Prot LocalAddress:Port Scheduler Flags\n"
      "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n"
      "SCTP 0A000001:0050 rr\n"
      "  -> 0A000002:0051 Masq 1 2 3\n"
      "FWM  0000002A rr\n"
      "  -> [2001:0db8:0000:0000:0000:0000:0000:0001]:FFFF Masq 4 5 6\n");
  ASSERT_THAT(backends, IsOk());
  EXPECT_THAT(*backends, ElementsAre(IpvsBackend{.local_address = "10.0.0.1",
                                                 .local_port = "80",
                                                 .remote_address = "10.0.0.2",
                                                 .remote_port = "81",
                                                 .protocol = "SCTP",
                                                 .weight = 1,
                                                 .active = 2,
                                                 .inactive = 3},
                                     IpvsBackend{.local_port = "0",
                                                 .remote_address = "2001:db8::1",
                                                 .remote_port = "65535",
                                                 .protocol = "FWM",
                                                 .local_mark = "0000002A",
                                                 .weight = 4,
                                                 .active = 5,
                                                 .inactive = 6}));
}

TEST(ParseIpvs, RefusesOtherLines) {
  for (const char* text :
       {"", "\n", "XYZ 1\n", "TCP\n", "TCP 0A000001 rr\n", "TCP 0A00001:0050 rr\n",
        "TCP 0A000001:50 rr\n", "TCP [::g]:0050 rr\n", "FWM\n", "TCP 0A000001:0050 rr",
        "  -> 0A000002:0051 Masq 1 2 3\n", "TCP 0A000001:0050 rr\n  -> 0A000002:0051 Masq 1 2\n",
        "TCP 0A000001:0050 rr\n  -> 0A000002:0051 Masq -1 2 3\n",
        "TCP 0A000001:0050 rr\n  -> here Masq 1 2 3\n"}) {
    EXPECT_THAT(ParseIpvs(text), StatusIs(kDataLoss, HasSubstr("/proc/net/ip_vs"))) << text;
  }
}

class IpvsCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  IpvsCollector collector_{procfs_};
};

TEST_F(IpvsCollectorTest, TellsTotalsAndServers) {
  const Collected got = CollectOnce(&collector_);
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, HasSubstr("# TYPE node_ipvs_incoming_bytes_total counter\n"
                                  "node_ipvs_incoming_bytes_total 327410129160\n"));
  EXPECT_THAT(got.text,
              HasSubstr("\nnode_ipvs_backend_connections_active{local_address=\"10.20.0.80\",local_"
                        "mark=\"\",local_port=\"443\",proto=\"TCP\",remote_address=\"10.20.0.101\","
                        "remote_port=\"443\"} 812\n"));
  EXPECT_THAT(got.text, HasSubstr("{local_address=\"\",local_mark=\"0000002A\",local_port=\"0\","
                                  "proto=\"FWM\",remote_address=\"10.20.0.104\""));
}

TEST_F(IpvsCollectorTest, CountsTogetherWhatItsLabelsDoNotTellApart) {
  tree_.Write("proc/net/ip_vs",
              "TCP 0A000001:0050 rr\n  -> 0A000002:0051 Masq 1 20 300\n"
              "  -> 0A000003:0051 Masq 2 30 400\nUDP 0A000001:0050 rr\n"
              "  -> 0A000002:0051 Masq 7 0 0\n");
  const std::vector<std::string_view> labels = {"remote_port", "proto", "local_address"};
  IpvsCollector collector(procfs_, labels);
  const Collected got = CollectOnce(&collector);
  EXPECT_THAT(got.text, HasSubstr("\nnode_ipvs_backend_connections_active{local_address="
                                  "\"10.0.0.1\",proto=\"TCP\",remote_port=\"81\"} 50\n"));
  EXPECT_THAT(got.text, HasSubstr("proto=\"TCP\",remote_port=\"81\"} 700\n"));
  EXPECT_THAT(got.text, HasSubstr("proto=\"UDP\",remote_port=\"81\"} 7\n"));
  IpvsCollector without(procfs_, {});
  EXPECT_THAT(CollectOnce(&without).text, HasSubstr("\nnode_ipvs_backend_weight 10\n"));
}

TEST_F(IpvsCollectorTest, IsNotThereWithoutItsModule) {
  tree_.Remove("proc/net/ip_vs_stats");
  EXPECT_THAT(CollectOnce(&collector_).status,
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("ip_vs_stats")));
}

TEST_F(IpvsCollectorTest, PublishesNothingWhereTheTableIsBroken) {
  tree_.Write("proc/net/ip_vs", "TCP here\n");
  const Collected got = CollectOnce(&collector_);
  EXPECT_THAT(got.status, StatusIs(kDataLoss, HasSubstr("TCP here")));
  EXPECT_THAT(got.text, IsEmpty());
}

}  // namespace
}  // namespace syspulse
