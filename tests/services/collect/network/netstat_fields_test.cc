#include "services/collect/network/netstat_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

// Wants what is not called "No…", and knows how often it was asked.
class NetstatFieldsTest : public ::testing::Test {
 protected:
  using Values = std::vector<std::pair<std::string, double>>;

  absl::StatusOr<Values> Parse(NetstatFields* fields, std::string_view text) {
    const absl::StatusOr<std::vector<NetstatValue>> taken = fields->Parse(text);
    if (!taken.ok()) return taken.status();
    Values values;
    for (const NetstatValue& value : *taken) values.emplace_back(value.family->name, value.value);
    return values;
  }

  const Family* Choose(std::string_view protocol, std::string_view field) {
    ++asked_;
    if (field.starts_with("No")) return nullptr;
    const std::string key = std::string(protocol) + "_" + std::string(field);
    return &families_.Get(key, [&] { return DynamicFamilies::Text{.name = key}; });
  }

  NetstatFields Make(NetstatFields::Shape shape) {
    return NetstatFields("the file", shape,
                         [this](std::string_view protocol, std::string_view field) {
                           return Choose(protocol, field);
                         });
  }

  int asked_ = 0;
  DynamicFamilies families_;
  NetstatFields pairs_ = Make(NetstatFields::Shape::kPairs);
  NetstatFields lines_ = Make(NetstatFields::Shape::kOneOnALine);
};

TEST_F(NetstatFieldsTest, PairsNamesWithValues) {
  EXPECT_THAT(*Parse(&pairs_, "Tcp: MaxConn InSegs\nTcp: -1 7\nUdp: NoPorts In\nUdp: 3 4\n"),
              ElementsAre(Pair("Tcp_MaxConn", -1), Pair("Tcp_InSegs", 7), Pair("Udp_In", 4)));
}

TEST_F(NetstatFieldsTest, AsksOnceForEachNameHoweverOftenItComes) {
  for (const char* text : {"Tcp: A NoB\nTcp: 1 2\n", "Tcp: A NoB\nTcp: 300 many\n"}) {
    ASSERT_THAT(Parse(&pairs_, text), IsOk());
    EXPECT_EQ(asked_, 2);
  }
  EXPECT_THAT(*Parse(&pairs_, "Tcp: A B\nTcp: 5 6\n"),
              ElementsAre(Pair("Tcp_A", 5), Pair("Tcp_B", 6)));
  EXPECT_EQ(asked_, 4);
}

TEST_F(NetstatFieldsTest, FollowsLinesThatComeAndGo) {
  const std::string one = "Tcp: A\nTcp: 1\n", other = "Udp: B\nUdp: 2\n";
  EXPECT_THAT(*Parse(&pairs_, one + other), ElementsAre(Pair("Tcp_A", 1), Pair("Udp_B", 2)));
  EXPECT_THAT(*Parse(&pairs_, other), ElementsAre(Pair("Udp_B", 2)));
  EXPECT_THAT(*Parse(&pairs_, other + one), ElementsAre(Pair("Udp_B", 2), Pair("Tcp_A", 1)));
}

TEST_F(NetstatFieldsTest, TakesTheLargestCounter) {
  EXPECT_THAT(*Parse(&pairs_, "IpExt: InOctets\nIpExt: 18446744073709551615\n"),
              ElementsAre(Pair("IpExt_InOctets", 18446744073709551616.0)));
}

TEST_F(NetstatFieldsTest, TakesAProtocolThatCountedNothingYet) {
  EXPECT_THAT(*Parse(&pairs_, "IcmpMsg:\nIcmpMsg:\n"), ElementsAre());
}

TEST_F(NetstatFieldsTest, RefusesLinesThatDoNotPairUp) {
  ASSERT_THAT(Parse(&pairs_, "Tcp: A\nTcp: 1\n"), IsOk());
  for (const char* text :
       {"", "\n", "Tcp: A\n", "Tcp: A\nTcp: 1", "Tcp: A\nUdp: 1\n", "Tcp: A B\nTcp: 1\n",
        "Tcp: A\nTcp: 1 2\n", "Tcp: A\nTcp: x\n", "Tcp: A\nTcp: 18446744073709551616\n",
        "Tcp: A-B\nTcp: 1\n", ": A\n: 1\n", "Tcp A\nTcp 1\n", "Tcp: A\nTcp 1\n",
        "Tcp: A\nTcpExt: 1\n", "Tcp: A\nTcp:\n"}) {
    EXPECT_THAT(Parse(&pairs_, text), StatusIs(kDataLoss, HasSubstr("the file"))) << text;
  }
  EXPECT_THAT(*Parse(&pairs_, "Tcp: A\nTcp: 2\n"), ElementsAre(Pair("Tcp_A", 2)));
}

TEST_F(NetstatFieldsTest, SplitsNamesBehindTheSix) {
  for (const double octets : {5.0, 60'000.0}) {
    const std::string text = "Ip6InOctets    \t" + std::to_string(static_cast<int>(octets)) +
                             "\nIcmp6OutType136\t2\nFive 1\nUdpLite6 1\nUdp6NoPorts 3\n";
    EXPECT_THAT(*Parse(&lines_, text),
                ElementsAre(Pair("Ip6_InOctets", octets), Pair("Icmp6_OutType136", 2)));
  }
}

TEST_F(NetstatFieldsTest, RefusesLinesThatAreNoNameAndValue) {
  for (const char* text : {"", "\n", "Ip6InOctets\n", "Ip6InOctets 1 2\n", "Ip6InOctets x\n",
                           "Ip6 In 1\n", "Ip6InOctets 1", "Ip6InOctets \n", " 1\n"}) {
    EXPECT_THAT(Parse(&lines_, text), StatusIs(kDataLoss, HasSubstr("the file"))) << text;
  }
}

}  // namespace
}  // namespace syspulse
