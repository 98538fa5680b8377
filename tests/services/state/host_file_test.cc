#include "services/state/host_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "services/state/host_saver.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::_;

Host SomeHost() {
  return {.id = "web-1",
          .hostname = "web-1.example",
          .display_name = "Front \"door\" ü",
          .labels = {{"rack", "7"}, {"team", "web"}},
          .assigned_labels = {{"team", "web"}},
          .core_count = 8,
          .memory_bytes = std::int64_t{1} << 40,
          .first_seen = absl::FromUnixSeconds(1'700'000'000),
          .last_seen = absl::FromUnixSeconds(1'700'000'100),
          .limitations = {"process open files need root"}};
}

class HostFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "/host_file_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
    dir_.emplace(*DataDir::Open(path_));
  }
  void TearDown() override { std::filesystem::remove_all(path_); }

  std::string path_;
  std::optional<DataDir> dir_;
};

TEST_F(HostFileTest, HoldsEverythingThatIsKnownOfAHost) {
  const auto hosts = ParseHosts(FormatHosts({std::make_shared<const Host>(SomeHost())}));
  ASSERT_THAT(hosts, IsOk());
  ASSERT_EQ(hosts->size(), 1u);
  EXPECT_EQ(hosts->front(), SomeHost());
}

TEST_F(HostFileTest, IsRefusedWhereverItIsCut) {
  const std::string text = FormatHosts({std::make_shared<const Host>(SomeHost())});
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    EXPECT_THAT(ParseHosts(text.substr(0, length)), StatusIs(absl::StatusCode::kDataLoss, _))
        << length;
  }
}

TEST_F(HostFileTest, IsSetAsideWhenItCannotBeRead) {
  std::ofstream(path_ + "/hosts.json") << "{\"version\": 1, \"hosts\": [";
  EXPECT_TRUE(LoadHosts(*dir_).empty());
  EXPECT_FALSE(std::filesystem::exists(path_ + "/hosts.json"));
  EXPECT_TRUE(std::filesystem::exists(path_ + "/hosts.json.corrupt"));
}

TEST_F(HostFileTest, ThatNeverEndsIsSetAside) {
  std::filesystem::create_symlink("/dev/zero", path_ + "/hosts.json");
  EXPECT_TRUE(LoadHosts(*dir_).empty());
  EXPECT_TRUE(std::filesystem::is_symlink(path_ + "/hosts.json.corrupt"));
}

TEST_F(HostFileTest, NeedNotExist) { EXPECT_TRUE(LoadHosts(*dir_).empty()); }

TEST_F(HostFileTest, BringsHostsBackAfterARestart) {
  FakeClock clock;
  {
    Hub hub(&clock, {});
    const HostSaver saver(&hub, &*dir_, &clock);
    const auto connection =
        hub.Connect({.id = "web-1", .hostname = "web-1.example"}, "run", "ipv4:10.0.0.7:1");
    ASSERT_THAT(connection, IsOk());
    ASSERT_THAT(hub.UpdateHost("web-1", "Front door", {{{"team", "web"}}}), IsOk());
  }
  Hub hub(&clock, {});
  hub.Restore(LoadHosts(*dir_));
  const auto host = hub.FindHost("web-1.example");
  ASSERT_THAT(host, IsOk());
  EXPECT_EQ((*host)->display_name, "Front door");
  EXPECT_EQ((*host)->labels.at("team"), "web");
  EXPECT_EQ((*host)->state, HostState::kOffline);
  EXPECT_EQ((*host)->first_seen, clock.Now());
}

TEST_F(HostFileTest, IsWrittenAtOnceForWhatWasSaidAndNowAndThenForWhatWasSeen) {
  FakeClock clock;
  Hub hub(&clock, {});
  const HostSaver saver(&hub, &*dir_, &clock);
  const auto saved = [&](const auto& is_so) {  // soon
    for (int i = 0; i < 1000; ++i) {
      const std::vector<Host> hosts = LoadHosts(*dir_);
      if (hosts.size() == 1 && is_so(hosts.front())) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  };
  const auto connection = hub.Connect({.id = "web-1", .hostname = "web-1.example"}, "run", "");
  ASSERT_THAT(connection, IsOk());
  const absl::Time connected = clock.Now();
  clock.Advance(absl::Seconds(1));
  EXPECT_TRUE(saved([](const Host& host) { return host.hostname == "web-1.example"; }));

  ASSERT_THAT(hub.UpdateHost("web-1", "Front door", std::nullopt), IsOk());
  clock.Advance(absl::Seconds(1));
  EXPECT_TRUE(saved([](const Host& host) { return host.display_name == "Front door"; }));

  const FramePtr frame = GaugeFrame("web-1", "system", clock.Now(), {1});
  ASSERT_THAT(hub.PushFrame(connection->id, frame), IsOk());
  const absl::Time seen = clock.Now();
  hub.Disconnect("web-1", connection->id);
  clock.Advance(absl::Seconds(2));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_TRUE(saved([&](const Host& host) { return host.last_seen < seen; }));
  clock.Advance(absl::Seconds(10));
  EXPECT_TRUE(saved([&](const Host& host) { return host.last_seen == seen; }));
  EXPECT_LT(connected, seen);
}

TEST_F(HostFileTest, IsGoneForHostsThatWereDeleted) {
  FakeClock clock;
  {
    Hub hub(&clock, {});
    const HostSaver saver(&hub, &*dir_, &clock);
    ASSERT_THAT(hub.Connect({.id = "web-1"}, "run", ""), IsOk());
    ASSERT_THAT(hub.DeleteHost("web-1"), IsOk());
  }
  EXPECT_TRUE(LoadHosts(*dir_).empty());
}

}  // namespace
}  // namespace syspulse
