// What `top --all` shows, without a terminal: model, filter, arrangement.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_format.h"
#include "clients/cli/top/fleet_model.h"
#include "clients/cli/top/input.h"
#include "clients/cli/top/render.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::WatchResponse ParsedFleet(const std::string& text) {
  v1::WatchResponse response;
  if (!google::protobuf::TextFormat::ParseFromString(text, &response)) std::abort();
  return response;
}

v1::WatchResponse ThreeHosts() {
  v1::WatchResponse response = ParsedFleet(R"(hosts {
    hosts {
      name: "hosts/a"
      hostname: "alpha"
      state: HOST_STATE_ONLINE
      summary {
        cpu_utilization_ratio: 0.925
        memory_utilization_ratio: 0.5
        load_one_minute: 3
        load_per_core_ratio: 1.5
        filesystem_utilization_ratio: 0.8
      }
    }
    hosts { name: "hosts/b" hostname: "evil\033[2J" state: HOST_STATE_STALE }
    hosts { name: "hosts/c" hostname: "gamma" state: HOST_STATE_OFFLINE }
    matched_count: 3
    online_count: 1
    stale_count: 1
    offline_count: 1
  })");
  // Not as text: maps have another layout under ThreadSanitizer than in Debian's parser.
  (*response.mutable_hosts()->mutable_hosts(0)->mutable_labels())["env"] = "prod";
  return response;
}

v1::WatchResponse FleetTable() {
  return ParsedFleet(R"(process_table {
    processes {
      name: "hosts/a/processes/7"
      pid: 7
      hostname: "alpha"
      user: "postgres"
      command: "postgres"
      command_line: "/usr/bin/postgres -D /data"
      cpu_utilization_ratio: 1.25
      resident_bytes: 1048576
    }
  })");
}

FleetModel LiveFleet() {
  FleetModel model(FleetView{}, absl::Seconds(1), absl::Seconds(90));
  model.SetConnection(Connection::Kind::kLive, "", absl::Seconds(100));
  model.Apply(ThreeHosts());
  model.Apply(FleetTable());
  return model;
}

std::string FleetScreen(const FleetModel& model, int width, int height, bool ascii = false) {
  return Render(model, width, height, {.now = absl::Seconds(100), .ascii = ascii}).Text();
}

Key FleetLetter(const std::string& text) { return {.code = KeyCode::kCharacter, .text = text}; }

TEST(FleetModel, AsksForAPartOfTheListAndForTheFirstProcessesInOneStream) {
  const v1::WatchRequest request = LiveFleet().Request();
  ASSERT_EQ(request.topics_size(), 2);
  EXPECT_EQ(request.topics(0).hosts().order_by(), "cpu.utilization desc");
  EXPECT_EQ(request.topics(0).hosts().limit(), 100);
  EXPECT_EQ(request.topics(0).hosts().summary_interval().seconds(), 1);
  EXPECT_EQ(request.topics(1).processes().host(), "");
  EXPECT_EQ(request.topics(1).processes().order_by(), "cpu_utilization_ratio desc");
}

TEST(FleetModel, OneKeySortsHostsAndProcesses) {
  FleetModel model = LiveFleet();
  const auto orders = [&](const char* key) {
    EXPECT_EQ(model.Handle(FleetLetter(key), 10), Effect::kReopen) << key;
    const v1::WatchRequest request = model.Request();
    return request.topics(0).hosts().order_by() + "; " + request.topics(1).processes().order_by();
  };
  EXPECT_EQ(orders("M"), "memory.utilization desc; resident_bytes desc");
  EXPECT_EQ(orders("I"), "disk.utilization desc; io_bytes_per_second desc");
  EXPECT_EQ(orders("T"), "load.per_core desc; cpu_utilization_ratio desc");
  EXPECT_EQ(orders("S"), "state desc; cpu_utilization_ratio desc");
  EXPECT_EQ(orders("N"), "display_name; cpu_utilization_ratio desc");
  EXPECT_EQ(orders("r"), "display_name desc; cpu_utilization_ratio desc");
}

