#include "services/collect/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "tests/services/collect/exposition.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/services/collect/values.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/sanitizers.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kStart = absl::FromUnixSeconds(1'700'001'000);

FilesystemUsage FakeStatfs(const std::string& mount_point) {
  if (mount_point == "/mnt/nfs") return FilesystemUsage{.error = EIO};
  return FilesystemUsage{.size_bytes = 1e12,
                         .free_bytes = 5e11,
                         .available_bytes = 4.5e11,
                         .files = 6e7,
                         .files_free = static_cast<double>(mount_point.size()),
                         .read_only = mount_point == "/readonly"};
}

int FakeTimex(timex* clock) {
  *clock = timex{.offset = -1234567,
                 .freq = 1'234'567,
                 .maxerror = 16'000,
                 .esterror = 250,
                 .status = STA_NANO | STA_PLL,
                 .constant = 7,
                 .tick = 10'000,
                 .tai = 37};
  return TIME_OK;
}

// Returns the collectors that say of themselves that they failed.
std::set<std::string> Failed(const std::vector<FramePtr>& frames) {
  constexpr std::string_view kPrefix = "node_scrape_collector_success{";
  std::set<std::string> failed;
  for (const auto& [key, value] : Values(frames)) {
    if (!key.starts_with(kPrefix) || value != 0) continue;
    failed.insert(key.substr(kPrefix.size(), key.size() - kPrefix.size() - 2));
  }
  return failed;
}

// Returns a sample with the sources that take longer, as somebody sees it who waits.
HostSample SampleAll(Sampler* sampler) {
  HostSample sample = sampler->SampleOnce(kStart);
  for (FramePtr& frame : sampler->WaitForSlowSources(kStart, absl::Seconds(30))) {
    sample.frames.push_back(std::move(frame));
  }
  return sample;
}

class SamplerTest : public ::testing::Test {
 protected:
  // These tests break files thousands of times, and each is a line of log.
  static void SetUpTestSuite() { EXPECT_THAT(ConfigureLog("error", "text"), IsOk()); }
  static void TearDownTestSuite() { EXPECT_THAT(ConfigureLog("info", "text"), IsOk()); }

  // Returns the collectors that failed although they do not where the tree is whole.
  std::set<std::string> NewlyFailed(const std::vector<FramePtr>& frames) const {
    std::set<std::string> failed = Failed(frames);
    for (const std::string& collector : failing_on_whole_tree_) failed.erase(collector);
    return failed;
  }

  std::unique_ptr<Sampler> MakeSampler(CollectorSettings settings = {}) {
    return std::make_unique<Sampler>(&procfs_, &clock_,
                                     SamplerOptions{.host_id = "web-1",
                                                    .collectors = std::move(settings),
                                                    .statfs = FakeStatfs,
                                                    .statfs_options = {.wait = absl::Seconds(30)},
                                                    .read_timex = FakeTimex,
                                                    .zone = absl::FixedTimeZone(3600)});
  }

  FixtureTree tree_;
  FakeClock clock_{kStart + absl::Milliseconds(3)};
  ProcFs procfs_{tree_.roots()};
  std::unique_ptr<Sampler> sampler_ = MakeSampler();
  const std::set<std::string> failing_on_whole_tree_ =
      Failed(SampleAll(MakeSampler().get()).frames);
};

TEST(AllCollectors, StandInTheReadmeWithTheirSource) {
  std::ifstream in(std::string(SYSPULSE_SOURCE_DIR) + "/services/collect/README.md");
  std::map<std::string, std::string> rows;  // by source
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `")) continue;
    rows[line.substr(3, line.find('`', 3) - 3)] = line;
  }
  for (const CollectorSpec& spec : AllCollectors()) {
    EXPECT_THAT(rows[std::string(spec.source)], HasSubstr(absl::StrFormat("`%s`", spec.name)));
  }
}

// SYSPULSE_UPDATE_GOLDEN=1 build/tests/collect_test writes the files anew; then read the
// difference.
TEST_F(SamplerTest, AWholeSampleLooksLikeNodeExporters) {
  const std::string folder = std::string(SYSPULSE_SOURCE_DIR) + "/tests/golden/web-1/";
  for (const FramePtr& frame : SampleAll(sampler_.get()).frames) {
    const std::string path = folder + frame->source + ".txt";
    const std::string text = Exposition({frame});
    if (std::getenv("SYSPULSE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
    std::ifstream golden(path);
    EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(golden), {})) << path;
  }
}

TEST_F(SamplerTest, EverythingOfASampleCarriesTheDeadlineAndTheHost) {
  const HostSample sample = SampleAll(sampler_.get());
  ASSERT_THAT(sample.frames, Not(IsEmpty()));
  EXPECT_EQ(sample.frames[0]->source, "system");
  for (const FramePtr& frame : sample.frames) {
    EXPECT_EQ(frame->time, kStart);
    EXPECT_EQ(frame->host, "web-1");
  }
  ASSERT_NE(sample.processes, nullptr);
  EXPECT_EQ(sample.processes->time, kStart);
  EXPECT_EQ(sample.processes->host, "web-1");
}

