#include "web-gateway/server/security_policy.h"

#include "tests/web-gateway/server/gateway_fixture.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(SecurityPolicy, LoopbackHasManyNames) {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1", "app.localhost"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host :
       {"", "0.0.0.0", "::", "128.0.0.1", "localhost.evil.org", "127.0.0.1.nip.io"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
  EXPECT_EQ(HostOf("[::1]:8080"), "::1");
  EXPECT_EQ(HostOf("LocalHost:8080"), "localhost");
  EXPECT_EQ(HostOf("[broken"), "broken");
}

class Security : public GatewayTest {
 protected:
  void SetUp() override {
    StartGateway({.allowed_hosts = {"Metrics.example.org"},
                  .allowed_origins = {"https://grafana.example.org"}});
  }
};

TEST_F(Security, NamesOfOthersAreMisdirected) {
  const HttpAnswer answer = Get("/", {"Host: evil.example.org"});
  EXPECT_EQ(answer.status, 421);
  EXPECT_THAT(answer.body, HasSubstr("--allow-host"));
  EXPECT_EQ(Get("/", {"Host: metrics.example.org:8080"}).status, 200);
  EXPECT_EQ(Get("/", {"Host: 127.0.0.1:1"}).status, 200);
  EXPECT_EQ(Get("http://evil.example.org/").status, 421);  // the target's name counts
  for (const char* odd : {"127.0.0.1:80.evil.org", "[::1].evil.org", "[::1]x:80", "localhost:a"}) {
    EXPECT_EQ(Get("/", {std::string("Host: ") + odd}).status, 421) << odd;
  }
  EXPECT_EQ(Get("/", {"Host: [::1]:8080"}).status, 200);
}

TEST_F(Security, PagesOfOthersAreForbidden) {
  const HttpAnswer answer = Get("/", {"Origin: https://evil.example.org"});
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, HasSubstr("--allow-origin"));
  EXPECT_EQ(Get("/", {"Origin: null"}).status, 403);
  const HttpAnswer same = Get("/", {"Origin: http://localhost"});
  EXPECT_EQ(same.status, 200);
  EXPECT_EQ(same.headers.count("access-control-allow-origin"), 0u);
  EXPECT_EQ(Get("/", {"Host: localhost:8080", "Origin: http://localhost:9090"}).status, 403);
}

TEST_F(Security, AllowedOriginsAreServedAcross) {
  const std::string origin = "Origin: https://grafana.example.org";
  EXPECT_EQ(Get("/", {origin}).headers.at("access-control-allow-origin"),
            "https://grafana.example.org");
  const HttpAnswer preflight = Fetch(port(), "OPTIONS", "/syspulse.v1.HostService/ListHosts",
                                     {origin, "Access-Control-Request-Method: POST"});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_THAT(preflight.headers.at("access-control-allow-headers"), HasSubstr("grpc-timeout"));
}

TEST_F(Security, FormsCannotPost) {
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"}) {
    EXPECT_EQ(Post("/api/v1/live:watch", type, "{}").status, 415) << type;
  }
  EXPECT_EQ(Fetch(port(), "POST", "/api/v1/live:watch", {}, "{}").status, 415);
}

TEST_F(Security, EveryAnswerCarriesTheHeaders) {
  for (const char* target : {"/", "/none", "/api/v1/none", "/api/v1/hosts", "/healthz"}) {
    const HttpAnswer answer = Get(target);
    EXPECT_THAT(answer.headers.at("content-security-policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.headers.at("cross-origin-opener-policy"), "same-origin");
    EXPECT_EQ(answer.headers.at("referrer-policy"), "no-referrer");
  }
  EXPECT_EQ(Get("/", {"Host: evil"}).headers.at("x-content-type-options"), "nosniff");
}

}  // namespace
}  // namespace syspulse
