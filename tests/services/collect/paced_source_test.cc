#include "services/collect/paced_source.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/base/mutex.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
constexpr absl::Duration kLong = absl::Seconds(30);

constexpr Family kValue{"value", MetricType::kGauge, "", "A value."};

// What two threads of a test agree on: whether a collector may go on.
struct Gate {
  Mutex mutex;
  std::condition_variable_any changed;
  bool open ABSL_GUARDED_BY(mutex) = true;
  bool reached ABSL_GUARDED_BY(mutex) = false;  // whether somebody came to it

  void Set(bool now) {
    MutexLock lock(mutex);
    open = now;
    changed.notify_all();
  }
  void Pass() {
    MutexLock lock(mutex);
    reached = true;
    changed.notify_all();
    changed.wait(mutex, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return open; });
  }
  void AwaitSomebody() {
    MutexLock lock(mutex);
    changed.wait(mutex, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return reached; });
  }
};

class GatedCollector final : public Collector {
 public:
  explicit GatedCollector(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}

  std::string_view name() const override { return "gated"; }
  absl::Status Collect(MetricWriter* writer) override {
    gate_->Pass();
    writer->Add(kValue, 1);
    return absl::OkStatus();
  }

 private:
  const std::shared_ptr<Gate> gate_;
};

class QuickCollector final : public Collector {
 public:
  std::string_view name() const override { return "quick"; }
  absl::Status Collect(MetricWriter*) override { return absl::OkStatus(); }
};

// Returns success by collector.
std::map<std::string, double> Outcomes(const FramePtr& frame) {
  std::map<std::string, double> outcomes;
  for (std::size_t i = 0; i < frame->values.size(); ++i) {
    const Series& series = frame->schema->series()[i];
    const auto& family = frame->schema->families()[static_cast<std::size_t>(series.family)];
    if (family.name == "node_scrape_collector_success") {
      outcomes[series.label_values[0]] = frame->values[i];
    }
  }
  return outcomes;
}

class PacedSourceTest : public ::testing::Test {
 protected:
  std::unique_ptr<PacedSource> Make() {
    std::vector<std::unique_ptr<Collector>> collectors;
    collectors.push_back(std::make_unique<QuickCollector>());
    collectors.push_back(std::make_unique<GatedCollector>(gate_));
    return std::make_unique<PacedSource>(
        std::make_unique<Source>("h", "slow", &clock_, std::move(collectors)), &clock_,
        Pace{.interval = absl::Seconds(10), .patience = absl::Seconds(5)});
  }
  ~PacedSourceTest() override { gate_->Set(true); }

  // A read that was left behind may look at it after the test.
  static inline std::vector<std::unique_ptr<FakeClock>>& clocks_ =
      *new std::vector<std::unique_ptr<FakeClock>>;
  FakeClock& clock_ = *clocks_.emplace_back(std::make_unique<FakeClock>(kStart));
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

TEST_F(PacedSourceTest, AFrameIsTakenOnceAndCarriesTheTimeItWasAskedFor) {
  const auto source = Make();
  EXPECT_EQ(source->Take(kStart), nullptr);
  source->StartIfDue(kStart);
  ASSERT_TRUE(source->WaitUntilRead(kLong));
  const FramePtr frame = source->Take(kStart + absl::Seconds(1));
  ASSERT_NE(frame, nullptr);
  EXPECT_EQ(frame->time, kStart);
  EXPECT_EQ(frame->source, "slow");
  EXPECT_EQ(source->Take(kStart + absl::Seconds(1)), nullptr);
}

TEST_F(PacedSourceTest, ReadsOnceAnInterval) {
  const auto source = Make();
  std::string ticks;
  for (int second = 7; second < 32; ++second) {
    const absl::Time time = kStart + absl::Seconds(second);
    source->StartIfDue(time);
    ASSERT_TRUE(source->WaitUntilRead(kLong));
    ticks += source->Take(time) != nullptr ? 'x' : '.';
  }
  EXPECT_EQ(ticks, "x..x.........x.........x.");
}

TEST_F(PacedSourceTest, AReadThatHangsIsSkippedAndReportedOnceAnInterval) {
  gate_->Set(false);
  const auto source = Make();
  std::vector<FramePtr> reports;
  for (int second = 0; second < 25; ++second) {
    const absl::Time time = kStart + absl::Seconds(second);
    source->StartIfDue(time);
    gate_->AwaitSomebody();
    if (FramePtr frame = source->Take(time)) reports.push_back(std::move(frame));
    clock_.Advance(absl::Seconds(1));
  }
  ASSERT_EQ(reports.size(), 3U);  // after 5 s, and in the two intervals that follow
  EXPECT_EQ(reports[0]->time, kStart + absl::Seconds(5));
  EXPECT_EQ(reports[1]->time, kStart + absl::Seconds(10));
  EXPECT_EQ(Outcomes(reports[0]), (std::map<std::string, double>{{"gated", 0}, {"quick", 1}}));

  gate_->Set(true);
  ASSERT_TRUE(source->WaitUntilRead(kLong));
  EXPECT_EQ(Outcomes(source->Take(kStart + absl::Seconds(25)))["gated"], 1);
  source->StartIfDue(kStart + absl::Seconds(30));
  ASSERT_TRUE(source->WaitUntilRead(kLong));
  EXPECT_EQ(source->Take(kStart + absl::Seconds(30))->time, kStart + absl::Seconds(30));
}

TEST_F(PacedSourceTest, AClockThatIsSetBackDoesNotSilenceIt) {
  const auto source = Make();
  source->StartIfDue(kStart);
  ASSERT_TRUE(source->WaitUntilRead(kLong));
  EXPECT_NE(source->Take(kStart), nullptr);
  source->StartIfDue(kStart - absl::Hours(1));
  ASSERT_TRUE(source->WaitUntilRead(kLong));
  EXPECT_NE(source->Take(kStart - absl::Hours(1)), nullptr);
}

TEST_F(PacedSourceTest, AReadThatEndsBehindItsTickIsNotLostToTheNext) {
  const auto source = Make();
  for (const int second : {0, 10}) {  // nobody takes the first before the second is there
    source->StartIfDue(kStart + absl::Seconds(second));
    ASSERT_TRUE(source->WaitUntilRead(kLong));
  }
  EXPECT_EQ(source->Take(kStart + absl::Seconds(10))->time, kStart);
  EXPECT_EQ(source->Take(kStart + absl::Seconds(10))->time, kStart + absl::Seconds(10));
  EXPECT_EQ(source->Take(kStart + absl::Seconds(10)), nullptr);
}

TEST_F(PacedSourceTest, WhatHangsDoesNotHoldUpTheEnd) {
  gate_->Set(false);
  auto source = Make();
  source->StartIfDue(kStart);
  source.reset();  // would wait for ever if it waited for the thread
}

}  // namespace
}  // namespace syspulse