TEST_F(SamplerTest, SlowSourcesAreReadFirstAndThenAtTheirOwnInterval) {
  std::string ticks;
  for (int second = 3; second < 25; ++second) {
    const absl::Time time = kStart + absl::Seconds(second);
    std::vector<FramePtr> frames = sampler_->SampleOnce(time).frames;
    for (FramePtr& frame : sampler_->WaitForSlowSources(time, absl::Seconds(30))) {
      frames.push_back(std::move(frame));
    }
    std::set<std::string> sources;
    for (const FramePtr& frame : frames) {
      EXPECT_EQ(frame->time, time);
      sources.insert(frame->source);
    }
    EXPECT_TRUE(sources.contains("system"));
    ticks += sources.contains("filesystem") ? 'F' : '.';
  }
  EXPECT_EQ(ticks, "F......F.........F....");
}

TEST_F(SamplerTest, CollectorsCanBeSwitchedOff) {
  CollectorSettings settings{.chosen = {{"loadavg", true}}, .disable_defaults = true};
  Sampler sampler(&procfs_, &clock_, {.host_id = "h", .collectors = settings, .processes = false});
  const auto values = Values(SampleAll(&sampler).frames);
  EXPECT_EQ(values.size(), 5U);  // three loads, success and duration
  EXPECT_TRUE(values.contains("node_load1{}"));
}

TEST_F(SamplerTest, TheSchemaStaysWhileTheValuesChange) {
  const HostSample first = sampler_->SampleOnce(kStart);
  tree_.Write("proc/loadavg", "9.00 1.18 12.05 3/559 26442\n");
  const HostSample second = sampler_->SampleOnce(kStart + absl::Seconds(1));
  EXPECT_EQ(first.frames[0]->schema, second.frames[0]->schema);
  EXPECT_EQ(Values(second.frames)["node_load1{}"], 9);
}

TEST_F(SamplerTest, APluggedDiskChangesTheSchemaAndOnlyThen) {
  const std::string disks = tree_.Read("proc/diskstats");
  const SchemaPtr before = sampler_->SampleOnce(kStart).frames[0]->schema;
  tree_.Write("proc/diskstats", disks + "8 16 sdb 1 2 3 4 5 6 7 8 9 10 11\n");
  const HostSample plugged = sampler_->SampleOnce(kStart + absl::Seconds(1));
  EXPECT_NE(plugged.frames[0]->schema->id(), before->id());
  EXPECT_EQ(Values(plugged.frames)["node_disk_read_bytes_total{sdb,}"], 3 * 512);
  EXPECT_EQ(sampler_->SampleOnce(kStart + absl::Seconds(2)).frames[0]->schema,
            plugged.frames[0]->schema);
  tree_.Write("proc/diskstats", disks);
  EXPECT_EQ(sampler_->SampleOnce(kStart + absl::Seconds(3)).frames[0]->schema->id(), before->id());
}

TEST_F(SamplerTest, CountersAbove2To53AreTheNearestDouble) {
  const auto values = Values(sampler_->SampleOnce(kStart).frames);
  EXPECT_EQ(values.at("node_intr_total{}"), 18446744073709551616.0);
  EXPECT_EQ(values.at("node_vmstat_pgfault{}"), 9007199254740992.0);
  EXPECT_EQ(values.at("node_network_receive_bytes_total{eth0,}"), 18446744073709551616.0);
}

TEST_F(SamplerTest, AFilesystemThatFailsIsReportedWithoutSizes) {
  const auto values = Values(SampleAll(sampler_.get()).frames);
  EXPECT_EQ(values.at("node_filesystem_device_error{files.example.org:/export one,/mnt/nfs,nfs4,"
                      "input/output error,}"),
            1);
  EXPECT_FALSE(
      values.contains("node_filesystem_size_bytes{files.example.org:/export one,/mnt/nfs,nfs4,}"));
}

// Who fails when a file is broken.
struct Dependency {
  std::string path;
  std::set<std::string> collectors;
  bool processes = false;
};
const std::vector<Dependency>& Dependencies() {
  static const auto* const all = new std::vector<Dependency>{
      {"proc/stat", {"cpu", "stat"}, true},
      {"proc/meminfo", {"meminfo"}},
      {"proc/loadavg", {"loadavg"}},
      {"proc/vmstat", {"vmstat"}},
      {"proc/diskstats", {"diskstats"}},
      {"proc/net/dev", {"netdev"}},
      {"proc/pressure/cpu", {"pressure"}},
      {"proc/pressure/io", {"pressure"}},
      {"proc/pressure/memory", {"pressure"}},
      {"proc/sys/kernel/hostname", {"uname"}},
      {"proc/sys/kernel/version", {"uname"}},
      {"proc/sys/kernel/arch", {"uname"}},
      {"sys/devices/system/clocksource/clocksource0/available_clocksource", {"time"}},
      {"sys/devices/system/clocksource/clocksource0/current_clocksource", {"time"}},
      {"sys/class/net/eth0/statistics/rx_nohandler", {}},
      {"rootfs/run/udev/data/b8:0", {}},
      {"proc/1/mountinfo", {"filesystem"}},
      {"proc/412/stat", {}},
      {"proc/412/io", {}},
      {"proc/412/cmdline", {}},
  };
  return *all;
}

