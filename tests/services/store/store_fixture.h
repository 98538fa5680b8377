// A store on a disk in memory, opened, crashed and read by tests.
#ifndef TESTS_SERVICES_STORE_STORE_FIXTURE_H_
#define TESTS_SERVICES_STORE_STORE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/store/store.h"
#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {

inline constexpr std::int64_t kStart = 1'700'000'000'000;
inline constexpr MillisRange kEver{.first_ms = kFirstTimeMs, .last_ms = kLastTimeMs};
inline constexpr auto kEqual = LabelMatcher::Kind::kEqual;

inline absl::Time At(int second) {
  return absl::FromUnixMillis(kStart + second * std::int64_t{1000});
}

inline LabelMatcher Matcher(LabelMatcher::Kind kind, const std::string& name,
                            const std::string& value) {
  return *LabelMatcher::Create(kind, name, value);
}

class StoreTest : public ::testing::Test {
 protected:
  ~StoreTest() override { store.reset(); }

  void Open() {
    options.directory = "/d";
    options.sync_interval = absl::Milliseconds(1);
    options.retry_interval = absl::Milliseconds(1);
    auto opened = Store::Open(options, &disk, &clock, [this](std::uint64_t ticket) {
      MutexLock lock(mutex);
      durable = ticket;
      changed.notify_all();
    });
    ASSERT_THAT(opened, IsOk());
    store = *std::move(opened);
  }
  void Reopen() {
    store.reset();
    {
      MutexLock lock(mutex);
      durable = 0;
    }
    Open();
  }
  // As a power loss: what the store says after it reaches nobody.
  void CrashAndReopen() {
    disk.Crash(CrashKind::kLoseUnsynced, 0);
    store.reset();
    disk.Restart();
    Reopen();
  }

  std::uint64_t Append(const FramePtr& frame) {
    const auto ticket = store->Append(frame);
    EXPECT_THAT(ticket, IsOk());
    return ticket.value_or(0);
  }
  void AppendAndWait(const FramePtr& frame) { Wait(Append(frame)); }

  // Waits, with patience, until that ticket is durable.
  void Wait(std::uint64_t ticket) {
    MutexLock lock(mutex);
    EXPECT_TRUE(changed.wait_for(mutex, std::chrono::seconds(20),
                                 [&]()
                                     ABSL_NO_THREAD_SAFETY_ANALYSIS { return durable >= ticket; }));
  }
  // Waits, with patience, until the statistics are as `wanted` says.
  template <typename Wanted>
  void WaitFor(const Wanted& wanted) {
    const absl::Duration deadline = clock.Monotonic() + absl::Seconds(20);
    while (!wanted(store->stats()) && clock.Monotonic() < deadline) std::this_thread::yield();
    EXPECT_TRUE(wanted(store->stats()));
  }

  // All series as text: labels, then time:value.
  std::vector<std::string> Read(std::vector<LabelMatcher> matchers = {},
                                MillisRange range = kEver) {
    Selection selection = store->Select(std::move(matchers), range);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < selection.size(); ++i) {
      std::string text;
      for (const auto& [name, value] : selection.labels(i)) {
        text += name == kNameLabel ? std::string(value) : absl::StrFormat(" %s=%s", name, value);
      }
      const auto samples = selection.Read(i);
      EXPECT_THAT(samples, IsOk());
      for (std::size_t row = 0; samples.ok() && row < samples->values.size(); ++row) {
        text += absl::StrFormat(" %d:%g", (samples->times_ms[row] - kStart) / 1000,
                                samples->values[row]);
      }
      all.push_back(text);
    }
    std::ranges::sort(all);
    return all;
  }

  MemoryFileSystem disk;
  SystemClock clock;
  StoreOptions options{.merge_rest = absl::ZeroDuration()};  // merged as soon as may be
  Mutex mutex;
  std::condition_variable_any changed;
  std::uint64_t durable = 0;
  std::unique_ptr<Store> store;
};

}  // namespace syspulse

#endif  // TESTS_SERVICES_STORE_STORE_FIXTURE_H_
