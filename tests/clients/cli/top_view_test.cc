// What `top` shows, without a terminal: widgets, model, arrangement.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <string>

#include "clients/cli/top/canvas.h"
#include "clients/cli/top/input.h"
#include "clients/cli/top/model.h"
#include "clients/cli/top/render.h"
#include "clients/cli/top/widgets.h"
#include "tests/testing/sanitizers.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string Drawn(int width, int height, bool ascii, const std::function<void(Canvas*)>& draw) {
  Canvas canvas(width, height, ascii);
  draw(&canvas);
  return canvas.Text();
}

Key Letter(const std::string& text) { return {.code = KeyCode::kCharacter, .text = text}; }

v1::WatchResponse Parsed(const std::string& text) {
  v1::WatchResponse response;
  if (!google::protobuf::TextFormat::ParseFromString(text, &response)) std::abort();
  return response;
}

v1::WatchResponse Hosts() {
  return Parsed(R"(hosts {
    hosts { name: "hosts/a" hostname: "alpha" state: HOST_STATE_OFFLINE }
    hosts { name: "hosts/b" hostname: "beta" state: HOST_STATE_ONLINE core_count: 4 }
  })");
}

v1::WatchResponse SnapshotAt(int seconds, int cores = 4) {
  v1::WatchResponse response = Parsed(R"(snapshot {
    host: "hosts/b"
    cpu { utilization_ratio: 0.5 }
    memory { total_bytes: 1048576 used_bytes: 524288 utilization_ratio: 0.5 }
    load { one_minute: 1 five_minutes: 2 fifteen_minutes: 3 }
  })");
  response.mutable_snapshot()->mutable_sample_time()->set_seconds(seconds);
  for (int i = 0; i < cores; ++i) {
    v1::CpuCore* core = response.mutable_snapshot()->mutable_cpu()->add_cores();
    core->set_core(i);
    core->set_utilization_ratio(static_cast<double>(i) / cores);
  }
  return response;
}

v1::WatchResponse Table(int rows, int matched) {
  v1::WatchResponse response;
  for (int i = 0; i < rows; ++i) {
    v1::Process* process = response.mutable_process_table()->add_processes();
    process->set_pid(1000 + i);
    process->set_command("worker");
    process->set_command_line("/usr/bin/worker --number " + std::to_string(i));
  }
  response.mutable_process_table()->set_matched_count(matched);
  return response;
}

// Returns a model that shows host b, live, at the moment 100 s.
TopModel LiveModel(int cores = 4) {
  TopModel model(View{}, absl::ZeroDuration(), absl::Seconds(90));
  model.Apply(Hosts(), absl::Seconds(100));
  model.SetConnection(Connection::Kind::kLive, "", absl::Seconds(100));
  model.Apply(SnapshotAt(1, cores), absl::Seconds(100));
  model.Apply(Table(30, 30), absl::Seconds(100));
  return model;
}

std::string Screen(const TopModel& model, int width, int height, int now = 100,
                   bool ascii = false) {
  return Render(model, width, height, {.now = absl::Seconds(now), .ascii = ascii}).Text();
}

TEST(Canvas, CutsAtItsEdgesAndKeepsWideCharactersWhole) {
  EXPECT_EQ(Drawn(4, 1, false, [](Canvas* c) { c->Put(-1, 0, "abcdef", Style::kPlain); }),
            "bcde\n");
  EXPECT_EQ(Drawn(3, 1, false, [](Canvas* c) { c->Put(0, 0, "日本", Style::kPlain); }), "日\n");
  EXPECT_EQ(Drawn(4, 1, true, [](Canvas* c) { c->Put(0, 0, "日é", Style::kPlain); }), "???\n");
  EXPECT_EQ(Drawn(2, 1, false, [](Canvas* c) { c->Put(0, 5, "x", Style::kPlain); }), "\n");
}

TEST(Meter, IsAsLongAsItsShares) {
  const Meter meter{.label = "M", .shares = {{0.25}, {0.25, Style::kSystem}}, .value = "50%"};
  EXPECT_EQ(Drawn(14, 1, false, [&](Canvas* c) { DrawMeter(c, 0, 0, 14, meter); }),
            "M ━━━━──── 50%\n");
  EXPECT_EQ(Drawn(14, 1, true, [&](Canvas* c) { DrawMeter(c, 0, 0, 14, meter); }),
            "M ||||.... 50%\n");
  EXPECT_EQ(Drawn(6, 1, false, [&](Canvas* c) { DrawMeter(c, 0, 0, 6, meter); }), "M 50%\n");
}

TEST(Meter, StaysInItsBoundsForNonsense) {
  const Meter meter{.label = "M", .shares = {{7}, {kNan}, {-1}, {2}}, .value = "?"};
  EXPECT_EQ(Drawn(12, 1, false, [&](Canvas* c) { DrawMeter(c, 0, 0, 12, meter); }),
            "M ━━━━━━━━ ?\n");
}

