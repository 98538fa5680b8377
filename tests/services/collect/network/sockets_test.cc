// Collectors that go through all sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "services/collect/network/inet_diag.h"
#include "services/collect/network/socket_line.h"
#include "services/collect/network/tcpstat_collector.h"
#include "services/collect/network/udp_queues_collector.h"
#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kUnavailable = absl::StatusCode::kUnavailable;

TEST(ParseSocketLine, ReadsStateAndQueues) {
  EXPECT_EQ(ParseSocketLine("  7: 0100007F:1F90 00000000:0000 0A 0000000F:00000102 00:00000000 "
                            "00000000  1000        0 30114 1 0000000000000000 100 0 0 10 0"),
            (SocketLine{.state = 10, .send_queue = 15, .receive_queue = 258}));
}

TEST(ParseSocketLine, KnowsWhatIsNone) {
  for (const char* line : {"", "7: 0:1 0:2 0A 1:2 00:0 0 0 0", "7 0:1 0:2 0A 1:2 00:0 0 0 0 5",
                           "7: 0:1 0:2 XX 1:2 00:0 0 0 0 5", "7: 0:1 0:2 0A 1 00:0 0 0 0 5",
                           "7: 0:1 0:2 0A 1:2:3 00:0 0 0 0 5", "7: 01 0:2 0A 1:2 00:0 0 0 0 5",
                           "7: 0:1 02 0A 1:2 00:0 0 0 0 5", "7: 0:1 0:2 100 1:2 00:0 0 0 0 5"}) {
    EXPECT_EQ(ParseSocketLine(line), std::nullopt) << line;
  }
}

// A message of a dump.
std::string Message(std::uint16_t type, const std::string& payload) {
  const nlmsghdr head{.nlmsg_len = static_cast<std::uint32_t>(sizeof(nlmsghdr) + payload.size()),
                      .nlmsg_type = type};
  std::string message(reinterpret_cast<const char*>(&head), sizeof(head));
  message += payload;
  message.resize(NLMSG_ALIGN(message.size()));
  return message;
}

std::string SocketMessage(std::uint8_t state, std::uint32_t send, std::uint32_t receive,
                          const std::string& attributes = "") {
  const inet_diag_msg socket{.idiag_state = state, .idiag_rqueue = receive, .idiag_wqueue = send};
  return Message(TCPDIAG_GETSOCK,
                 std::string(reinterpret_cast<const char*>(&socket), sizeof(socket)) + attributes);
}

std::string ErrorMessage(std::uint16_t type, int error) {
  return Message(type, std::string(reinterpret_cast<const char*>(&error), sizeof(error)));
}

// What a datagram gives.
struct Parsed {
  absl::StatusOr<bool> last;
  std::vector<SocketLine> sockets;
};
Parsed Parse(std::string_view datagram) {
  Parsed parsed;
  parsed.last =
      ParseInetDiag(datagram, [&](const SocketLine& socket) { parsed.sockets.push_back(socket); });
  return parsed;
}

TEST(ParseInetDiag, ReadsSocketsAndSkipsTheirAttributes) {
  const Parsed parsed =
      Parse(SocketMessage(1, 5, 6, std::string("\x05\0\x08\0\0", 5)) + SocketMessage(10, 128, 0));
  ASSERT_THAT(parsed.last, IsOk());
  EXPECT_FALSE(*parsed.last);
  EXPECT_THAT(parsed.sockets, ElementsAre(SocketLine{1, 5, 6}, SocketLine{10, 128, 0}));
}

TEST(ParseInetDiag, SaysWhenTheDumpEnds) {
  const Parsed parsed = Parse(SocketMessage(6, 0, 0) + ErrorMessage(NLMSG_DONE, 0));
  ASSERT_THAT(parsed.last, IsOk());
  EXPECT_TRUE(*parsed.last);
  EXPECT_EQ(parsed.sockets.size(), 1U);
}

TEST(ParseInetDiag, PassesOnWhatTheKernelRefuses) {
  EXPECT_THAT(Parse(ErrorMessage(NLMSG_ERROR, -ENOENT)).last,
              StatusIs(kUnavailable, HasSubstr("No such file")));
  EXPECT_THAT(Parse(ErrorMessage(NLMSG_DONE, -EACCES)).last,
              StatusIs(kUnavailable, HasSubstr("Permission denied")));
  EXPECT_FALSE(Parse(ErrorMessage(NLMSG_ERROR, INT_MIN)).last.ok());
  EXPECT_THAT(Parse(ErrorMessage(NLMSG_ERROR, 0)).last, StatusIs(kDataLoss, HasSubstr("nobody")));
}

TEST(ParseInetDiag, RefusesADatagramThatIsCutAnywhere) {
  const std::string whole = SocketMessage(1, 5, 6) + ErrorMessage(NLMSG_DONE, 0);
  const std::size_t first = SocketMessage(1, 5, 6).size();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Parsed parsed = Parse(std::string_view(whole).substr(0, size));
    if (size == first) {
      EXPECT_THAT(parsed.last, IsOk());
    } else {
      EXPECT_THAT(parsed.last, StatusIs(kDataLoss, HasSubstr(""))) << size;
    }
  }
}

TEST(ParseInetDiag, RefusesLengthsThatLie) {
  nlmsghdr head{.nlmsg_len = 4, .nlmsg_type = TCPDIAG_GETSOCK};
  const auto bytes = [&] { return std::string(reinterpret_cast<char*>(&head), sizeof(head)); };
  EXPECT_THAT(Parse(bytes()).last, StatusIs(kDataLoss, HasSubstr("cut")));
  head.nlmsg_len = 0xFFFFFFFF;
  EXPECT_THAT(Parse(bytes()).last, StatusIs(kDataLoss, HasSubstr("cut")));
  EXPECT_THAT(Parse(Message(TCPDIAG_GETSOCK, "short")).last,
              StatusIs(kDataLoss, HasSubstr("a socket is cut")));
}

class SocketCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  UdpQueuesCollector udp_{procfs_};
  TcpstatCollector tcp_{procfs_, nullptr};
};

TEST_F(SocketCollectorTest, UdpQueuesAreAddedUpByProtocol) {
  const Collected got = CollectOnce(&udp_);
  ASSERT_THAT(got.status, IsOk());
  EXPECT_EQ(got.text,
            "# HELP node_udp_queues Number of allocated memory in the kernel for UDP datagrams in "
            "bytes.\n"
            "# TYPE node_udp_queues gauge\n"
            "node_udp_queues{ip=\"v4\",queue=\"rx\"} 217600\n"
            "node_udp_queues{ip=\"v4\",queue=\"tx\"} 768\n"
            "node_udp_queues{ip=\"v6\",queue=\"rx\"} 832\n"
            "node_udp_queues{ip=\"v6\",queue=\"tx\"} 0\n");
}

TEST_F(SocketCollectorTest, UdpQueuesDoWithoutOneProtocolButNotWithoutBoth) {
  tree_.Remove("proc/net/udp6");
  const Collected four = CollectOnce(&udp_);
  EXPECT_THAT(four.status, IsOk());
  EXPECT_THAT(four.text, Not(HasSubstr("v6")));
  tree_.Remove("proc/net/udp");
  UdpQueuesCollector neither(procfs_);
  EXPECT_THAT(CollectOnce(&neither).status, StatusIs(kNotFound, HasSubstr("net/udp")));
}

TEST_F(SocketCollectorTest, ABrokenTableOfSocketsGivesNoSum) {
  for (const char* text : {"", "what\n", "  sl  local_address\n 1: x\n", "  sl  local"}) {
    tree_.Write("proc/net/udp6", text);
    const Collected got = CollectOnce(&udp_);
    EXPECT_THAT(got.status, StatusIs(kDataLoss, HasSubstr("net/udp6"))) << text;
    EXPECT_THAT(got.text, IsEmpty());
  }
}

TEST_F(SocketCollectorTest, TcpStatesAreCountedFromTheTextOfAnotherHost) {
  const Collected got = CollectOnce(&tcp_);
  ASSERT_THAT(got.status, IsOk());
  EXPECT_EQ(got.text,
            "# HELP node_tcp_connection_states Number of connection states.\n"
            "# TYPE node_tcp_connection_states gauge\n"
            "node_tcp_connection_states{state=\"close\"} 0\n"
            "node_tcp_connection_states{state=\"close_wait\"} 1\n"
            "node_tcp_connection_states{state=\"closing\"} 1\n"
            "node_tcp_connection_states{state=\"established\"} 4\n"
            "node_tcp_connection_states{state=\"fin_wait1\"} 1\n"
            "node_tcp_connection_states{state=\"fin_wait2\"} 1\n"
            "node_tcp_connection_states{state=\"last_ack\"} 1\n"
            "node_tcp_connection_states{state=\"listen\"} 3\n"
            "node_tcp_connection_states{state=\"rx_queued_bytes\"} 4246\n"
            "node_tcp_connection_states{state=\"syn_recv\"} 1\n"
            "node_tcp_connection_states{state=\"syn_sent\"} 1\n"
            "node_tcp_connection_states{state=\"time_wait\"} 4\n"
            "node_tcp_connection_states{state=\"tx_queued_bytes\"} 3411\n");
}

TEST_F(SocketCollectorTest, TcpStatesAreCountedFromTheKernelsDumpWhereThereIsOne) {
  TcpstatCollector tcp(procfs_, [](const SocketVisitor& visit) {
    for (int i = 0; i < 1000; ++i) visit({.state = 1, .send_queue = 2, .receive_queue = 3});
    visit({.state = 10, .send_queue = 4096, .receive_queue = 1});  // listens
    visit({.state = 77});
    visit({.state = 0});
    return absl::OkStatus();
  });
  const Collected got = CollectOnce(&tcp);
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, HasSubstr("{state=\"established\"} 1000\n"));
  EXPECT_THAT(got.text, HasSubstr("{state=\"listen\"} 1\n"));
  EXPECT_THAT(got.text, HasSubstr("{state=\"tx_queued_bytes\"} 6096\n"));
  EXPECT_THAT(got.text, HasSubstr("{state=\"rx_queued_bytes\"} 3001\n"));
}

TEST_F(SocketCollectorTest, TcpStatesAreCountedFromTextWhereTheKernelBreaksOff) {
  TcpstatCollector tcp(procfs_, [](const SocketVisitor& visit) {
    visit({.state = 1});
    return absl::UnavailableError("no tcp_diag");
  });
  EXPECT_EQ(CollectOnce(&tcp).text, CollectOnce(&tcp_).text);
}

TEST_F(SocketCollectorTest, TcpStatesOfMoreSocketsThanFitInMemory) {
  const std::string heads = "  sl  local_address\n";
  std::string table = heads;
  const std::string line =
      " 1: 0100007F:1F90 0100007F:0001 06 00000000:00000000 03:00000000 00000000     0        0 0 "
      "3 0000000000000000                                                     \n";
  constexpr int kSockets = 60'000;  // 9 MB
  for (int i = 0; i < kSockets; ++i) table += line;
  tree_.Write("proc/net/tcp", table);
  tree_.Remove("proc/net/tcp6");
  const Collected got = CollectOnce(&tcp_);
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, HasSubstr("{state=\"time_wait\"} 60000\n"));
}

}  // namespace
}  // namespace syspulse
