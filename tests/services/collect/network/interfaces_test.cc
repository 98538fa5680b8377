// Collectors of network interfaces and what is behind them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_format.h"
#include "services/collect/collector_settings.h"
#include "services/collect/network/arp_collector.h"
#include "services/collect/network/bonding_collector.h"
#include "services/collect/network/netclass_collector.h"
#include "services/collect/network/netdev_collector.h"
#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

TEST(ParseArpLine, FindsTheDeviceWhereAnAddressIsBlank) {
  EXPECT_EQ(ParseArpLine("10.0.0.1  0x1  0x2  52:54:00:00:00:01  *  eth0"),
            (ArpEntry{.device = "eth0"}));
  EXPECT_EQ(ParseArpLine("10.0.0.2  0x304  0x0                   *  tun*"),
            (ArpEntry{.device = "tun*"}));
  EXPECT_EQ(ParseArpLine("10.0.0.3  0x1  0xc  00:00:00:00:00:00  *  eth0"),
            (ArpEntry{.device = "eth0", .is_proxy = true}));
}

TEST(ParseArpLine, KnowsWhatIsNone) {
  for (const char* line :
       {"", "10.0.0.1", "10.0.0.1 0x1 0x2 a * eth0 more", "10.0.0.1 1 0x2 a * e",
        "10.0.0.1 0x1 2 a * e", "10.0.0.1 0x1 0xz a * e", "10.0.0.1 0x1 0x2 a b e",
        "10.0.0.1 0x1 0x2 * ", "10.0.0.1 0x1 0x2 a *"}) {
    EXPECT_EQ(ParseArpLine(line), std::nullopt) << line;
  }
}

TEST(ParseNetAttribute, ReadsBothBases) {
  EXPECT_EQ(ParseNetAttribute("1500"), 1500);
  EXPECT_EQ(ParseNetAttribute("-1"), -1);
  EXPECT_EQ(ParseNetAttribute("0x1003"), 4099);
  for (const char* text : {"", "0x", "0x-1", "0xg", "1 2", "9223372036854775808", "up"}) {
    EXPECT_EQ(ParseNetAttribute(text), std::nullopt) << text;
  }
}

class InterfacesTest : public ::testing::Test {
 protected:
  std::string Netclass(bool ignore_invalid_speed = false) {
    NetclassCollector collector(&procfs_, CollectorSettings().netclass_devices,
                                ignore_invalid_speed);
    const Collected got = CollectOnce(&collector);
    EXPECT_THAT(got.status, IsOk());
    return got.text;
  }
  Collected Arp(NameFilter devices = {}) {
    ArpCollector collector(procfs_, std::move(devices));
    return CollectOnce(&collector);
  }
  Collected Bonding() {
    BondingCollector collector(&procfs_);
    return CollectOnce(&collector);
  }
  // Plugs in so many interfaces, each of which left as many packets as its number.
  void PlugIn(int interfaces) const {
    std::string text = "Inter-| Receive | Transmit\n face |bytes |bytes\n";
    for (int i = 0; i < interfaces; ++i) {
      text += absl::StrFormat("veth%d: %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", i, i);
      LeavePackets(i, i);
    }
    tree_.Write("proc/net/dev", text);
  }
  void LeavePackets(int interface, int packets) const {
    tree_.Write(absl::StrFormat("sys/class/net/veth%d/statistics/rx_nohandler", interface),
                absl::StrFormat("%d\n", packets));
  }

  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
};

TEST_F(InterfacesTest, NeighboursAreCountedWithoutThoseThatTheHostAnswersFor) {
  const Collected got = Arp();
  ASSERT_THAT(got.status, IsOk());
  EXPECT_EQ(got.text,
            "# HELP node_arp_entries ARP entries by device\n"
            "# TYPE node_arp_entries gauge\n"
            "node_arp_entries{device=\"docker0\"} 1\n"
            "node_arp_entries{device=\"eth0\"} 3\n"
            "node_arp_entries{device=\"tun,4\"} 1\n");
}

TEST_F(InterfacesTest, NeighboursAreFilteredByDevice) {
  EXPECT_THAT(Arp(NameFilter::Excluding("^docker")).text, Not(HasSubstr("docker0")));
  EXPECT_THAT(Arp(NameFilter::Including("^docker")).text, Not(HasSubstr("eth0")));
}

TEST_F(InterfacesTest, ABrokenTableOfNeighboursIsNotCounted) {
  for (const char* text : {"", "eth0\n", "IP address\n10.0.0.1 x\n", "IP address"}) {
    tree_.Write("proc/net/arp", text);
    const Collected got = Arp();
    EXPECT_THAT(got.status, StatusIs(kDataLoss, HasSubstr("net/arp"))) << text;
    EXPECT_EQ(got.text, "");
  }
}

TEST_F(InterfacesTest, BondsCountTheirDevices) {
  const Collected got = Bonding();
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, HasSubstr("\nnode_bonding_slaves{master=\"bond0\"} 2\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_bonding_active{master=\"bond0\"} 1\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_bonding_slaves{master=\"bond1\"} 0\n"));
}

TEST_F(InterfacesTest, ABondThatIsTakenApartCostsNoOther) {
  tree_.Remove("sys/class/net/bond0/lower_eth2");
  const Collected got = Bonding();
  EXPECT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, Not(HasSubstr("bond0")));
  EXPECT_THAT(got.text, HasSubstr("bond1"));
}

