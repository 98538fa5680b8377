#include "services/agent/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

struct Parsed {
  std::optional<int> code;
  AgentOptions options;
  std::string error;
};

Parsed Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "syspulse-agent");
  Parsed parsed;
  ::testing::internal::CaptureStderr();
  parsed.code =
      ParseAgentOptions(static_cast<int>(arguments.size()), arguments.data(), &parsed.options);
  parsed.error = ::testing::internal::GetCapturedStderr();
  return parsed;
}

TEST(AgentOptions, HaveDefaults) {
  const Parsed parsed = Parse({});
  EXPECT_EQ(parsed.code, std::nullopt);
  EXPECT_EQ(parsed.options.server, "127.0.0.1:50051");
  EXPECT_EQ(parsed.options.interval, absl::Seconds(1));
  EXPECT_EQ(parsed.options.buffer_bytes, 32 << 20);
  EXPECT_EQ(parsed.options.roots.procfs, "/proc");
}

TEST(AgentOptions, AreTakenFromTheCommandLine) {
  const Parsed parsed =
      Parse({"--server=unix:/run/s", "--interval=250ms", "--host-id=web-1", "--label", "rack=b7",
             "--label=note=a=b", "--label=empty=", "--procfs=/host/proc", "--buffer-size=2MiB"});
  ASSERT_EQ(parsed.code, std::nullopt) << parsed.error;
  EXPECT_EQ(parsed.options.interval, absl::Milliseconds(250));
  EXPECT_EQ(parsed.options.host_id, "web-1");
  EXPECT_EQ(parsed.options.roots.procfs, "/host/proc");
  EXPECT_EQ(parsed.options.buffer_bytes, 2 << 20);
  EXPECT_THAT(parsed.options.labels,
              ElementsAre(Pair("empty", ""), Pair("note", "a=b"), Pair("rack", "b7")));
}

TEST(AgentOptions, WhatIsWrongIsASentenceAndCode2) {
  const auto refused = [](const char* argument, const std::string& reason) {
    const Parsed parsed = Parse({argument});
    EXPECT_EQ(parsed.code, kExitUsage) << argument;
    EXPECT_THAT(parsed.error, HasSubstr(reason));
  };
  refused("--server=web-1", "the port is missing");
  refused("--interval=99ms", "99ms is not from 100ms to 1h");
  refused("--interval=61m", "1h1m is not from 100ms to 1h");
  refused("--interval=soon", "'soon' is not a duration");
  refused("--host-id=Web_1", "'Web_1' is not a host id");
  refused("--label=rack", "'rack' is not a label");
  refused("--label=7rack=b", "'7rack=b' is not a label");
  refused("--label==b", "'=b' is not a label");
  refused("--buffer-size=1KiB", "the least is 1MiB");
  refused("--buffer-size=much", "'much' is not a size");
}

}  // namespace
}  // namespace syspulse
