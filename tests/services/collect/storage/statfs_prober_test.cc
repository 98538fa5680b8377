#include "services/collect/storage/statfs_prober.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <condition_variable>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "services/base/mutex.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

// Filesystems of which some hang until they are let go. Shared with the threads that hang.
class Disks {
 public:
  explicit Disks(std::set<std::string> hanging) : hanging_(std::move(hanging)) {}

  FilesystemUsage Ask(const std::string& mount_point) {
    MutexLock lock(mutex_);
    ++asked_[mount_point];
    changed_.wait(mutex_,
                  [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !hanging_.contains(mount_point); });
    return FilesystemUsage{.size_bytes = size_};
  }
  void Set(std::set<std::string> hanging, double size) {
    MutexLock lock(mutex_);
    hanging_ = std::move(hanging);
    size_ = size;
    changed_.notify_all();
  }
  int asked(const std::string& mount_point) {
    MutexLock lock(mutex_);
    return asked_[mount_point];
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::string> hanging_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> asked_ ABSL_GUARDED_BY(mutex_);
  double size_ ABSL_GUARDED_BY(mutex_) = 100;
};

class StatfsProberTest : public ::testing::Test {
 protected:
  std::unique_ptr<StatfsProber> Prober(std::set<std::string> hanging, int most_threads = 16) {
    disks_ = std::make_shared<Disks>(std::move(hanging));
    return std::make_unique<StatfsProber>(
        &clock_, [disks = disks_](const std::string& at) { return disks->Ask(at); },
        // Only tests in which something hangs wait as long as this.
        StatfsOptions{.wait = absl::Milliseconds(500),
                      .stuck_after = absl::Seconds(15),
                      .most_threads = most_threads});
  }
  void TearDown() override { disks_->Set({}, 0); }

  // Asks until the mount point is not stuck any more: its thread needs a moment to say so.
  static FilesystemUsage AskUntilAnswered(StatfsProber* prober, const std::string& mount_point) {
    FilesystemUsage usage{.error = ETIMEDOUT};
    while (usage.error != 0) usage = prober->Ask({mount_point})[0];
    return usage;
  }

  FakeClock clock_;
  std::shared_ptr<Disks> disks_;
};

TEST_F(StatfsProberTest, AnswersForAllThatAnswer) {
  const auto prober = Prober({});
  const auto usages = prober->Ask({"/", "/home"});
  ASSERT_EQ(usages.size(), 2U);
  EXPECT_EQ(usages[1].size_bytes, 100);
  EXPECT_EQ(usages[1].error, 0);
}

TEST_F(StatfsProberTest, AHungMountDoesNotHideTheOthersAndIsAskedOnce) {
  const auto prober = Prober({"/nfs"});
  for (int round = 1; round <= 3; ++round) {
    const auto usages = prober->Ask({"/nfs", "/", "/home"});
    EXPECT_EQ(usages[0].error, ETIMEDOUT);
    EXPECT_EQ(usages[1].error, 0);
    EXPECT_EQ(usages[2].error, 0);
    EXPECT_EQ(disks_->asked("/nfs"), 1);
    EXPECT_EQ(disks_->asked("/"), round);
  }
}

TEST_F(StatfsProberTest, AMountThatAnswersAgainIsAskedAgain) {
  const auto prober = Prober({"/nfs"});
  EXPECT_EQ(prober->Ask({"/nfs"})[0].error, ETIMEDOUT);
  disks_->Set({}, 300);
  EXPECT_EQ(AskUntilAnswered(prober.get(), "/nfs").size_bytes, 300);
  EXPECT_EQ(prober->Ask({"/nfs"})[0].size_bytes, 300);
  EXPECT_GE(disks_->asked("/nfs"), 2);
}

TEST_F(StatfsProberTest, ALateAnswerIsBridgedByTheOneBeforeUntilItIsTooOld) {
  const auto prober = Prober({});
  EXPECT_EQ(prober->Ask({"/nfs"})[0].size_bytes, 100);
  disks_->Set({"/nfs"}, 200);
  EXPECT_EQ(prober->Ask({"/nfs"})[0].size_bytes, 100);
  clock_.Advance(absl::Seconds(14));
  EXPECT_EQ(prober->Ask({"/nfs"})[0].error, 0);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(prober->Ask({"/nfs"})[0].error, ETIMEDOUT);
}

TEST_F(StatfsProberTest, ManyHungMountsUseNoMoreThreadsThanAllowed) {
  const auto prober = Prober({"/a", "/b", "/c"}, /*most_threads=*/2);
  const auto usages = prober->Ask({"/a", "/b", "/c", "/"});
  for (const FilesystemUsage& usage : usages) EXPECT_EQ(usage.error, ETIMEDOUT);
  EXPECT_EQ(disks_->asked("/a") + disks_->asked("/b") + disks_->asked("/c"), 2);
  disks_->Set({}, 100);
  for (const char* mount_point : {"/a", "/b", "/c", "/"}) {
    EXPECT_EQ(AskUntilAnswered(prober.get(), mount_point).size_bytes, 100);
  }
}

TEST_F(StatfsProberTest, ManyHungMountsHideTheOthersForAWhileOnly) {
  const auto prober = Prober({"/a", "/b", "/c"}, /*most_threads=*/2);
  const std::vector<std::string> all = {"/a", "/b", "/c", "/"};
  EXPECT_EQ(prober->Ask(all)[3].error, ETIMEDOUT);
  clock_.Advance(absl::Seconds(15));
  EXPECT_EQ(prober->Ask(all)[3].error, 0);
  for (const char* mount_point : {"/a", "/b", "/c", "/"}) {
    EXPECT_EQ(disks_->asked(mount_point), 1) << mount_point;
  }
}

TEST_F(StatfsProberTest, EndsWhileAMountHangs) {
  auto prober = Prober({"/nfs"});
  prober->Ask({"/nfs"});
  prober.reset();
  EXPECT_EQ(disks_->asked("/nfs"), 1);
}

TEST_F(StatfsProberTest, ForgetsWhatIsNoLongerMounted) {
  const auto prober = Prober({});
  prober->Ask({"/usb"});
  prober->Ask({});
  disks_->Set({"/usb"}, 100);
  EXPECT_EQ(prober->Ask({"/usb"})[0].error, ETIMEDOUT);
}

}  // namespace
}  // namespace syspulse
