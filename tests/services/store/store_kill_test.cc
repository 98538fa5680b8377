// kill -9 at random moments, on real files: what was acknowledged is there once, and a start needs
// no time to speak of.
//
// Each round a child process opens the store that the kill before left, appends as fast as the
// store acknowledges, and tells the parent what is durable. The parent kills it after a random
// number of acknowledgements, or while it still starts, and reads all there is. Heads and blocks
// are small, so that most kills hit while blocks are made, merged, and segments removed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "services/store/merged_rows.h"
#include "services/store/recovery.h"
#include "services/store/store.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000;
constexpr std::uint64_t kHosts = 3;
constexpr std::uint64_t kMostInFlight = 300;  // frames that are not acknowledged
constexpr int kRoundsOfOneStore = 40;         // then an empty one: all of it is read each time
constexpr std::int64_t kRedelivered = 40;     // frames of each host that come again after a kill

// The value of one column in the n-th frame of a host; every other 32 frames have two columns more.
double ValueOf(std::uint64_t host, std::int64_t n, std::size_t column) {
  if (column == 1 && n % 5 == 0) return AbsentValue();
  return double(host * 1000) + double(n) * (column == 0 ? 1 : 0.25);
}

FramePtr FrameOfHost(std::uint64_t host, std::int64_t n) {
  std::vector<double> values;
  for (std::size_t column = 0; column < (n % 64 < 32 ? 2u : 4u); ++column) {
    values.push_back(ValueOf(host, n, column));
  }
  return GaugeFrame("h" + std::to_string(host), "system", absl::FromUnixMillis(kStart + n * 1000),
                    values);
}

// What a store answers where the source goes on without a series; Prometheus' marker of that.
bool IsEnd(double value) {
  return std::bit_cast<std::uint64_t>(value) == std::uint64_t{0x7ff0000000000002};
}

// What the child tells: that it is ready, then each ticket that is durable.
struct Message {
  std::uint64_t ticket = 0;       // 0 = ready
  std::int64_t start_micros = 0;  // that opening the store took
};

// The child: never returns.
[[noreturn]] void AppendUntilKilled(const std::string& directory, std::int64_t first, int pipe) {
  const SystemClock clock;
  const auto files = PosixFileSystem();
  Mutex mutex;
  std::condition_variable_any acknowledged;
  std::uint64_t durable = 0;
  const absl::Duration begin = clock.Monotonic();
  auto store = Store::Open({.directory = directory,
                            .blocks = {.head_samples = 3000},
                            .sync_interval = absl::Milliseconds(1)},
                           files.get(), &clock, [&](std::uint64_t ticket) {
                             const Message message{.ticket = ticket};
                             if (write(pipe, &message, sizeof(message)) != sizeof(message))
                               _exit(2);
                             MutexLock lock(mutex);
                             durable = ticket;
                             acknowledged.notify_all();
                           });
  if (!store.ok()) {
    std::cerr << store.status() << "\n";
    _exit(1);
  }
  const Message ready{.start_micros = absl::ToInt64Microseconds(clock.Monotonic() - begin)};
  if (write(pipe, &ready, sizeof(ready)) != sizeof(ready)) _exit(2);
  for (std::int64_t n = first;; ++n) {
    for (std::uint64_t host = 0; host < kHosts; ++host) {
      const auto ticket = (*store)->Append(FrameOfHost(host, n));
      if (!ticket.ok()) _exit(3);
      MutexLock lock(mutex);
      acknowledged.wait(mutex, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return *ticket < durable + kMostInFlight;
      });
    }
  }
}

class StoreKill : public ::testing::Test {
 protected:
  StoreKill() : directory(::testing::TempDir() + "/syspulse_kill_" + std::to_string(getpid())) {
    BeginEmpty();
  }
  ~StoreKill() override { std::filesystem::remove_all(directory); }

  void BeginEmpty() {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    acknowledged.clear();
    frames += next;
    next = 0;
  }

  // Runs a child until `messages` have come, or for `patience_ms` only, and kills it.
  void RunAndKill(int messages, int patience_ms) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const std::int64_t first = std::max<std::int64_t>(0, next - kRedelivered);
    const pid_t child = fork();
    if (child == 0) AppendUntilKilled(directory, first, ends[1]);
    close(ends[1]);
    for (int i = 0; i < messages; ++i) {
      pollfd one{.fd = ends[0], .events = POLLIN, .revents = 0};
      if (poll(&one, 1, patience_ms) <= 0 || !Receive(ends[0], first)) break;
    }
    kill(child, SIGKILL);
    while (Receive(ends[0], first)) {
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the store ended by itself: " << WEXITSTATUS(status);
    last_ticket = 0;
  }

  // Takes in one message. Returns false at the end of them.
  bool Receive(int pipe, std::int64_t first) {
    Message message;
    if (read(pipe, &message, sizeof(message)) != sizeof(message)) return false;
    if (message.ticket == 0) {
      slowest_start_micros = std::max(slowest_start_micros, message.start_micros);
      return true;
    }
    EXPECT_GE(message.ticket, last_ticket);
    last_ticket = message.ticket;
    // Tickets count through the hosts, n by n.
    for (std::uint64_t host = 0; host < kHosts; ++host) {
      if (message.ticket <= host) continue;
      const std::int64_t n = first + std::int64_t((message.ticket - 1 - host) / kHosts);
      acknowledged[host] = std::max(acknowledged[host], n);
    }
    return true;
  }

