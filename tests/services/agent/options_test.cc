#include "services/agent/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/collect/collector_spec.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
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
  EXPECT_EQ(parsed.options.spool_dir, "");
  EXPECT_EQ(parsed.options.spool_bytes, 256 << 20);
  EXPECT_EQ(parsed.options.spool_age, absl::Hours(24));
  EXPECT_EQ(parsed.options.roots.procfs, "/proc");
}

TEST(AgentOptions, AreTakenFromTheCommandLine) {
  const Parsed parsed =
      Parse({"--server=unix:/run/s", "--interval=250ms", "--host-id=web-1", "--label", "rack=b7",
             "--label=note=a=b", "--label=empty=", "--procfs=/host/proc", "--buffer-size=2MiB",
             "--spool-dir=/var/spool/s", "--spool-size=3MiB", "--spool-age=90m"});
  ASSERT_EQ(parsed.code, std::nullopt) << parsed.error;
  EXPECT_EQ(parsed.options.interval, absl::Milliseconds(250));
  EXPECT_EQ(parsed.options.host_id, "web-1");
  EXPECT_EQ(parsed.options.roots.procfs, "/host/proc");
  EXPECT_EQ(parsed.options.buffer_bytes, 2 << 20);
  EXPECT_EQ(parsed.options.spool_dir, "/var/spool/s");
  EXPECT_EQ(parsed.options.spool_bytes, 3 << 20);
  EXPECT_EQ(parsed.options.spool_age, absl::Minutes(90));
  EXPECT_THAT(parsed.options.labels,
              ElementsAre(Pair("empty", ""), Pair("note", "a=b"), Pair("rack", "b7")));
}

TEST(AgentOptions, WarnOfAnAgentWithoutCollectors) {
  EXPECT_THAT(Parse({"--collector.disable-defaults"}).options.common.warnings,
              ElementsAre(HasSubstr("no collector is switched on")));
  EXPECT_THAT(
      Parse({"--collector.disable-defaults", "--collector.filesystem"}).options.common.warnings,
      IsEmpty());
}

TEST(AgentOptions, TakeNodeExportersFlags) {
  const Parsed parsed = Parse({"--path.procfs=/p",
                               "--path.sysfs=/s",
                               "--path.rootfs=/r",
                               "--path.udev.data=/u",
                               "--no-collector.cpu",
                               "--collector.disable-defaults",
                               "--collector.uname",
                               "--collector.diskstats.device-include=^sd",
                               "--collector.netdev.device-exclude=^lo$",
                               "--collector.filesystem.ignored-mount-points=^/x",
                               "--no-collector.cpu.guest",
                               "--collector.systemd.unit-include=ssh.*",
                               "--collector.textfile.directory=/a",
                               "--collector.textfile.directory=/b/*",
                               "--web.listen-address=127.0.0.1:9100",
                               "--web.telemetry-path=/m",
                               "--no-collector.arp.netlink",
                               "--no-collector.wifi",
                               "--web.disable-exporter-metrics",
                               "--log.level=warn",
                               "--log.format=logfmt",
                               "--collector.filesystem.mount-timeout=3s"});
  ASSERT_EQ(parsed.code, std::nullopt) << parsed.error;
  const AgentOptions& options = parsed.options;
  EXPECT_EQ(options.roots.procfs + options.roots.sysfs + options.roots.rootfs, "/p/s/r");
  EXPECT_EQ(options.roots.udev_data, "/u");
  EXPECT_THAT(options.collectors.chosen, ElementsAre(Pair("cpu", false), Pair("uname", true)));
  EXPECT_TRUE(options.collectors.disable_defaults);
  EXPECT_EQ(options.collectors.disk_devices.include(), "^sd");
  EXPECT_EQ(options.collectors.disk_devices.exclude(), "");
  EXPECT_EQ(options.collectors.netdev_devices.exclude(), "^lo$");
  EXPECT_EQ(options.collectors.mount_points.exclude(), "^/x");
  EXPECT_EQ(options.collectors.systemd_units.include(), "^(?:ssh.*)$");
  EXPECT_FALSE(options.collectors.systemd_units.Takes("a.mount"));
  EXPECT_FALSE(options.collectors.cpu_guest);
  EXPECT_THAT(options.collectors.textfile_directories, ElementsAre("/a", "/b/*"));
  EXPECT_EQ(options.exporter_listen, "127.0.0.1:9100");
  EXPECT_EQ(options.telemetry_path, "/m");
  EXPECT_FALSE(options.exporter_metrics);
  EXPECT_EQ(options.common.log_level, "warning");
  EXPECT_EQ(options.common.log_format, "text");
  EXPECT_EQ(options.mount_timeout, absl::Seconds(3));
}

