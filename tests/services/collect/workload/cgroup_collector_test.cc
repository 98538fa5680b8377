#include "services/collect/workload/cgroup_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/services/collect/values.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

const std::string kDockerScope =
    "/system.slice/docker-3f1c0d9be27a44f1a6c58f0d7be2915c64aa03d871be5f2099e0c1d4b7a6f832.scope";
const std::string kNginx = "/system.slice/nginx.service";

class CgroupCollectorTest : public ::testing::Test {
 protected:
  using Values = std::map<std::string, double>;

  Values Collect() {
    EXPECT_THAT(collector_.Collect(&writer_), IsOk());
    const auto tick = writer_.Finish();
    EXPECT_THAT(tick, IsOk());
    Values values;
    if (tick.ok()) AddValues(*tick->schema, tick->values, &values);
    return values;
  }
  void WriteCgroup(const std::string& path, const std::string& file, const std::string& text) {
    tree_.Write("sys/fs/cgroup" + path + "/" + file, text);
  }
  void MakeCgroup(const std::string& path) {
    WriteCgroup(path, "cgroup.procs", "");
    WriteCgroup(path, "cpu.stat", "usage_usec 1000000\nuser_usec 600000\nsystem_usec 400000\n");
  }
  static bool Seen(const Values& values, const std::string& path) {
    return values.contains(absl::StrFormat("container_last_seen{%s,,}", path));
  }