TEST_F(SamplerTest, AnAbsentFileCostsOnlyWhoReadsIt) {
  for (const Dependency& file : Dependencies()) {
    const std::string text = tree_.Read(file.path);
    tree_.Remove(file.path);
    const HostSample sample = SampleAll(MakeSampler().get());
    // uname(2) knows the architecture where the kernel has no file for it.
    const bool spare = file.path == "proc/sys/kernel/arch";
    EXPECT_EQ(NewlyFailed(sample.frames), spare ? std::set<std::string>() : file.collectors)
        << file.path;
    EXPECT_EQ(sample.processes == nullptr, file.processes) << file.path;
    tree_.Write(file.path, text);
  }
  EXPECT_THAT(NewlyFailed(SampleAll(MakeSampler().get()).frames), IsEmpty());
}

TEST_F(SamplerTest, AFileThatBreaksCostsOnlyWhoReadsItAndOnlyUntilItIsMended) {
  for (const Dependency& file : Dependencies()) {
    if (file.path == "proc/1/mountinfo") continue;  // not read every second
    const std::string text = tree_.Read(file.path);
    tree_.Write(file.path, "\x01 not what \xff it was");
    EXPECT_EQ(NewlyFailed(sampler_->SampleOnce(kStart).frames), file.collectors) << file.path;
    tree_.Write(file.path, text);
    EXPECT_THAT(NewlyFailed(sampler_->SampleOnce(kStart).frames), IsEmpty()) << file.path;
  }
}

TEST_F(SamplerTest, TruncatedMountsNeverGiveAWrongMount) {
  const CollectorSettings settings{.chosen = {{"filesystem", true}}, .disable_defaults = true};
  const auto whole = Values(SampleAll(MakeSampler(settings).get()).frames);
  const std::string text = tree_.Read("proc/1/mountinfo");
  for (std::size_t size = 0; size < text.size(); ++size) {
    tree_.Write("proc/1/mountinfo", text.substr(0, size));
    const auto values = Values(SampleAll(MakeSampler(settings).get()).frames);
    for (const auto& [key, value] : values) {
      if (!key.starts_with("node_filesystem_")) continue;
      // A mount that another hides is seen when the line of the other is cut off.
      if (key.find("{first,") != key.npos) continue;
      ASSERT_TRUE(whole.contains(key)) << "cut at " << size << ": " << key;
    }
  }
}

TEST_F(SamplerTest, RandomDamageCostsOnlyWhoReadsIt) {
  std::mt19937 random(20231114);  // the same damage in every run
  for (const Dependency& file : Dependencies()) {
    const std::string text = tree_.Read(file.path);
    if (text.empty()) continue;
    for (int round = 0; round < (kSanitized ? 4 : 20); ++round) {
      std::string damaged = text;
      const auto hits = 1 + random() % 8;
      for (std::size_t hit = 0; hit < hits; ++hit) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      if (round % 3 == 0) damaged.insert(random() % damaged.size(), text);
      tree_.Write(file.path, damaged);
      const HostSample sample = SampleAll(MakeSampler().get());
      for (const std::string& failed : NewlyFailed(sample.frames)) {
        ASSERT_TRUE(file.collectors.contains(failed)) << file.path << " fails " << failed;
      }
    }
    tree_.Write(file.path, text);
  }
}

TEST_F(SamplerTest, AHostWithNothingToReadStillReports) {
  const ProcFs nothing(
      {.procfs = "/nonexistent", .sysfs = "/nonexistent", .rootfs = "/nonexistent"});
  Sampler sampler(&nothing, &clock_, {.host_id = "h"});
  const HostSample sample = SampleAll(&sampler);
  EXPECT_GE(Failed(sample.frames).size(), 11U);
  EXPECT_EQ(sample.processes, nullptr);
  EXPECT_TRUE(Values(sample.frames).contains("node_time_seconds{}"));
}

TEST_F(SamplerTest, TheProcessTableCanBeLeftOut) {
  Sampler sampler(&procfs_, &clock_, {.host_id = "h", .processes = false, .statfs = FakeStatfs});
  EXPECT_EQ(sampler.SampleOnce(kStart).processes, nullptr);
  EXPECT_THAT(sampler.Limitations(), IsEmpty());
}

}  // namespace
}  // namespace syspulse
