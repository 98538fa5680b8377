#include "services/server/options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace syspulse {
namespace {

std::variant<ServerOptions, int> Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "syspulsed");
  return ParseServerOptions(static_cast<int>(arguments.size()), arguments.data());
}

TEST(ServerOptions, StandOnLoopbackByDefault) {
  const auto options = std::get<ServerOptions>(Parse({}));
  EXPECT_EQ(options.grpc_listen, "127.0.0.1:50051");
  EXPECT_EQ(options.exporter_listen, "127.0.0.1:9464");
  EXPECT_FALSE(options.insecure);
}

TEST(ServerOptions, KeepTheirDataWhereTheSystemKeepsState) {
  setenv("XDG_STATE_HOME", "/var/tmp/state", 1);
  EXPECT_EQ(std::get<ServerOptions>(Parse({})).data_dir, "/var/tmp/state/syspulse");
  unsetenv("XDG_STATE_HOME");
  setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(std::get<ServerOptions>(Parse({})).data_dir, "/home/someone/.local/state/syspulse");
}

TEST(ServerOptions, TakeSizesAndDurations) {
  const auto options = std::get<ServerOptions>(
      Parse({"--recent-size=1GiB", "--recent-duration=1h", "--max-streams=5"}));
  EXPECT_EQ(options.recent_bytes, std::int64_t{1} << 30);
  EXPECT_EQ(options.recent_duration, absl::Hours(1));
  EXPECT_EQ(options.max_streams, 5);
}

TEST(ServerOptions, TakeARetentionSizeOfZeroForNoLimit) {
  EXPECT_EQ(std::get<ServerOptions>(Parse({"--retention-size=0"})).retention_bytes, INT64_MAX);
  EXPECT_EQ(std::get<ServerOptions>(Parse({"--retention-size=16MiB"})).retention_bytes, 16 << 20);
}

TEST(ServerOptions, RefuseWhatMakesNoSense) {
  for (const char* argument : {"--recent-size=lots", "--max-streams=0", "--recent-duration=-1s",
                               "--nonsense", "--retention-size=1KiB", "--retention-time=0",
                               "--retention-time=59m", "--retention-time=-1h"}) {
    EXPECT_EQ(std::get<int>(Parse({argument})), kExitUsage) << argument;
  }
}

}  // namespace
}  // namespace syspulse