  FixtureTree tree_;
  FakeClock clock_{absl::FromUnixSeconds(1'700'001'000)};
  ProcFs procfs_{tree_.roots()};
  CgroupCollector collector_{&procfs_, &clock_};
  MetricWriter writer_;
};

TEST_F(CgroupCollectorTest, MeasuresAContainer) {
  const Values values = Collect();
  const std::string labels = absl::StrFormat("{%s,3f1c0d9be27a,", kDockerScope);
  EXPECT_EQ(values.at("container_cpu_usage_seconds_total" + labels + "total,}"), 98.765432);
  EXPECT_EQ(values.at("container_cpu_cfs_throttled_seconds_total" + labels + "}"), 412.345678);
  EXPECT_EQ(values.at("container_memory_usage_bytes" + labels + "}"), 189792256);
  EXPECT_EQ(values.at("container_memory_working_set_bytes" + labels + "}"), 189792256 - 10485760);
  EXPECT_EQ(values.at("container_oom_events_total" + labels + "}"), 3);
  EXPECT_EQ(values.at("container_fs_writes_bytes_total" + labels + "/dev/sda,}"), 41943040);
  EXPECT_EQ(values.at("container_processes" + labels + "}"), 3);
  EXPECT_EQ(values.at("container_threads" + labels + "}"), 19);
  EXPECT_EQ(values.at("container_spec_cpu_quota" + labels + "}"), 150000);
  EXPECT_EQ(values.at("container_pressure_io_waiting_seconds_total" + labels + "}"), 0.032921);
}

TEST_F(CgroupCollectorTest, NoLimitIsZeroAndHasNoQuota) {
  const Values values = Collect();
  EXPECT_EQ(values.at(absl::StrFormat("container_spec_memory_swap_limit_bytes{%s,3f1c0d9be27a,}",
                                      kDockerScope)),
            0);
  EXPECT_EQ(values.at(absl::StrFormat("container_spec_cpu_period{%s,,}", kNginx)), 100000);
  EXPECT_FALSE(values.contains(absl::StrFormat("container_spec_cpu_quota{%s,,}", kNginx)));
  EXPECT_FALSE(values.contains(absl::StrFormat("container_cpu_cfs_periods_total{%s,,}", kNginx)));
}

TEST_F(CgroupCollectorTest, TheRootHasTheMemoryOfTheHost) {
  const Values values = Collect();
  EXPECT_EQ(values.at("container_memory_usage_bytes{/,,}"), (16384000.0 - 2048000.0) * 1024);
  EXPECT_EQ(values.at("container_cpu_usage_seconds_total{/,,total,}"), 987654.321012);
}

TEST_F(CgroupCollectorTest, SaysWhoseACgroupIs) {
  const Values values = Collect();
  EXPECT_TRUE(values.contains(
      absl::StrFormat("container_cgroup_info{%s,3f1c0d9be27a,%s,docker,,%s,,system.slice,}",
                      kDockerScope, kDockerScope.substr(21, 64), kDockerScope.substr(14))));
  EXPECT_TRUE(values.contains(
      absl::StrFormat("container_cgroup_info{%s,,,,,nginx.service,,system.slice,}", kNginx)));
}

TEST_F(CgroupCollectorTest, SeesUnitsOfUsersButNoPartsOfServices) {
  const Values values = Collect();
  EXPECT_TRUE(
      Seen(values, "/user.slice/user-1000.slice/user@1000.service/app.slice/backup@home.service"));
  EXPECT_FALSE(Seen(values, kNginx + "/worker"));
  MakeCgroup(kDockerScope + "/init");
  MakeCgroup(kNginx + "/docker/00aa03d871be5f2099e0c1d4b7a6f8323f1c0d9be27a44f1a6c58f0d7be2915c");
  const Values later = Collect();
  EXPECT_FALSE(Seen(later, kDockerScope + "/init"));
  EXPECT_EQ(later.size(), values.size() + 7);  // a container in a service is a container
}

TEST_F(CgroupCollectorTest, FollowsWhatComesAndGoes) {
  const Values before = Collect();
  MakeCgroup("/system.slice/new.service");
  const Values with = Collect();
  EXPECT_TRUE(Seen(with, "/system.slice/new.service"));
  tree_.Remove("sys/fs/cgroup/system.slice/new.service");
  EXPECT_EQ(Collect(), before);
}

TEST_F(CgroupCollectorTest, HasOnlyWhatTheControllersThatAreOnMeasure) {
  MakeCgroup("/system.slice/new.service");
  const Values before = Collect();
  EXPECT_TRUE(before.contains("container_cpu_user_seconds_total{/system.slice/new.service,,}"));
  EXPECT_FALSE(before.contains("container_memory_usage_bytes{/system.slice/new.service,,}"));
  WriteCgroup("/system.slice/new.service", "memory.current", "4096\n");
  const Values after = Collect();
  EXPECT_EQ(after.at("container_memory_usage_bytes{/system.slice/new.service,,}"), 4096);
  // The file that says how much of it is in use is not there.
  EXPECT_FALSE(after.contains("container_memory_working_set_bytes{/system.slice/new.service,,}"));
}

TEST_F(CgroupCollectorTest, ABrokenFileCostsOnlyItsOwnValues) {
  Values expected = Collect();
  WriteCgroup(kNginx, "memory.current", "lots\n");
  for (const char* family : {"usage_bytes", "working_set_bytes"}) {
    EXPECT_EQ(expected.erase(absl::StrFormat("container_memory_%s{%s,,}", family, kNginx)), 1U);
  }
  EXPECT_EQ(Collect(), expected);
}

TEST_F(CgroupCollectorTest, LimitsFollowWithinAMinute) {
  const std::string series = absl::StrFormat("container_spec_memory_limit_bytes{%s,,}", kNginx);
  EXPECT_EQ(Collect().at(series), 536870912);
  WriteCgroup(kNginx, "memory.max", "1048576\n");
  int rounds = 1;
  while (Collect().at(series) != 1048576 && rounds < 20) ++rounds;
  EXPECT_EQ(rounds, 6);
}

TEST_F(CgroupCollectorTest, AnotherCgroupAtTheSamePathIsReadAnew) {
  MakeCgroup("/system.slice/new.service");
  WriteCgroup("/system.slice/new.service", "pids.max", "10\n");
  const std::string series = "container_threads_max{/system.slice/new.service,,}";
  EXPECT_EQ(Collect().at(series), 10);
  std::filesystem::rename(tree_.Path("sys/fs/cgroup/system.slice/new.service"),
                          tree_.Path("sys/old"));
  MakeCgroup("/system.slice/new.service");
  WriteCgroup("/system.slice/new.service", "pids.max", "20\n");
  EXPECT_EQ(Collect().at(series), 20);
}

TEST_F(CgroupCollectorTest, AStartIsNeverInTheFuture) {
  EXPECT_EQ(Collect().at(absl::StrFormat("container_start_time_seconds{%s,,}", kNginx)),
            1'700'001'000);
}

TEST_F(CgroupCollectorTest, DoesNotFollowLinksAndTakesOddNames) {
  const Values before = Collect();
  std::filesystem::create_directory_symlink(tree_.Path("sys/fs/cgroup"),
                                            tree_.Path("sys/fs/cgroup/loop"));
  EXPECT_EQ(Collect(), before);
  MakeCgroup("/odd \xff\n\"name\\");
  EXPECT_TRUE(Seen(Collect(), "/odd \xef\xbf\xbd\n\"name\\"));
}

TEST_F(CgroupCollectorTest, TooManyOrTooDeepAreLeftOut) {
  for (std::size_t i = 0; i < kMostCgroups + 8; ++i) {
    MakeCgroup(absl::StrFormat("/many/%04d", i));
  }
  std::size_t seen = 0;
  for (const auto& [series, value] : Collect()) {
    if (series.starts_with("container_last_seen{")) ++seen;
  }
  EXPECT_EQ(seen, kMostCgroups);
  tree_.Remove("sys/fs/cgroup/many");
  std::string deep = "/deep";
  for (std::size_t depth = 1; depth < kDeepestCgroup + 8; ++depth) deep += "/a";
  MakeCgroup(deep);
  EXPECT_FALSE(Seen(Collect(), deep));
}

TEST_F(CgroupCollectorTest, FindsTheTreeBesideCgroupV1) {
  tree_.Remove("sys/fs/cgroup");
  EXPECT_THAT(collector_.Collect(&writer_), StatusIs(absl::StatusCode::kNotFound, HasSubstr("v2")));
  MakeCgroup("/unified/system.slice/a.service");
  MakeCgroup("/unified");
  WriteCgroup("/unified", "cgroup.controllers", "\n");
  WriteCgroup("/memory", "memory.usage_in_bytes", "1\n");
  EXPECT_TRUE(Seen(Collect(), "/system.slice/a.service"));
}

TEST(IsWholeCgroup, IsTrueOfWhatHasAName) {
  for (const char* path : {"/", "/system.slice", "/system.slice/a.service", "/init.scope",
                           "/docker", "/docker/buildx", "/lxc/web", "/custom/group",
                           "/user.slice/user-1.slice/user@1.service/app.slice/app-a.slice",
                           "/user.slice/user-1.slice/user@1.service/init.scope"}) {
    EXPECT_TRUE(IsWholeCgroup(path)) << path;
  }
  for (const char* path : {"/system.slice/a.service/b", "/lxc/web/system.slice/a.service",
                           "/user.slice/user-1.slice/user@1.service/app.slice/a.service/b",
                           "/user.slice/user-1.slice/session-1.scope/x"}) {
    EXPECT_FALSE(IsWholeCgroup(path)) << path;
  }
}

}  // namespace
}  // namespace syspulse