TEST(Graph, PutsTheNewestAtTheRightAndGapsWhereNothingWasMeasured) {
  const std::deque<double> values = {1, 0, 0.5, kNan, 0.001};
  EXPECT_EQ(Drawn(6, 1, false,
                  [&](Canvas* c) { DrawGraph(c, c->bounds(), values, 1, GraphColor::kByShare); }),
            " █▁▄ ▁\n");
  EXPECT_EQ(Drawn(2, 2, false,
                  [&](Canvas* c) {
                    DrawGraph(c, c->bounds(), {0.75, 0.5}, 1, GraphColor::kByShare);
                  }),
            "▄\n██\n");
}

TEST(NiceMax, IsARoundNumberAboveWhatIsSeen) {
  EXPECT_EQ(NiceMax({900, 3, 4}, 2, 1), 5);
  EXPECT_EQ(NiceMax({900, 3, 4}, 3, 1), 1000);
  EXPECT_EQ(NiceMax({}, 3, 1024), 2000);
}

TEST(Input, MeansSomethingElseWhileAFilterIsWritten) {
  EXPECT_EQ(ActionOf(Letter("q"), InputMode::kList), Action::kQuit);
  EXPECT_EQ(ActionOf(Letter("q"), InputMode::kFilter), Action::kType);
  EXPECT_EQ(ActionOf({.code = KeyCode::kF4}, InputMode::kList), Action::kFilter);
  EXPECT_EQ(ActionOf({.code = KeyCode::kEscape}, InputMode::kFilter), Action::kCancel);
  EXPECT_EQ(ActionOf({.code = KeyCode::kClearLine}, InputMode::kFilter), Action::kClear);
  EXPECT_EQ(ActionOf(Letter("ü"), InputMode::kList), Action::kNone);
}

TEST(Model, TakesTheFirstHostThatIsOnline) {
  TopModel model(View{}, absl::ZeroDuration(), absl::ZeroDuration());
  EXPECT_EQ(model.Request().topics_size(), 1);  // the hosts
  EXPECT_EQ(model.Apply(Hosts(), absl::ZeroDuration()), Effect::kReopen);
  EXPECT_EQ(model.view().host, "hosts/b");
  EXPECT_EQ(model.Request().topics_size(), 3);
}

TEST(Model, SortsOnTheServer) {
  TopModel model = LiveModel();
  const auto order = [&] { return model.Request().topics(2).processes().order_by(); };
  EXPECT_EQ(order(), "cpu_utilization_ratio desc");
  EXPECT_EQ(model.Handle(Letter("I"), 10), Effect::kReopen);
  EXPECT_EQ(order(), "read_bytes_per_second desc");
  model.Handle(Letter("I"), 10);
  EXPECT_EQ(order(), "write_bytes_per_second desc");
  model.Handle(Letter("N"), 10);
  EXPECT_EQ(order(), "pid");
  model.Handle(Letter("r"), 10);
  EXPECT_EQ(order(), "pid desc");
}

TEST(Model, WritesAFilterCharacterByCharacter) {
  TopModel model = LiveModel();
  model.Handle(Letter("/"), 10);
  model.Handle(Letter("q"), 10);
  EXPECT_EQ(model.Handle(Letter("ü"), 10), Effect::kReopen);
  EXPECT_EQ(model.view().filter, "qü");
  model.Handle({.code = KeyCode::kBackspace}, 10);
  EXPECT_EQ(model.view().filter, "q");
  for (int i = 0; i < 400; ++i) model.Handle(Letter("x"), 10);
  EXPECT_EQ(model.view().filter.size(), 256U);
  EXPECT_EQ(model.Handle({.code = KeyCode::kClearLine}, 10), Effect::kReopen);
  EXPECT_EQ(model.view().filter, "");
  EXPECT_EQ(model.view().mode, InputMode::kFilter);
  EXPECT_EQ(model.Handle({.code = KeyCode::kEscape}, 10), Effect::kReopen);
  EXPECT_EQ(model.view().filter, "");
}

TEST(Model, HoldsThePictureAndShowsTheNewestAfterwards) {
  TopModel model = LiveModel();
  model.Handle(Letter(" "), 10);
  model.Apply(SnapshotAt(2), absl::Seconds(101));
  EXPECT_EQ(model.snapshot()->sample_time().seconds(), 1);
  model.Handle(Letter(" "), 10);
  EXPECT_EQ(model.snapshot()->sample_time().seconds(), 2);
}

