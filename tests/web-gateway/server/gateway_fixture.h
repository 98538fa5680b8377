// A gateway before a fake service: what the end-to-end tests begin with.
#ifndef TESTS_WEB_GATEWAY_SERVER_GATEWAY_FIXTURE_H_
#define TESTS_WEB_GATEWAY_SERVER_GATEWAY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/testing/status_matchers.h"
#include "tests/web-gateway/server/fake_upstream.h"
#include "tests/web-gateway/server/http_client.h"
#include "web-gateway/server/contract.h"
#include "web-gateway/server/gateway.h"

namespace syspulse {

class GatewayTest : public ::testing::Test {
 protected:
  // Starts a gateway with `settings`, whose upstream is the fake.
  void StartGateway(GatewaySettings settings = {},
                    std::string_view descriptor_set = EmbeddedDescriptorSet()) {
    settings.server_address = upstream_->address();
    channel_ = upstream_->NewChannel();
    // A busy machine may need a second attempt, which calls that fail fast do not wait for.
    ASSERT_TRUE(
        channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(30)));
    auto gateway = Gateway::Create(std::move(settings), channel_, descriptor_set);
    ASSERT_THAT(gateway, IsOk());
    gateway_ = std::move(*gateway);
  }
  void SetUp() override { StartGateway(); }

  std::uint16_t port() const { return gateway_->port(); }

  HttpAnswer Get(std::string_view target, const std::vector<std::string>& headers = {}) {
    return Fetch(port(), "GET", target, headers);
  }
  HttpAnswer Post(std::string_view target, std::string_view type, std::string_view body,
                  std::vector<std::string> headers = {}) {
    headers.push_back("Content-Type: " + std::string(type));
    return Fetch(port(), "POST", target, headers, body);
  }

  std::unique_ptr<FakeUpstream> upstream_ = std::make_unique<FakeUpstream>();
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace syspulse

#endif  // TESTS_WEB_GATEWAY_SERVER_GATEWAY_FIXTURE_H_
