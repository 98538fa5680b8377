#include "services/agent/spooler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/agent/drop_report.h"
#include "services/store/file_system.h"
#include "tests/services/agent/frames.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/memory_file_system.h"

namespace syspulse {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kDirectory = "/spool";
constexpr int kMany = static_cast<int>(FrameBuffer::kMostLateInMemory) + 1;

class SpoolerTest : public ::testing::Test {
 protected:
  SpoolerTest() { Start(); }

  // Begins another run of the agent, after Finish or a kill.
  void Start() {
    spooler_.reset();
    buffer_.emplace(std::int64_t{1} << 20);
    spooler_.emplace(SpoolOptions{.directory = kDirectory, .host_id = "web-1"}, &*buffer_, &disk_,
                     &clock_);
  }
  void Add(int first, int last) {
    for (int second = first; second <= last; ++second) {
      buffer_->Add({FrameAt(start_ + second, schema_)}, nullptr);
    }
  }
  // Lets the service take everything, tick by tick, from `second` on. Returns the seconds of what
  // came late, in order.
  std::vector<std::int64_t> Drain(int second) {
    std::vector<std::int64_t> late;
    int idle = 0;
    while (idle < 3) {
      Add(second, second);
      ++second;
      idle = buffer_->Stats().spool_bytes == 0 ? idle + 1 : 0;
      while (const auto batch = buffer_->NextToSend()) {
        if (batch->late) late.push_back(absl::ToUnixSeconds(batch->frames[0]->time) - start_);
        buffer_->Acknowledge(batch->sequence);
      }
      clock_.Advance(absl::Seconds(1));
      spooler_->MoveOnce();
    }
    return late;
  }
  static std::vector<std::int64_t> Numbers(std::int64_t first, std::int64_t last) {
    std::vector<std::int64_t> numbers;
    for (; first <= last; ++first) numbers.push_back(first);
    return numbers;
  }

  FakeClock clock_;
  const std::int64_t start_ = absl::ToUnixSeconds(clock_.Now());
  const SchemaPtr schema_ = GaugeSchema("load");
  MemoryFileSystem disk_;
  std::optional<FrameBuffer> buffer_;
  std::optional<Spooler> spooler_;
};

TEST_F(SpoolerTest, AShortBreakCostsNoDisk) {
  Add(1, kMany - 1);
  spooler_->MoveOnce();
  EXPECT_EQ(buffer_->Stats().spool_bytes, 0);
}

TEST_F(SpoolerTest, WhatALongBreakLeftIsSentInOrderAndLeavesTheDisk) {
  for (int second = 1; second <= 500; ++second) {
    Add(second, second);
    spooler_->MoveOnce();
  }
  EXPECT_LE(buffer_->Stats().batches, kMany);
  EXPECT_GT(buffer_->Stats().spool_bytes, 0);
  EXPECT_EQ(Drain(501), Numbers(1, 500));
  EXPECT_EQ(buffer_->Stats().dropped_frames, 0);
}

TEST_F(SpoolerTest, AKillCostsOnlyWhatMemoryHad) {
  Add(1, kMany);
  spooler_->MoveOnce();
  disk_.Crash(CrashKind::kLoseUnsynced, 1);
  spooler_.reset();
  disk_.Restart();
  Start();
  spooler_->MoveOnce();
  EXPECT_EQ(Drain(1000), Numbers(1, kMany - 1));
}

TEST_F(SpoolerTest, AStopKeepsEverythingForTheNextRun) {
  Add(1, 5);
  buffer_->NextToSend();  // sent, and never acknowledged
  EXPECT_TRUE(spooler_->Finish(absl::Seconds(1)));
  Start();
  spooler_->MoveOnce();
  EXPECT_EQ(Drain(1000), Numbers(1, 5));
}

TEST_F(SpoolerTest, AStopInTheMiddleOfASpoolSendsTheRestLater) {
  Add(1, 100);
  EXPECT_TRUE(spooler_->Finish(absl::Seconds(1)));
  Start();
  spooler_->MoveOnce();
  buffer_->NextToSend();
  spooler_->MoveOnce();
  Add(1001, 1001);
  for (int i = 0; i < 11; ++i) buffer_->NextToSend();
  buffer_->Acknowledge(11);  // the live one and ten of the spool
  EXPECT_TRUE(spooler_->Finish(absl::Seconds(1)));
  Start();
  spooler_->MoveOnce();
  EXPECT_EQ(Drain(1002), Numbers(11, 100));
}

TEST_F(SpoolerTest, AFolderThatCannotBeUsedIsSaidOnceAndTriedAgain) {
  disk_.Fail(Operation::kList, absl::PermissionDeniedError("list /spool: Permission denied"), 0, 2);
  Add(1, kMany);
  ::testing::internal::CaptureStderr();
  spooler_->MoveOnce();
  spooler_->MoveOnce();
  clock_.Advance(Spooler::kRetry);
  spooler_->MoveOnce();
  EXPECT_NE(buffer_->NextToSend(), std::nullopt) << "live delivery goes on";
  buffer_->Rewind();
  clock_.Advance(Spooler::kRetry);
  spooler_->MoveOnce();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("Permission denied; what the service does not take stays in memory"));
  EXPECT_THAT(log, HasSubstr("it works again"));
  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
  EXPECT_GT(buffer_->Stats().spool_bytes, 0);
}

