#include "web-gateway/server/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace syspulse {
namespace {

using ::testing::ElementsAre;

std::optional<int> Parse(std::vector<const char*> args, GatewayOptions* options) {
  args.insert(args.begin(), "syspulse-gateway");
  return ParseGatewayOptions(static_cast<int>(args.size()), args.data(), options);
}

TEST(GatewayOptions, DefaultsAreLoopbackAndTheDashboardBesideTheProgram) {
  GatewayOptions options;
  EXPECT_EQ(Parse({}, &options), std::nullopt);
  EXPECT_EQ(options.http_listen, "127.0.0.1:8080");
  EXPECT_EQ(options.server, "127.0.0.1:50051");
  const auto program = std::filesystem::canonical("/proc/self/exe");
  EXPECT_EQ(options.static_dir, program.parent_path().parent_path() / "dashboard");
  EXPECT_FALSE(options.insecure);
}

TEST(GatewayOptions, NamesAndOriginsMayBeSeveral) {
  setenv("SYSPULSE_SERVER", "10.0.0.1:50051", 1);
  GatewayOptions options;
  EXPECT_EQ(Parse({"--allow-host=a", "--allow-host=b", "--allow-origin=https://c"}, &options),
            std::nullopt);
  EXPECT_THAT(options.allowed_hosts, ElementsAre("a", "b"));
  EXPECT_THAT(options.allowed_origins, ElementsAre("https://c"));
  EXPECT_EQ(options.server, "10.0.0.1:50051");
  unsetenv("SYSPULSE_SERVER");
}

TEST(GatewayOptions, MistakesExitWithUsage) {
  GatewayOptions options;
  EXPECT_EQ(Parse({"--http-liste=x"}, &options), kExitUsage);
}

}  // namespace
}  // namespace syspulse
