#include "services/exporter/metrics_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/exporter/exporter.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Code = absl::StatusCode;

// A client of the server. Waits five seconds for what it reads.
class Client {
 public:
  explicit Client(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval timeout{.tv_sec = 5};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Write(const std::string& text) const {
    EXPECT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }

  // Returns what comes until the server closes the connection.
  std::string ReadAll() const {
    std::string all;
    std::array<char, 65536> buffer;
    for (ssize_t count; (count = read(fd_, buffer.data(), buffer.size())) > 0;) {
      all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return all;
  }

  // Returns what comes, until it ends with `end`.
  std::string ReadUntil(std::string_view end) const {
    std::string got;
    for (char c; !got.ends_with(end) && read(fd_, &c, 1) == 1;) got += c;
    return got;
  }

 private:
  const int fd_;
};

// Sends `request` and returns all that comes back.
std::string Ask(int port, const std::string& request) {
  const Client client(port);
  client.Write(request);
  return client.ReadAll();
}

std::string Get(int port, const std::string& path, const std::string& method = "GET") {
  return Ask(port, method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

HttpAnswer Echo(std::string_view path, std::string_view query) {
  return {.status = path == "/none" ? 404 : 200,
          .body = std::string(path) + (query.empty() ? "" : "?") + std::string(query)};
}

TEST(MetricsServer, AnswersGetWithWhatItsHandlerSays) {
  const auto server = MetricsServer::Create("127.0.0.1:0", "--flag", 1, Echo);
  ASSERT_THAT(server, IsOk());
  const int port = (*server)->port();
  EXPECT_GT(port, 0);
  EXPECT_THAT(Get(port, "/metrics?x=1"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Get(port, "/a%20b?x[]=1&y=%20"), ::testing::EndsWith("\r\n\r\n/a b?x[]=1&y=%20"));
  EXPECT_THAT(Get(port, "/a/b/metrics"), HasSubstr("\r\n\r\n/a/b/metrics"));
  EXPECT_THAT(Get(port, "/"), HasSubstr("\r\n\r\n/"));
  EXPECT_THAT(Get(port, "/a%20b"), HasSubstr("\r\n\r\n/a b"));
  EXPECT_THAT(Get(port, "/none"), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(Get(port, "/metrics", "HEAD"), HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(Get(port, "/metrics", "HEAD"), ::testing::EndsWith("\r\n\r\n"));
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "BREW"}) {
    EXPECT_THAT(Get(port, "/metrics", method), StartsWith("HTTP/1.1 405 ")) << method;
  }
  EXPECT_THAT(Ask(port, "nonsense\r\n\r\n"), HasSubstr(" 400 Bad Request\r\n"));
}

TEST(MetricsServer, BodiesOfAnySizeArriveWhole) {
  const std::string large(20 << 20, 'x');
  const auto server = MetricsServer::Create("127.0.0.1:0", "--flag", 1,
                                            [&](auto, auto) { return HttpAnswer{.body = large}; });
  ASSERT_THAT(server, IsOk());
  EXPECT_TRUE(Get((*server)->port(), "/").ends_with("\r\n\r\n" + large));
}

class MetricsServerTest : public ::testing::Test {
 protected:
  const std::unique_ptr<MetricsServer> server_ =
      *MetricsServer::Create("127.0.0.1:0", "--flag", 1, Echo);
  const int port_ = server_->port();
};

TEST_F(MetricsServerTest, ConnectionsThatNobodyUsesStarveNobody) {
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 400; ++i) {
    idle.push_back(std::make_unique<Client>(port_));
    if (i % 2 == 0) idle.back()->Write("GET /slow HTTP/1.1\r\nHost:");
    EXPECT_THAT(Get(port_, "/metrics"), ::testing::EndsWith("\r\n\r\n/metrics")) << i;
  }
  EXPECT_EQ(idle.front()->ReadAll(), "");  // it made room for others
  idle.back()->Write("GET /late HTTP/1.0\r\n\r\n");
  EXPECT_THAT(idle.back()->ReadAll(), ::testing::EndsWith("\r\n\r\n/late"));
}

TEST_F(MetricsServerTest, ManyRequestsUseOneConnection) {
  const Client client(port_);
  for (const std::string path : {"/first", "/second", "/third"}) {
    client.Write("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.ReadUntil("\r\n\r\n" + path), HasSubstr("Connection: keep-alive\r\n"));
  }
  client.Write(
      "GET /4 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /5 HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /6 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /7 HTTP/1.1\r\n");
  const std::string answers = client.ReadAll();
  EXPECT_THAT(answers, HasSubstr("\r\n\r\n/4HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answers, HasSubstr("\r\n\r\nHTTP/1.1 200 OK\r\n"));  // of HEAD, without a body
  EXPECT_THAT(answers, ::testing::EndsWith("\r\n\r\n/6"));
}

TEST_F(MetricsServerTest, TakesTargetsAsProxiesAreAsked) {
  EXPECT_THAT(Get(port_, "http://a:1/metrics?x=1"), ::testing::EndsWith("\r\n\r\n/metrics?x=1"));
  EXPECT_THAT(Get(port_, "*", "OPTIONS"), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(Get(port_, "/metrics", "OPTIONS"), StartsWith("HTTP/1.1 204 No Content\r\n"));
  for (const char* target : {"*", "http://", "ftp://a/", "metrics", "/%zz", "/%4"}) {
    EXPECT_THAT(Get(port_, target), StartsWith("HTTP/1.1 400 ")) << target;
  }
}

TEST_F(MetricsServerTest, RefusesWhatIsNoRequest) {
  EXPECT_THAT(Ask(port_, "GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask(port_, "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask(port_, "GET / HTTP/3.7\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask(port_, std::string(3, '\0') + "\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Get(port_, "/" + std::string(20'000, 'x')), StartsWith("HTTP/1.1 431 "));
}

TEST_F(MetricsServerTest, AnswersWhoSendsABodyNobodyWants) {
  const std::string body(50'000, 'x');
  const std::string length = absl::StrFormat("Content-Length: %d\r\n\r\n", body.size());
  EXPECT_THAT(Ask(port_, "POST / HTTP/1.1\r\nHost: x\r\n" + length + body),
              ::testing::EndsWith("only GET is answered here\n"));
  const std::string got = Ask(port_, "GET /a HTTP/1.1\r\nHost: x\r\n" + length + body);
  EXPECT_THAT(got, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(got, ::testing::EndsWith("\r\n\r\n/a"));
}

TEST(MetricsServer, ListensOnIPv6OrSaysWhyNot) {
  const auto six = MetricsServer::Create("[::1]:0", "--flag", 1, Echo);
  if (!six.ok()) {
    EXPECT_THAT(six, StatusIs(Code::kUnavailable, HasSubstr("cannot listen on ::1 port 0: ")));
  }
  const auto all = MetricsServer::Create(":0", "--flag", 1, Echo);
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(Get((*all)->port(), "/a"), ::testing::EndsWith("/a"));  // of IPv4
  const int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(static_cast<std::uint16_t>((*all)->port()));
  address.sin6_addr = in6addr_loopback;
  const int result = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (probe >= 0) close(probe);
  EXPECT_EQ(result == 0, six.ok());
}

TEST(MetricsServer, SaysWhyItCannotListen) {
  const auto first = MetricsServer::Create("127.0.0.1:0", "--flag", 1, Echo);
  ASSERT_THAT(first, IsOk());
  const std::string taken = absl::StrFormat("127.0.0.1:%d", (*first)->port());
  EXPECT_THAT(MetricsServer::Create(taken, "--exporter-listen", 1, Echo),
              StatusIs(Code::kAlreadyExists,
                       absl::StrFormat("port %d is in use; choose another with --exporter-listen",
                                       (*first)->port())));
  EXPECT_THAT(MetricsServer::Create("192.0.2.1:0", "--flag", 1, Echo),
              StatusIs(Code::kUnavailable, HasSubstr("cannot listen on 192.0.2.1 port 0: ")));
  for (const char* bad : {"", "9464", ":", "[]:1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:1s",
                          "127.0.0.1:0,127.0.0.1:0", "+9464", "a b:1"}) {
    EXPECT_THAT(MetricsServer::Create(bad, "--flag", 1, Echo),
                StatusIs(Code::kInvalidArgument, HasSubstr("--flag is '" + std::string(bad) + "'")))
        << bad;
  }
}

TEST(MetricsServer, PortIsFreeAgainOnceItIsGone) {
  int port = 0;
  {
    const auto server = MetricsServer::Create("127.0.0.1:0", "--flag", 1, Echo);
    ASSERT_THAT(server, IsOk());
    port = (*server)->port();
    Get(port, "/");
  }
  EXPECT_THAT(MetricsServer::Create(absl::StrFormat("localhost:%d", port), "--flag", 1, Echo),
              IsOk());
}

TEST(Exporter, ServesTheHubsHosts) {
  FakeClock clock;
  Hub hub(&clock, {});
  const ServiceMetrics metrics;
  const ProcFs procfs;
  const auto exporter = Exporter::Create(
      "127.0.0.1:0", {.hub = &hub, .metrics = &metrics, .procfs = &procfs, .store = nullptr});
  ASSERT_THAT(exporter, IsOk());
  const auto connection = hub.Connect(Host{.id = "a", .hostname = "alpha"}, "run", "");
  EXPECT_THAT(
      hub.PushFrame(connection->id, FrameOf("a", "system", clock.Now(), {{"up_to", {}, 1}})),
      IsOk());
  EXPECT_THAT(Get((*exporter)->port(), "/metrics"), HasSubstr("up_to{instance=\"alpha\"} 1\n"));
  EXPECT_THAT(Get((*exporter)->port(), "/hosts/a/metrics"), HasSubstr("up_to 1\n"));
  EXPECT_THAT(Get((*exporter)->port(), "/hosts/b/metrics"), StartsWith("HTTP/1.1 404 "));
}

}  // namespace
}  // namespace syspulse