TEST_F(SpoolerTest, AFullDiskLeavesThingsInMemoryUntilThereIsRoom) {
  spooler_->MoveOnce();
  disk_.SetCapacity(0);
  Add(1, kMany);
  ::testing::internal::CaptureStderr();
  spooler_->MoveOnce();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("stays in memory"));
  EXPECT_EQ(buffer_->Stats().batches, kMany);
  disk_.SetCapacity(-1);
  spooler_->MoveOnce();
  EXPECT_EQ(buffer_->Stats().batches, kMany) << "not tried again so soon";
  clock_.Advance(Spooler::kRetry);
  spooler_->MoveOnce();
  EXPECT_EQ(buffer_->Stats().batches, 1);
  EXPECT_EQ(Drain(1000), Numbers(1, kMany));
}

TEST_F(SpoolerTest, OneCauseIsSaidOnceWhicheverFileItHits) {
  spooler_->MoveOnce();
  Add(1, kMany);
  const auto fail = [&](const std::string& why) {
    disk_.Fail(Operation::kCreate, absl::ResourceExhaustedError(why));
    clock_.Advance(Spooler::kRetry);
    spooler_->MoveOnce();
  };
  ::testing::internal::CaptureStderr();
  fail("create /spool/0000000001.log: No space left on device");
  fail("create /spool/0000000002.log: No space left on device");
  fail("create /spool/0000000003.log: Too many open files");
  clock_.Advance(Spooler::kRetry);
  spooler_->MoveOnce();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("0000000001.log: No space left on device; what"));
  EXPECT_THAT(log, HasSubstr("0000000003.log: Too many open files; what"));
  EXPECT_THAT(log, HasSubstr("it works again"));
  EXPECT_EQ(std::ranges::count(log, '\n'), 3) << log;
}

TEST_F(SpoolerTest, ADiskWorksAgainOnceSomethingWasWritten) {
  spooler_->MoveOnce();
  disk_.SetCapacity(0);
  Add(1, kMany);
  spooler_->MoveOnce();
  while (const auto batch = buffer_->NextToSend()) buffer_->Acknowledge(batch->sequence);
  clock_.Advance(Spooler::kRetry);
  ::testing::internal::CaptureStderr();
  spooler_->MoveOnce();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty()) << "there was nothing to write";
  disk_.SetCapacity(-1);
  Add(kMany + 1, 2 * kMany);
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(spooler_->Finish(absl::Seconds(1)));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("it works again"));
}