TEST(AgentOptions, TakeNodeExportersFlagsForWhatIsLeftOutByDefault) {
  const CollectorSettings given = Parse({"--collector.netclass.ignore-invalid-speed",
                                         "--collector.ipvs.backend-labels=proto,,local_mark",
                                         "--collector.cpu.info.flags-include=^(aes|avx.?)$",
                                         "--collector.cpu.info.bugs-include="})
                                      .options.collectors;
  EXPECT_TRUE(given.netclass_ignore_invalid_speed);
  EXPECT_THAT(given.ipvs_backend_labels, Optional(ElementsAre("proto", "local_mark")));
  ASSERT_TRUE(given.cpu_flags.has_value());
  EXPECT_EQ(given.cpu_flags->include(), "^(aes|avx.?)$");
  EXPECT_FALSE(given.cpu_bugs.has_value());  // as without it
  EXPECT_FALSE(given.cpu_info);
  const CollectorSettings none = Parse({"--collector.ipvs.backend-labels="}).options.collectors;
  EXPECT_THAT(none.ipvs_backend_labels, Optional(IsEmpty()));
  EXPECT_EQ(Parse({}).options.collectors.ipvs_backend_labels, std::nullopt);
}

TEST(AgentOptions, ASwitchOfNodeExportersIsThatOfAllItsParts) {
  const auto runs = [](std::vector<const char*> arguments) {
    const CollectorSettings settings = Parse(std::move(arguments)).options.collectors;
    const std::vector<CollectorSpec> all = AllCollectors();
    return std::ranges::find(all, "cpu_topology", &CollectorSpec::name)->Runs(settings);
  };
  EXPECT_TRUE(runs({}));
  EXPECT_FALSE(runs({"--no-collector.cpu"}));
  EXPECT_FALSE(runs({"--collector.disable-defaults"}));
  EXPECT_TRUE(runs({"--collector.disable-defaults", "--collector.cpu"}));
  EXPECT_FALSE(runs({"--collector.cpu", "--no-collector.cpu_topology"}));
}

TEST(AgentOptions, TakeASwitchForEachCollectorThatThereIs) {
  for (const CollectorSpec& spec : AllCollectors()) {
    const std::string on = absl::StrFormat("--collector.%s", spec.name);
    const std::string off = absl::StrFormat("--no-collector.%s", spec.name);
    const auto chosen = [&](std::vector<const char*> arguments) {
      return Parse(std::move(arguments)).options.collectors.chosen;
    };
    EXPECT_THAT(chosen({on.c_str()}), ElementsAre(Pair(spec.name, true)));
    EXPECT_THAT(chosen({on.c_str(), off.c_str()}), ElementsAre(Pair(spec.name, false)));
  }
}

TEST(AgentOptions, AreTakenFromTheEnvironmentByEitherName) {
  setenv("SYSPULSE_PATH_PROCFS", "/host/proc", 1);
  setenv("SYSPULSE_COLLECTOR_CPU", "false", 1);
  setenv("SYSPULSE_COLLECTOR_VMSTAT_FIELDS", "^pg", 1);
  const Parsed parsed = Parse({});
  unsetenv("SYSPULSE_PATH_PROCFS");
  unsetenv("SYSPULSE_COLLECTOR_CPU");
  unsetenv("SYSPULSE_COLLECTOR_VMSTAT_FIELDS");
  EXPECT_EQ(parsed.options.roots.procfs, "/host/proc");
  EXPECT_THAT(parsed.options.collectors.chosen, ElementsAre(Pair("cpu", false)));
  EXPECT_EQ(parsed.options.collectors.vmstat_fields.include(), "^pg");
}