TEST(FleetModel, AFilterTakesEffectWhenItIsWritten) {
  FleetModel model = LiveFleet();
  EXPECT_EQ(model.Handle(FleetLetter("/"), 10), Effect::kNone);
  for (const char* letter : {"w", "e", "ü"}) {
    EXPECT_EQ(model.Handle(FleetLetter(letter), 10), Effect::kNone);
  }
  EXPECT_EQ(model.Handle({.code = KeyCode::kBackspace}, 10), Effect::kNone);
  EXPECT_THAT(FleetScreen(model, 100, 20), HasSubstr("Hosts: we"));
  EXPECT_EQ(model.Handle({.code = KeyCode::kEnter}, 10), Effect::kReopen);
  EXPECT_EQ(model.Request().topics(0).hosts().filter(), "hostname=~\"(?i).*we.*\"");
  EXPECT_EQ(model.Handle({.code = KeyCode::kEscape}, 10), Effect::kReopen);
  EXPECT_EQ(model.Request().topics(0).hosts().filter(), "");
}

TEST(FleetModel, WhatIsWrittenIsClearedByControlU) {
  FleetModel model = LiveFleet();
  for (const char* letter : {"/", "o", "l", "d"}) model.Handle(FleetLetter(letter), 10);
  model.Handle({.code = KeyCode::kEnter}, 10);
  model.Handle(FleetLetter("/"), 10);
  EXPECT_EQ(model.view().writing, "old");
  EXPECT_EQ(model.Handle({.code = KeyCode::kClearLine}, 10), Effect::kNone);
  EXPECT_EQ(model.view().writing, "");
  EXPECT_EQ(model.view().filter, "old") << "until Enter";
}

