#include "services/agent/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

AgentOptions Read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "syspulse-agent");
  AgentOptions options;
  EXPECT_EQ(ParseAgentOptions(static_cast<int>(arguments.size()), arguments.data(), &options),
            std::nullopt);
  return options;
}

TEST(Reload, OfTheSameDoesNothing) {
  const ReloadPlan plan = PlanReload(Read({"--label=a=1"}), Read({"--label=a=1"}));
  EXPECT_THAT(plan.applied, IsEmpty());
  EXPECT_THAT(plan.refused, IsEmpty());
  EXPECT_FALSE(plan.sampler || plan.stream || plan.log);
}

TEST(Reload, TouchesOnlyThePartsThatAFlagIsOf) {
  const AgentOptions old = Read({});
  const ReloadPlan log = PlanReload(old, Read({"--log-level=debug"}));
  EXPECT_TRUE(log.log && !log.sampler && !log.stream);
  EXPECT_EQ(log.options.common.log_level, "debug");
  const ReloadPlan sampler = PlanReload(
      old, Read({"--no-collector.cpu", "--collector.netdev.device-exclude=^lo$",
                 "--slow-interval=5s", "--process-top=7", "--collector.filesystem.mount-timeout=1s",
                 "--collector.textfile.directory=/t"}));
  EXPECT_TRUE(sampler.sampler && !sampler.stream && !sampler.log);
  EXPECT_EQ(sampler.options.collectors.netdev_devices.exclude(), "^lo$");
  EXPECT_EQ(sampler.options.collectors.chosen.at("cpu"), false);
  EXPECT_EQ(sampler.options.slow_interval, absl::Seconds(5));
  EXPECT_EQ(sampler.options.process_top, 7);
  EXPECT_EQ(sampler.options.mount_timeout, absl::Seconds(1));
  const ReloadPlan stream = PlanReload(old, Read({"--label=a=1", "--server=web-1:1"}));
  EXPECT_TRUE(stream.stream && !stream.sampler && !stream.log);
  EXPECT_EQ(stream.options.server, "web-1:1");
  EXPECT_EQ(stream.options.labels.at("a"), "1");
  const ReloadPlan least = PlanReload(old, Read({"--min-interval=500ms"}));
  EXPECT_FALSE(least.stream || least.sampler || least.log);
  EXPECT_THAT(least.applied, ElementsAre("--min-interval"));
  EXPECT_EQ(least.options.min_interval, absl::Milliseconds(500));
  const ReloadPlan interval = PlanReload(old, Read({"--interval=2s"}));
  EXPECT_TRUE(interval.stream && interval.sampler && !interval.log);
  EXPECT_EQ(interval.options.interval, absl::Seconds(2));
}

TEST(Reload, SaysOfEachFlagThatItNeedsARestart) {
  const AgentOptions old = Read({"--exporter-listen=127.0.0.1:0"});
  const ReloadPlan plan =
      PlanReload(old, Read({"--exporter-listen=127.0.0.1:1", "--spool-dir=/s", "--buffer-size=2MiB",
                            "--host-id=web-1", "--procfs=/p", "--label=a=1", "--server="}));
  EXPECT_THAT(plan.refused,
              UnorderedElementsAre(
                  "--server is '' now, and stays '127.0.0.1:50051' until a restart",
                  "--host-id is 'web-1' now, and stays '' until a restart",
                  "--procfs is '/p' now, and stays '/proc' until a restart",
                  "--buffer-size is '2MiB' now, and stays '32MiB' until a restart",
                  "--spool-dir is '/s' now, and stays '' until a restart",
                  "--exporter-listen is '127.0.0.1:1' now, and stays '127.0.0.1:0' until a "
                  "restart"));
  EXPECT_THAT(plan.applied, ElementsAre("--label"));
  EXPECT_EQ(plan.options.server, old.server);
  EXPECT_EQ(plan.options.exporter_listen, old.exporter_listen);
  EXPECT_EQ(plan.options.spool_dir, "");
  EXPECT_EQ(plan.options.buffer_bytes, old.buffer_bytes);
}

TEST(Reload, ComparesWithWhatHoldsAndNotWithWhatWasRefused) {
  const AgentOptions old = Read({});
  const ReloadPlan first = PlanReload(old, Read({"--spool-dir=/s", "--label=a=1"}));
  const ReloadPlan second = PlanReload(first.options, Read({"--label=a=1"}));
  EXPECT_THAT(second.refused, IsEmpty()) << "the folder is what it was";
  EXPECT_THAT(second.applied, IsEmpty());
  const ReloadPlan third = PlanReload(first.options, Read({"--spool-dir=/s"}));
  EXPECT_EQ(third.refused.size(), 1U);
  EXPECT_THAT(third.applied, ElementsAre("--label"));
}

}  // namespace
}  // namespace syspulse