TEST(AgentOptions, WithoutAServiceNeedAScraper) {
  EXPECT_EQ(Parse({"--server="}).code, kExitUsage);
  EXPECT_EQ(Parse({"--server=", "--exporter-listen=[::1]:0"}).code, std::nullopt);
}

TEST(AgentOptions, AllAddressesNeedConsent) {
  EXPECT_THAT(Parse({"--web.listen-address=:9100"}).error, HasSubstr("say --insecure to let"));
  EXPECT_EQ(Parse({"--web.listen-address=:9100", "--insecure"}).code, std::nullopt);
}

TEST(AgentOptions, HelpNamesEachCollectorOnce) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Parse({"--help"}).code, kExitOk);
  const std::string help = ::testing::internal::GetCapturedStdout();
  EXPECT_THAT(help, HasSubstr(" loadavg "));
  EXPECT_THAT(help, ::testing::Not(HasSubstr("--collector.loadavg")));
  EXPECT_THAT(help, ::testing::Not(HasSubstr("ignored-mount-points")));
}

TEST(AgentOptions, WhatIsWrongIsASentenceAndCode2) {
  const auto refused = [](const char* argument, const std::string& reason) {
    // One without which the other would not be enough.
    const Parsed parsed = Parse({"--collector.netdev.device-exclude=^lo$", argument});
    EXPECT_EQ(parsed.code, kExitUsage) << argument;
    EXPECT_THAT(parsed.error, HasSubstr(reason));
  };
  refused("--server=web-1", "the port is missing");
  refused("--interval=99ms", "99ms is not from 100ms to 1h");
  refused("--interval=61m", "1h1m is not from 100ms to 1h");
  refused("--interval=soon", "'soon' is not a duration");
  refused("--host-id=Web_1", "'Web_1' is not a host id");
  refused("--label=rack", "'rack' is not a label");
  refused("--label=7rack=b",
          "'7rack=b' is not a label; a name is letters, digits and _, not beginning with a digit");
  refused("--label==b", "'=b' is not a label");
  refused("--buffer-size=1KiB", "the least is 1MiB");
  refused("--slow-interval=1ms", "1ms is not from 100ms to 1h");
  refused("--collector.cpu=perhaps", "--collector.cpu");
  refused("--collector.foo", "there is no --collector.foo: nothing called 'foo' is collected");
  refused("--collector.wifi", "nothing called 'wifi' is collected");
  refused("--collector.filesystem.stat-workers=4", "leave it out");
  refused("--no-collector.foo.bar=1", "nothing called 'foo' is collected");
  refused("--collector.cpu.foo=1", "the collector cpu has no such flag");
  refused("--web.config.file=x", "put a proxy before the exporter");
  refused("--nope=1", "there is no flag --nope");
  refused("word", "'word' is not expected here");
  refused("--collector.arp.device-include=(",
          "--collector.arp.device-include: '(' is not a regular expression: missing ): (");
  refused("--collector.diskstats.ignored-devices=[", "--collector.diskstats.device-exclude: '['");
  refused("--collector.cpu.info.bugs-include=(", "--collector.cpu.info.bugs-include: '('");
  refused("--collector.ipvs.backend-labels=proto,port",
          "'port' is no label of servers behind IPVS; there are local_address, ");
  refused("--collector.netdev.device-include=a", "exclude each other; give one");
  refused("--exporter-listen=9100", "'9100' is not an address to listen on");
  refused("--exporter-listen=unix:/run/x", "'unix:/run/x' is not an address to listen on");
  refused("--web.telemetry-path=x", "'x' is not a path for metrics");
  refused("--log.level=loud", "--log.level: 'loud' is none of debug, info, warn, error");
  refused("--buffer-size=much", "'much' is not a size");
}

}  // namespace
}  // namespace syspulse
