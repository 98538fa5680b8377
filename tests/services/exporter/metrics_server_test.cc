#include "services/exporter/metrics_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <string>

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

// Sends `request` and returns all that comes back within five seconds.
std::string Ask(int port, const std::string& request) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval timeout{.tv_sec = 5};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(write(fd, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string answer;
  std::array<char, 65536> buffer;
  for (ssize_t count; (count = read(fd, buffer.data(), buffer.size())) > 0;) {
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(fd);
  return answer;
}

std::string Get(int port, const std::string& path, const std::string& method = "GET") {
  return Ask(port, method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

HttpAnswer Echo(std::string_view path, std::string_view query) {
  return {.status = path == "/none" ? 404 : 200,
          .body = std::string(path) + (query.empty() ? "" : "?") + std::string(query)};
}

TEST(MetricsServer, AnswersGetWithWhatItsHandlerSays) {
  const auto server = MetricsServer::Create("127.0.0.1:0", "--flag", Echo);
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
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    EXPECT_THAT(Get(port, "/metrics", method), StartsWith("HTTP/1.1 405 ")) << method;
  }
  EXPECT_THAT(Ask(port, "nonsense\r\n\r\n"), HasSubstr(" 400 Bad Request\r\n"));
}

TEST(MetricsServer, BodiesOfAnySizeArriveWhole) {
  const std::string large(20 << 20, 'x');
  const auto server = MetricsServer::Create("127.0.0.1:0", "--flag",
                                            [&](auto, auto) { return HttpAnswer{.body = large}; });
  ASSERT_THAT(server, IsOk());
  EXPECT_TRUE(Get((*server)->port(), "/").ends_with("\r\n\r\n" + large));
}

TEST(MetricsServer, SaysWhyItCannotListen) {
  const auto first = MetricsServer::Create("127.0.0.1:0", "--flag", Echo);
  ASSERT_THAT(first, IsOk());
  const std::string taken = absl::StrFormat("127.0.0.1:%d", (*first)->port());
  EXPECT_THAT(MetricsServer::Create(taken, "--exporter-listen", Echo),
              StatusIs(Code::kAlreadyExists,
                       absl::StrFormat("port %d is in use; choose another with --exporter-listen",
                                       (*first)->port())));
  EXPECT_THAT(MetricsServer::Create("192.0.2.1:0", "--flag", Echo),
              StatusIs(Code::kUnavailable, HasSubstr("cannot listen on 192.0.2.1 port 0: ")));
  for (const char* bad : {"", "9464", ":", "[]:1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:1s",
                          "127.0.0.1:0,127.0.0.1:0", "+9464", "a b:1"}) {
    EXPECT_THAT(MetricsServer::Create(bad, "--flag", Echo),
                StatusIs(Code::kInvalidArgument, HasSubstr("--flag is '" + std::string(bad) + "'")))
        << bad;
  }
}

TEST(MetricsServer, PortIsFreeAgainOnceItIsGone) {
  int port = 0;
  {
    const auto server = MetricsServer::Create("127.0.0.1:0", "--flag", Echo);
    ASSERT_THAT(server, IsOk());
    port = (*server)->port();
    Get(port, "/");
  }
  EXPECT_THAT(MetricsServer::Create(absl::StrFormat("localhost:%d", port), "--flag", Echo), IsOk());
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