TEST_F(SpoolerTest, AStopWithAFullDiskSaysThatNotAllIsKept) {
  spooler_->MoveOnce();
  disk_.SetCapacity(0);
  Add(1, 3);
  EXPECT_FALSE(spooler_->Finish(absl::Seconds(1)));
  EXPECT_EQ(buffer_->Stats().batches, 3);
}

// On files of the machine: what a removed folder does to them is the kernel's to say.
class RemovedSpool : public SpoolerTest {
 protected:
  RemovedSpool() {
    fs::remove_all(top_);
    fs::create_directories(top_);
    spooler_.emplace(SpoolOptions{.directory = directory_, .host_id = "web-1"}, &*buffer_,
                     files_.get(), &clock_);
    Add(1, kMany);
    spooler_->MoveOnce();  // all but the newest
  }
  ~RemovedSpool() override {
    spooler_.reset();
    fs::remove_all(top_);
  }

  const fs::path top_ =
      fs::path(::testing::TempDir()) / ("spooler_test." + std::to_string(getpid()));
  const std::string directory_ = (top_ / "spool").string();
  const std::unique_ptr<FileSystem> files_ = PosixFileSystem();
};

TEST_F(RemovedSpool, IsMadeAgainAndGoesOn) {
  fs::remove_all(directory_);
  Add(kMany + 1, 2 * kMany);
  ::testing::internal::CaptureStderr();
  spooler_->MoveOnce();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("samples that stood there are lost, and it is made again"));
  EXPECT_EQ(std::ranges::count(log, '\n'), 1) << log;
  EXPECT_EQ(buffer_->Stats().batches, 1) << "the others stand in files";
  EXPECT_EQ(Drain(1000), Numbers(kMany, 2 * kMany));
}

TEST_F(RemovedSpool, ThatCannotBeMadeAgainIsSaidOnceAndTriedAgain) {
  fs::remove_all(directory_);
  std::ofstream(directory_) << "no folder";
  Add(kMany + 1, 2 * kMany);
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) {
    spooler_->MoveOnce();
    clock_.Advance(Spooler::kRetry);
  }
  fs::remove(directory_);
  spooler_->MoveOnce();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("Not a directory; what the service does not take stays in memory"));
  EXPECT_EQ(std::ranges::count(log, '\n'), 3) << "that, made again, works again\n" << log;
  EXPECT_EQ(Drain(1000), Numbers(kMany, 2 * kMany));
}

TEST_F(RemovedSpool, LosesNothingOfWhatWasReadBack) {
  EXPECT_NE(buffer_->NextToSend(), std::nullopt);
  spooler_->MoveOnce();  // which reads back
  fs::remove_all(directory_);
  buffer_->Rewind();
  Add(kMany + 1, 2 * kMany + 1);
  spooler_->MoveOnce();
  EXPECT_EQ(Drain(1000), Numbers(1, 2 * kMany + 1));
}

TEST(DropReport, SaysWhatIsNewOnceAMinute) {
  DropReport report;
  EXPECT_EQ(report.Next({}, absl::ZeroDuration()), std::nullopt);
  EXPECT_EQ(report.Next({.dropped_frames = 3, .dropped = {{"a", 1}, {"b", 2}, {"c", 0}}},
                        absl::Seconds(1)),
            "dropped 3 frames that the service did not take over: a 1, b 2");
  const FrameBufferStats more{.dropped_frames = 8, .dropped = {{"a", 1}, {"b", 2}, {"c", 5}}};
  EXPECT_EQ(report.Next(more, absl::Seconds(60)), std::nullopt);
  EXPECT_EQ(report.Next(more, absl::Seconds(61)),
            "dropped 5 frames that the service did not take over: c 5");
  EXPECT_EQ(report.Next(more, absl::Seconds(200)), std::nullopt);
}

}  // namespace
}  // namespace syspulse