TEST(Model, DoesNotCountAValueTwiceThatComesAgain) {
  TopModel model = LiveModel();
  model.Apply(SnapshotAt(1), absl::Seconds(150));
  EXPECT_EQ(model.history().cpu.size(), 1U);
  EXPECT_EQ(model.Age(absl::Seconds(150)), absl::Seconds(50));
}

TEST(Model, ShowsProcessesNoOftenerThanAskedExceptAfterAKey) {
  TopModel model(View{}, absl::Seconds(5), absl::ZeroDuration());
  const auto table_at = [](int seconds, int rows) {
    v1::WatchResponse response = Table(rows, rows);
    response.mutable_process_table()->mutable_sample_time()->set_seconds(seconds);
    return response;
  };
  model.Apply(Hosts(), absl::ZeroDuration());
  model.Apply(table_at(10, 1), absl::ZeroDuration());
  model.Apply(table_at(11, 2), absl::ZeroDuration());
  EXPECT_EQ(model.processes()->processes_size(), 1);
  model.Handle(Letter("M"), 10);
  model.Apply(table_at(12, 3), absl::ZeroDuration());
  EXPECT_EQ(model.processes()->processes_size(), 3);
  model.Apply(table_at(17, 4), absl::ZeroDuration());
  EXPECT_EQ(model.processes()->processes_size(), 4);
}

TEST(Model, KeepsTheLongerPast) {
  TopModel model = LiveModel();
  const auto past = [](int length) {
    v1::WatchResponse response;
    for (int i = 0; i < length; ++i) response.mutable_snapshot_history()->add_snapshots();
    return response;
  };
  model.Apply(past(60), absl::Seconds(101));
  EXPECT_EQ(model.history().cpu.size(), 60U);
  EXPECT_TRUE(std::isnan(model.history().cpu.front()));
  model.Apply(past(2), absl::Seconds(102));  // of a service that was started again
  EXPECT_EQ(model.history().cpu.size(), 60U);
}

TEST(Model, RemembersNoMoreThanItShows) {
  TopModel model = LiveModel();
  for (int i = 2; i < 2000; ++i) model.Apply(SnapshotAt(i), absl::Seconds(100 + i));
  EXPECT_EQ(model.history().cpu.size(), kHistoryLength);
}

TEST(Model, AsksForMoreProcessesWhenTheCursorGetsThere) {
  TopModel model = LiveModel();
  model.Apply(Table(200, 900), absl::Seconds(101));
  EXPECT_EQ(model.Handle({.code = KeyCode::kDown}, 10), Effect::kNone);
  EXPECT_EQ(model.Handle({.code = KeyCode::kEnd}, 10), Effect::kReopen);
  EXPECT_EQ(model.Request().topics(2).processes().limit(), 1000);
}

TEST(Model, AsksForATreeAndForAllOfIt) {
  TopModel model = LiveModel();
  EXPECT_EQ(model.Request().topics(2).processes().limit(), 50);
  for (const Key& key : {Letter("t"), Key{.code = KeyCode::kF5}}) {
    const bool before = model.view().tree;
    EXPECT_EQ(model.Handle(key, 10), Effect::kReopen);
    EXPECT_EQ(model.Request().topics(2).processes().tree(), !before);
  }
  model.Handle(Letter("t"), 10);
  EXPECT_EQ(model.Request().topics(2).processes().limit(), 1000);
}

TEST(Render, IndentsATreeAndSaysWhenItIsPartial) {
  TopModel model = LiveModel();
  v1::WatchResponse table = Table(3, 3);
  table.mutable_process_table()->mutable_processes(2)->set_depth(2);
  model.Apply(table, absl::Seconds(101));
  EXPECT_THAT(Screen(model, 100, 24), HasSubstr("  └─ /usr/bin/worker"));
  EXPECT_THAT(Screen(model, 100, 24), Not(HasSubstr("partial")));
  table.mutable_process_table()->set_partial(true);
  table.mutable_process_table()->mutable_processes(2)->set_depth(1 << 30);
  model.Apply(table, absl::Seconds(102));
  EXPECT_THAT(Screen(model, 100, 24), HasSubstr("partial"));
}

TEST(Render, ShowsWhereAProcessRunsOnAWideScreen) {
  TopModel model = LiveModel();
  v1::WatchResponse table = Table(2, 2);
  table.mutable_process_table()->mutable_processes(0)->set_unit("ssh.service");
  table.mutable_process_table()->mutable_processes(1)->set_unit("docker.service");
  table.mutable_process_table()->mutable_processes(1)->set_container("0123456789abcdef");
  model.Apply(table, absl::Seconds(101));
  EXPECT_THAT(Screen(model, 140, 24), HasSubstr("ssh.service"));
  EXPECT_THAT(Screen(model, 140, 24), HasSubstr("0123456789ab "));
}