  // Reads all that stands on the disk, as a start would, and compares it with what was sent.
  void Verify() {
    const auto files = PosixFileSystem();
    SharedSchemas schemas;
    auto recovery = Recover(files.get(), directory, &schemas);
    ASSERT_THAT(recovery, IsOk());
    ASSERT_TRUE(recovery->damage.empty()) << recovery->damage.front();
    const Contents contents(recovery->head, recovery->blocks, {});
    ColumnCache cache(1 << 20);
    Selection selection(std::make_shared<FoundSeries>(
                            contents.View(), std::vector<LabelMatcher>(),
                            MillisRange{.first_ms = kFirstTimeMs, .last_ms = kLastTimeMs}, &cache),
                        [](const absl::Status& damage) { ADD_FAILURE() << damage; });
    ASSERT_TRUE(selection.size() > 0 || acknowledged.empty());
    for (std::size_t i = 0; i < selection.size(); ++i) VerifySeries(&selection, i);
    VerifyRowsStandOnce(contents.View());
  }

  void VerifySeries(Selection* selection, std::size_t index) {
    const LabelViews& labels = selection->labels(index);
    const std::size_t column = std::size_t(labels[0].second.back() - '0');  // of test_N
    const std::uint64_t host = std::uint64_t(labels[1].second.back() - '0');
    const auto samples = selection->Read(index);
    ASSERT_THAT(samples, IsOk());
    std::int64_t expected = 0;
    const auto is_sampled = [&](std::int64_t n) {
      return (column < 2 || n % 64 >= 32) && !IsAbsent(ValueOf(host, n, column));
    };
    std::int64_t last = 0;  // the sample before
    std::int64_t end = 0;   // where the series was said to end, last
    for (std::size_t row = 0; row < samples->values.size(); ++row) {
      const std::int64_t n = (samples->times_ms[row] - kStart) / 1000;
      if (IsEnd(samples->values[row])) {
        ASSERT_FALSE(is_sampled(n)) << "host " << host << ": an end where a sample stands";
        end = n;
        continue;
      }
      while (!is_sampled(expected)) ++expected;
      ASSERT_EQ(n, expected++) << "host " << host << ": a sample is missing or doubled";
      ASSERT_EQ(samples->values[row], ValueOf(host, n, column)) << "host " << host << ", " << n;
      const bool came_back = column >= 2 && n >= 64 && n / 64 != last / 64;
      ASSERT_TRUE(!came_back || end == n / 64 * 64) << "host " << host << ", " << n << ": no end";
      last = n;
    }
    next = std::max(next, expected);
    while (!is_sampled(expected)) ++expected;
    ASSERT_GT(expected, acknowledged[host]) << "host " << host << ": acknowledged and lost";
  }

  // Queries leave doubles out, so they are looked for where rows stand.
  static void VerifyRowsStandOnce(const ContentsView& view) {
    std::map<std::string, std::vector<std::int64_t>> times;
    const auto add = [&](const RowGroup& rows) {
      std::vector<std::int64_t> own(rows.rows());
      ASSERT_THAT(rows.ReadTimes(own), IsOk());
      auto& all = times[rows.host()];
      all.insert(all.end(), own.begin(), own.end());
    };
    for (const BlockPtr& block : view.blocks) {
      for (std::size_t i = 0; i < block->reader().groups().size(); ++i) add(**block->OpenGroup(i));
    }
    for (const HeadGroupPtr& group : view.active->Groups()) add(*group->Rows());
    for (auto& [host, all] : times) {
      std::ranges::sort(all);
      ASSERT_EQ(std::ranges::adjacent_find(all), all.end()) << host << ": a row stands twice";
    }
  }

  const std::string directory;
  std::map<std::uint64_t, std::int64_t> acknowledged;  // by host: the last frame
  std::uint64_t last_ticket = 0;                       // of the child at hand
  std::int64_t next = 0;                               // frame that was not seen yet
  std::int64_t frames = 0;                             // of each host, in the stores before
  std::int64_t slowest_start_micros = 0;
};

// Thirty kills take some seconds; an environment variable asks for more.
int Kills() {
  const char* const kills = std::getenv("SYSPULSE_KILLS");
  return kills == nullptr ? 30 : std::atoi(kills);
}

TEST_F(StoreKill, WhatWasAcknowledgedIsThereOnceAfterEveryKill) {
  std::mt19937_64 random(1);
  for (int round = 0; round < Kills() && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    if (round % kRoundsOfOneStore == 0) BeginEmpty();
    const bool while_it_starts = random() % 5 == 0;
    RunAndKill(while_it_starts ? 1 : int(random() % 60),
               while_it_starts ? int(random() % 8) : 10'000);
    if (!HasFailure()) Verify();
  }
  EXPECT_GT(frames + next, 0);
  std::cout << Kills() << " kills, " << frames + next << " frames of each host, slowest start "
            << slowest_start_micros << " us\n";
}

}  // namespace
}  // namespace syspulse