TEST(FleetModel, AWordMeansHostsWhoseNameContainsItAndAFilterIsLeftAsItIs) {
  EXPECT_EQ(HostFilterOf("  "), "");
  EXPECT_EQ(HostFilterOf(" a.b "), R"(hostname=~"(?i).*a\\.b.*")");
  EXPECT_EQ(HostFilterOf(R"(a"\)"), R"(hostname=~"(?i).*a\"\\\\.*")");
  EXPECT_EQ(HostFilterOf("cpu.utilization>80%"), "cpu.utilization>80%");
}

TEST(FleetModel, EnterOpensTheHostUnderTheCursor) {
  FleetModel model = LiveFleet();
  model.Handle({.code = KeyCode::kDown}, 10);
  EXPECT_EQ(model.Handle({.code = KeyCode::kEnter}, 10), Effect::kOpenHost);
  EXPECT_EQ(model.chosen(), "hosts/b");
  FleetModel empty(FleetView{}, absl::Seconds(1), absl::Seconds(90));
  EXPECT_EQ(empty.Handle({.code = KeyCode::kEnter}, 10), Effect::kNone);
}

TEST(FleetModel, AsksForMoreHostsWhereTheCursorComesToTheLast) {
  FleetModel model = LiveFleet();
  v1::WatchResponse many = ThreeHosts();
  many.mutable_hosts()->set_matched_count(2000);
  model.Apply(many);
  EXPECT_EQ(model.Handle({.code = KeyCode::kEnd}, 10), Effect::kReopen);
  EXPECT_EQ(model.Request().topics(0).hosts().limit(), 1000);
  EXPECT_EQ(model.Handle({.code = KeyCode::kEnd}, 10), Effect::kNone) << "there are no more";
}

TEST(TopModel, GoesBackToAllHostsIfItCameFromThem) {
  TopModel alone({.host = "hosts/a"}, absl::Seconds(1), absl::Seconds(90));
  EXPECT_EQ(alone.Handle({.code = KeyCode::kEscape}, 10), Effect::kNone);
  TopModel opened({.host = "hosts/a", .filter = "x", .from_fleet = true}, absl::Seconds(1),
                  absl::Seconds(90));
  EXPECT_EQ(opened.Handle({.code = KeyCode::kEscape}, 10), Effect::kReopen) << "without the filter";
  EXPECT_EQ(opened.Handle({.code = KeyCode::kEscape}, 10), Effect::kBack);
}

TEST(FleetRender, ShowsHostsAboveAndProcessesBelow) {
  const std::string screen = FleetScreen(LiveFleet(), 140, 20);
  EXPECT_THAT(screen, HasSubstr(" 3 hosts  1 online, 1 stale, 1 offline"));
  EXPECT_THAT(screen, HasSubstr("● live"));
  EXPECT_THAT(screen, AllOf(HasSubstr("online   alpha"), HasSubstr("92.5%"), HasSubstr("3.00"),
                            HasSubstr("80.0%"), HasSubstr("env=prod")));
  EXPECT_THAT(screen, HasSubstr("offline  gamma"));
  EXPECT_THAT(screen, HasSubstr("125.0  1.0M"));
  EXPECT_THAT(screen, HasSubstr("/usr/bin/postgres -D /data"));
  EXPECT_THAT(screen, HasSubstr("Enter Open"));
}

TEST(FleetRender, TellsHostsOfOneNameApart) {
  FleetModel model = LiveFleet();
  model.Apply(ParsedFleet(R"(hosts {
    hosts { name: "hosts/h1" hostname: "vm" state: HOST_STATE_ONLINE }
    hosts { name: "hosts/h2" hostname: "vm" state: HOST_STATE_STALE }
    hosts { name: "hosts/h3" hostname: "other" state: HOST_STATE_ONLINE }
    matched_count: 3
  })"));
  EXPECT_THAT(FleetScreen(model, 140, 20),
              AllOf(HasSubstr("online   vm/h1 "), HasSubstr("stale    vm/h2 "),
                    HasSubstr("online   other ")));
}

TEST(FleetRender, NeverObeysWhatAHostIsCalled) {
  EXPECT_THAT(FleetScreen(LiveFleet(), 140, 20), Not(HasSubstr("\x1b")));
}

TEST(FleetRender, SaysWhyThereIsNothing) {
  FleetModel model(FleetView{}, absl::Seconds(1), absl::Seconds(90));
  EXPECT_THAT(FleetScreen(model, 80, 24), HasSubstr("waiting for the first values"));
  model.SetConnection(Connection::Kind::kRefused, "filter 'x>': no", absl::Seconds(95));
  EXPECT_THAT(FleetScreen(model, 80, 24),
              AllOf(HasSubstr("refused"), HasSubstr("filter 'x>': no")));
  // The refusal of a part may come before the word that the stream is live.
  model.Apply(ParsedFleet("topic: 0 topic_error { code: 3 message: \"filter 'y>': no\" }"));
  model.SetConnection(Connection::Kind::kLive, "", absl::Seconds(96));
  EXPECT_THAT(FleetScreen(model, 80, 24),
              AllOf(HasSubstr("live"), HasSubstr("filter 'y>': no"), Not(HasSubstr("waiting")),
                    Not(HasSubstr("0 hosts"))));
  EXPECT_THAT(FleetScreen(model, 14, 24), AllOf(HasSubstr("filter 'y>':"), HasSubstr("  no")));
  model.SetConnection(Connection::Kind::kLive, "", absl::Seconds(97));
  model.Apply(ParsedFleet("hosts {}"));
  EXPECT_THAT(FleetScreen(model, 80, 24), AllOf(HasSubstr("no host yet"), Not(HasSubstr("y>"))));
}

TEST(FleetRender, FitsEveryScreen) {
  FleetModel model = LiveFleet();
  v1::WatchResponse many = ThreeHosts();
  for (int i = 0; i < 97; ++i) {
    v1::Host& host = *many.mutable_hosts()->add_hosts();
    host.set_name(absl::StrFormat("hosts/many-%d", i));
    host.set_hostname(std::string(200, 'x'));
  }
  model.Apply(many);
  for (const char* key : {"j", "G", "?", "/"}) {
    model.Handle(FleetLetter(key), 10);
    for (const int width : {1, 5, 20, 59, 80, 110, 300}) {
      for (const int height : {1, 2, 3, 5, 24, 100}) {
        const Canvas canvas = Render(model, width, height, {.ascii = width % 2 == 0});
        EXPECT_EQ(canvas.width(), width);
      }
    }
    model.Handle({.code = KeyCode::kEscape}, 10);
  }
}

}  // namespace
}  // namespace syspulse
