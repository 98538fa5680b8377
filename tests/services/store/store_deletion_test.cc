// Hosts whose rows are deleted: from queries, from files, over crashes, and not beyond.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "services/store/deletions.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreDeletionTest : public StoreTest {
 protected:
  absl::Status Delete(const std::string& host) {
    struct Answer {
      Mutex mutex;
      std::condition_variable_any changed;
      std::optional<absl::Status> status;
    };
    const auto answer = std::make_shared<Answer>();
    store->DeleteHost(host, [answer](const absl::Status& status) {
      const MutexLock lock(answer->mutex);
      answer->status = status;
      answer->changed.notify_all();
    });
    MutexLock lock(answer->mutex);
    EXPECT_TRUE(answer->changed.wait_for(
        answer->mutex, std::chrono::seconds(20),
        [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return answer->status.has_value(); }));
    if (!answer->status.has_value()) return absl::DeadlineExceededError("no answer");
    // Not one that shares its text with the store's thread: ThreadSanitizer does not see how Abseil
    // counts who shares it.
    return absl::Status(answer->status->code(), answer->status->message());
  }

  // Returns whether a file of the store holds these bytes.
  bool OnDisk(const std::string& bytes) {
    for (const std::string& path : disk.Paths()) {
      if (disk.Contents(path).find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  // Waits until nothing is left to be deleted.
  void WaitUntilErased() {
    const absl::Duration deadline = clock.Monotonic() + absl::Seconds(20);
    while (!store->View().deletions->empty() && clock.Monotonic() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(store->View().deletions->empty());
  }
};

TEST_F(StoreDeletionTest, RowsInMemoryAndInBlocksAreGoneAtOnceAndStayGone) {
  Open();
  AppendAndWait(GaugeFrame("gone", "system", At(0), {1}));
  AppendAndWait(GaugeFrame("stays", "system", At(0), {2}));
  Reopen();
  AppendAndWait(GaugeFrame("gone", "system", At(1), {3}));
  AppendAndWait(GaugeFrame("gone", "custom/x", At(1), {3}));
  AppendAndWait(GaugeFrame("stays", "system", At(1), {4}));
  EXPECT_THAT(Delete("gone"), IsOk());
  const std::vector<std::string> expected = {"test_0 instance=stays job=syspulse 0:2 1:4"};
  EXPECT_EQ(Read(), expected);
  EXPECT_THAT(store->Times("gone", "system", kEver), IsEmpty());
  CrashAndReopen();
  EXPECT_EQ(Read(), expected);
  WaitUntilErased();
  EXPECT_EQ(Read(), expected);
  Reopen();
  EXPECT_EQ(Read(), expected);
}

TEST_F(StoreDeletionTest, TheBytesLeaveTheDisk) {
  Open();
  AppendAndWait(GaugeFrame("host-of-a-secret", "system", At(0), {1}));
  AppendAndWait(GaugeFrame("stays", "system", At(0), {2}));
  Reopen();
  AppendAndWait(GaugeFrame("host-of-a-secret", "system", At(1), {3}));
  ASSERT_TRUE(OnDisk("host-of-a-secret"));
  EXPECT_THAT(Delete("host-of-a-secret"), IsOk());
  WaitUntilErased();
  EXPECT_FALSE(OnDisk("host-of-a-secret"));
  EXPECT_EQ(Read().size(), 1u);
}

TEST_F(StoreDeletionTest, ABlockOfNothingElseGoesAsAWhole) {
  Open();
  AppendAndWait(GaugeFrame("gone", "system", At(0), {1}));
  Reopen();
  ASSERT_EQ(store->stats().blocks, 1);
  EXPECT_THAT(Delete("gone"), IsOk());
  WaitUntilErased();
  EXPECT_EQ(store->stats().blocks, 0);
  AppendAndWait(GaugeFrame("new", "system", At(5), {1}));
  Reopen();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=new job=syspulse 5:1"));
}

TEST_F(StoreDeletionTest, WhatComesLaterIsKeptAlsoForTimesThatWereDeleted) {
  Open();
  for (int i = 0; i < 5; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {1}));
  EXPECT_THAT(Delete("a"), IsOk());
  AppendAndWait(GaugeFrame("a", "system", At(3), {7}));
  AppendAndWait(GaugeFrame("a", "system", At(9), {8}));
  const std::vector<std::string> expected = {"test_0 instance=a job=syspulse 3:7 9:8"};
  EXPECT_EQ(Read(), expected);
  CrashAndReopen();
  EXPECT_EQ(Read(), expected);
  WaitUntilErased();
  Reopen();
  EXPECT_EQ(Read(), expected);
}

TEST_F(StoreDeletionTest, TwiceIsOnceAndNobodyIsNobody) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  AppendAndWait(GaugeFrame("ab", "system", At(0), {1}));
  EXPECT_THAT(Delete("a"), IsOk());
  EXPECT_THAT(Delete("a"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("there is no history of a")));
  EXPECT_THAT(Delete("nobody"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("of nobody")));
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=ab job=syspulse 0:1")) << "nor its namesakes";
  AppendAndWait(GaugeFrame("a", "system", At(1), {1}));
  EXPECT_THAT(Delete("a"), IsOk());
  EXPECT_EQ(Read().size(), 1u);
}

TEST_F(StoreDeletionTest, WhileItsFramesArriveTheOnesBeforeAreGone) {
  Open();
  std::uint64_t last = 0;
  for (int i = 0; i < 200; ++i) last = Append(GaugeFrame("a", "system", At(i), {1}));
  EXPECT_THAT(Delete("a"), IsOk());
  EXPECT_THAT(Read(), IsEmpty());
  Wait(last);
  for (int i = 200; i < 400; ++i) last = Append(GaugeFrame("a", "system", At(i), {1}));
  Wait(last);
  EXPECT_EQ(store->Times("a", "system", kEver).size(), 200u);
}

TEST_F(StoreDeletionTest, AFullDiskDeletesNothing) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  disk.Fail(Operation::kCreate, absl::ResourceExhaustedError("No space left on device"));
  EXPECT_THAT(Delete("a"), StatusIs(absl::StatusCode::kUnavailable,
                                    HasSubstr("No space left on device; try again later")));
  EXPECT_EQ(Read().size(), 1u);
  disk.Heal();
  EXPECT_THAT(Delete("a"), IsOk());
  EXPECT_THAT(Read(), IsEmpty());
}