TEST_F(InterfacesTest, AHostMayHaveNoBondsOrNotEvenTheModule) {
  tree_.Write("sys/class/net/bonding_masters", "");
  EXPECT_THAT(Bonding().status, IsOk());
  tree_.Write("sys/class/net/bonding_masters", "bond");
  EXPECT_THAT(Bonding().status, StatusIs(kDataLoss, HasSubstr("cut")));
  tree_.Remove("sys/class/net/bonding_masters");
  EXPECT_THAT(Bonding().status, StatusIs(kNotFound, HasSubstr("bonding_masters")));
}

TEST_F(InterfacesTest, InterfacesTellWhatTheyAre) {
  const std::string text = Netclass();
  EXPECT_THAT(text, HasSubstr("\nnode_network_up{device=\"eth0\",operstate=\"\"} 1\n"
                              "node_network_up{device=\"eth0\",operstate=\"up\"} 1\n"
                              "node_network_up{device=\"eth1\",operstate=\"\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("{address=\"52:54:00:0a:1b:2d\",adminstate=\"down\",broadcast=\"ff:"
                              "ff:ff:ff:ff:ff\",device=\"eth1\",duplex=\"\",ifalias=\"\","
                              "operstate=\"down\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nnode_network_flags{device=\"eth0\"} 4099\n"));
  EXPECT_THAT(text, HasSubstr("\nnode_network_speed_bytes{device=\"eth0\"} 1.25e+09\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE node_network_carrier_changes_total counter\n"));
  EXPECT_THAT(text, Not(HasSubstr("bonding_masters")));
}

TEST_F(InterfacesTest, WhatADriverDoesNotTellIsLeftOut) {
  const std::string text = Netclass();
  EXPECT_THAT(text, Not(HasSubstr("node_network_speed_bytes{device=\"eth1\"}")));
  EXPECT_THAT(text, Not(HasSubstr("node_network_carrier{device=\"eth1\"}")));
}

TEST_F(InterfacesTest, ASpeedThatIsUnknownIsNegativeUnlessItIsIgnored) {
  constexpr std::string_view kSpeed = "node_network_speed_bytes{device=\"eth3\"}";
  EXPECT_THAT(Netclass(), HasSubstr(absl::StrFormat("%s -125000\n", kSpeed)));
  EXPECT_THAT(Netclass(/*ignore_invalid_speed=*/true), Not(HasSubstr(std::string(kSpeed))));
}

TEST_F(InterfacesTest, AnAttributeThatIsCutIsNotMeasured) {
  tree_.Write("sys/class/net/eth0/mtu", "15");
  tree_.Write("sys/class/net/eth0/operstate", "u");
  const std::string text = Netclass();
  EXPECT_THAT(text, Not(HasSubstr("node_network_mtu_bytes{device=\"eth0\"}")));
  EXPECT_THAT(text, Not(HasSubstr("node_network_up{device=\"eth0\"")));
  EXPECT_THAT(text, HasSubstr("node_network_carrier{device=\"eth0\"} 1\n"));
}

TEST_F(InterfacesTest, InterfacesAreFiltered) {
  NetclassCollector netclass(&procfs_, NameFilter::Excluding("^eth"), false);
  const Collected got = CollectOnce(&netclass);
  EXPECT_THAT(got.text, Not(HasSubstr("eth0")));
  EXPECT_THAT(got.text, HasSubstr("wg0"));
  NetdevCollector netdev(&procfs_, NameFilter::Including("^eth0$"));
  EXPECT_THAT(CollectOnce(&netdev).text, Not(HasSubstr("device=\"lo\"")));
  EXPECT_THAT(CollectOnce(&netdev).text, HasSubstr("device=\"eth0\""));
}

TEST_F(InterfacesTest, PacketsWithoutAHandlerAreReadInEveryTickWhereInterfacesAreFew) {
  PlugIn(static_cast<int>(kMostOpenFiles));
  NetdevCollector netdev(&procfs_, {});
  EXPECT_THAT(CollectOnce(&netdev).text, HasSubstr("nohandler_total{device=\"veth7\"} 7\n"));
  LeavePackets(7, 1000);
  EXPECT_THAT(CollectOnce(&netdev).text, HasSubstr("nohandler_total{device=\"veth7\"} 1000\n"));
}

TEST_F(InterfacesTest, PacketsWithoutAHandlerAreReadByTurnsWhereInterfacesAreMany) {
  constexpr int kInterfaces = 1000;
  PlugIn(kInterfaces);
  NetdevCollector netdev(&procfs_, {});
  const std::string first = CollectOnce(&netdev).text;  // all of them
  for (const int i : {0, 7, 500, 999}) {
    EXPECT_THAT(first, HasSubstr(absl::StrFormat("nohandler_total{device=\"veth%d\"} %d\n", i, i)));
    LeavePackets(i, 12'345 + i);
  }
  std::string text;
  for (int tick = 0; tick < 16; ++tick) text = CollectOnce(&netdev).text;
  for (const int i : {0, 7, 500, 999}) {
    EXPECT_THAT(
        text, HasSubstr(absl::StrFormat("nohandler_total{device=\"veth%d\"} %d\n", i, 12'345 + i)));
  }
}

TEST_F(InterfacesTest, AnInterfaceThatGoesIsForgotten) {
  PlugIn(3);
  NetdevCollector netdev(&procfs_, {});
  EXPECT_THAT(CollectOnce(&netdev).text, HasSubstr("veth2"));
  PlugIn(2);
  EXPECT_THAT(CollectOnce(&netdev).text, Not(HasSubstr("veth2")));
}

}  // namespace
}  // namespace syspulse