TEST(Model, KeepsTheCursorOnTheList) {
  TopModel model = LiveModel();
  model.Handle({.code = KeyCode::kUp}, 10);
  EXPECT_EQ(model.view().cursor, 0);
  model.Handle({.code = KeyCode::kEnd}, 10);
  EXPECT_EQ(model.view().cursor, 29);
  model.Apply(Table(3, 3), absl::Seconds(101));
  EXPECT_EQ(model.view().cursor, 2);
}

TEST(Render, FitsEverySize) {
  constexpr int kStride = kSanitized ? 3 : 1;
  for (const int cores : {0, 1, 4, 64, 1024}) {
    TopModel model = LiveModel(cores);
    for (const char* key : {"", "?", "h", "/"}) {
      if (*key != '\0') model.Handle(Letter(key), 10);
      for (int width = 1; width <= 220; width += 13 * kStride) {
        for (int height = 1; height <= 70; height += 3 * kStride) {
          const Canvas canvas = Render(model, width, height, {.now = absl::Seconds(100)});
          ASSERT_EQ(canvas.width(), width);
          ASSERT_EQ(canvas.height(), height);
          ASSERT_GE(PageSize(model, width, height), 1);
        }
      }
      model.Handle({.code = KeyCode::kEscape}, 10);
    }
  }
}

TEST(Render, ShowsEveryCoreHoweverManyThereAre) {
  EXPECT_THAT(Screen(LiveModel(8), 80, 24), HasSubstr("7 ━━━"));
  // Levels where meters have no room: 128 cores in six rows of 80.
  EXPECT_THAT(Screen(LiveModel(128), 80, 24), HasSubstr("▇▇▇▇██"));
}

TEST(Render, NeverSaysLiveWhenItIsNot) {
  TopModel model = LiveModel();
  EXPECT_THAT(Screen(model, 80, 24), HasSubstr("● live\n"));
  EXPECT_THAT(Screen(model, 80, 24, 110), HasSubstr("● no data for 10s\n"));
  model.SetConnection(Connection::Kind::kLost, "lost the connection", absl::Seconds(120));
  const std::string lost = Screen(model, 120, 24, 132);
  EXPECT_THAT(lost, HasSubstr("lost the connection"));
  EXPECT_THAT(lost, HasSubstr("● reconnecting for 12s\n"));
  EXPECT_THAT(lost, Not(HasSubstr("live")));
  model.SetConnection(Connection::Kind::kLive, "", absl::Seconds(140));
  v1::WatchResponse hosts = Hosts();
  hosts.mutable_hosts()->mutable_hosts(1)->set_state(v1::HOST_STATE_OFFLINE);
  model.Apply(hosts, absl::Seconds(140));
  EXPECT_THAT(Screen(model, 80, 24, 100), HasSubstr("● host offline\n"));
}

TEST(Render, MarksTheOrderAndKeepsTheCursorInSight) {
  TopModel model = LiveModel();
  EXPECT_THAT(Screen(model, 80, 24), HasSubstr("▼CPU%"));
  model.Handle(Letter("N"), 10);
  EXPECT_THAT(Screen(model, 80, 24), HasSubstr("▲PID"));
  model.Handle({.code = KeyCode::kEnd}, 10);
  EXPECT_THAT(Screen(model, 80, 24), HasSubstr("1029"));
  EXPECT_THAT(Screen(model, 80, 24), Not(HasSubstr("1000 ")));
  EXPECT_THAT(Screen(model, 140, 24), HasSubstr("/usr/bin/worker --number 29"));
  model.Handle(Letter("c"), 10);
  EXPECT_THAT(Screen(model, 140, 24), Not(HasSubstr("--number")));
}

TEST(Render, ShowsAllOfTheHelpWhereItFits) {
  TopModel model = LiveModel();
  model.Handle(Letter("?"), 10);
  EXPECT_THAT(Screen(model, 80, 24),
              AllOf(HasSubstr("container, unit or pid"), HasSubstr("its parent, or one list"),
                    HasSubstr("waits for I/O")));
}

TEST(Render, SaysWhatToDoWhereThereIsNothingToShow) {
  TopModel model(View{}, absl::ZeroDuration(), absl::ZeroDuration());
  EXPECT_THAT(Screen(model, 80, 24, 0), HasSubstr("waiting for the first values"));
  model.Apply(Parsed("hosts {}"), absl::ZeroDuration());
  EXPECT_THAT(Screen(model, 80, 24, 0), HasSubstr("no host yet: start syspulse-agent on one"));
}

TEST(Render, IsAsciiWhereItMustBe) {
  for (const int width : {40, 80, 160}) {
    TopModel model = LiveModel();
    for (const char c : Screen(model, width, 50, 100, true)) ASSERT_GE(c, 0) << width;
  }
}

}  // namespace
}  // namespace syspulse