TEST_F(StoreDeletionTest, ADamagedListOfDeletionsIsReportedAndStopsNothing) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  store.reset();
  for (const std::string& bytes :
       {std::string("SYSPDEL1"), std::string("SYSPDEL1\x01\x7fgarbage!"), std::string(3, '\0')}) {
    disk.SetContents("/d/deletions", bytes);
    Open();
    EXPECT_EQ(store->stats().damaged_units, 1);
    EXPECT_THAT(store->stats().last_damage, HasSubstr("/d/deletions: it is damaged"));
    EXPECT_EQ(Read().size(), 1u);
    EXPECT_THAT(Delete("nobody"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("nobody")));
    store.reset();
  }
}

TEST_F(StoreDeletionTest, ADiskThatBreaksAnywhereDeletesAllOfAHostOrNothing) {
  const absl::Status broken = absl::UnavailableError("Input/output error");
  for (const Operation operation : {Operation::kCreate, Operation::kAppend, Operation::kSync,
                                    Operation::kRename, Operation::kSyncDirectory}) {
    for (int skip = 0; skip < 4; ++skip) {
      SCOPED_TRACE(absl::StrFormat("%d after %d", operation, skip));
      store.reset();
      disk.Heal();
      for (const std::string& path : disk.Paths()) static_cast<void>(disk.Remove(path));
      static_cast<void>(disk.SyncDirectory("/d"));
      Open();
      AppendAndWait(GaugeFrame("b", "system", At(0), {1}));
      for (int i = 0; i < 3; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {1}));
      Reopen();
      for (int i = 3; i < 6; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {1}));
      disk.Fail(operation, broken, skip, 1000);
      const absl::Status deleted = Delete("a");
      disk.Crash(CrashKind::kLoseUnsynced, 0);
      store.reset();
      disk.Restart();
      Open();
      const std::size_t rows = store->Times("a", "system", kEver).size();
      EXPECT_TRUE(rows == 0 || (rows == 6 && !deleted.ok())) << rows << " " << deleted;
      EXPECT_EQ(store->Times("b", "system", kEver).size(), 1u);
    }
  }
}

// A block that is made anew without a host stands under the name of the one before.
TEST_F(StoreDeletionTest, ADiskThatDoesNotSyncCostsNobodyElseHisRows) {
  for (int skip = 0; skip < 4; ++skip) {
    SCOPED_TRACE(skip);
    store.reset();
    disk.Heal();
    for (const std::string& path : disk.Paths()) static_cast<void>(disk.Remove(path));
    Open();
    AppendAndWait(GaugeFrame("b", "system", At(0), {1}));
    AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
    Reopen();
    disk.Fail(Operation::kSyncDirectory, absl::UnavailableError("Too many open files"), skip, 1000);
    static_cast<void>(Delete("a"));
    store.reset();
    disk.Heal();
    Open();
    EXPECT_EQ(store->Times("b", "system", kEver).size(), 1u);
  }
}

}  // namespace
}  // namespace syspulse
