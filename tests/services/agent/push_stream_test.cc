#include "services/agent/push_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "clients/cpp/channel.h"
#include "services/model/proto.h"
#include "tests/services/agent/fake_ingest.h"
#include "tests/services/agent/frames.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Clock = std::chrono::steady_clock;

class PushStreamTest : public ::testing::Test {
 protected:
  PushStreamTest() { ingest_.Start(); }

  void Connect(absl::Duration refused_wait = absl::Milliseconds(20),
               const BackoffOptions& backoff = {}, std::function<double()> random = RandomRatio) {
    channel_ = MakeChannel({.server = ingest_.address()});
    push_.emplace(channel_, &buffer_, &clock_,
                  PushOptions{.server = ingest_.address(),
                              .spool_dir = spool_dir_,
                              .host = {.id = "web-1", .hostname = "web-1.example.org"},
                              .session_id = "s1",
                              .on_demand =
                                  [this](const Demand& demand) {
                                    MutexLock lock(mutex_);
                                    demand_ = demand;
                                  },
                              .backoff = backoff,
                              .refused_wait = refused_wait,
                              .random = std::move(random)});
  }
  void Tick(int count = 1) {
    for (; count > 0; --count) {
      ++second_;
      buffer_.Add({FrameAt(second_, schema_)}, TableOf({{.pid = second_}}));
      if (push_) push_->Wake();
    }
  }
  // Waits until the service has the frames of all seconds from 1 to `last`.
  bool Arrived(std::int64_t last) {
    return ingest_.WaitUntil([&] { return ingest_.HasAllUpTo(last); });
  }
  bool Greeted(std::size_t hellos) {
    return ingest_.WaitUntil([&] { return ingest_.hellos().size() >= hellos; });
  }

  // Waits, 10 s at most, for something about the stream or the buffer.
  static bool Eventually(const std::function<bool()>& condition) {
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (!condition() && Clock::now() < deadline) std::this_thread::yield();
    return condition();
  }

  // Waits until the channel found nobody.
  bool FoundNobody() {
    const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(10);
    grpc_connectivity_state state = channel_->GetState(false);
    while (state != GRPC_CHANNEL_TRANSIENT_FAILURE) {
      if (!channel_->WaitForStateChange(state, deadline)) return false;
      state = channel_->GetState(false);
    }
    return true;
  }

  Demand demand() {
    MutexLock lock(mutex_);
    return demand_;
  }

  FakeIngest ingest_;
  Mutex mutex_;
  Demand demand_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<grpc::Channel> channel_;
  std::string spool_dir_;
  FrameBuffer buffer_{1 << 20};
  FakeClock clock_;
  std::optional<PushStream> push_;
  const SchemaPtr schema_ = GaugeSchema("load");
  int second_ = 0;
};

TEST_F(PushStreamTest, ADemandHoldsWhileItsStreamStands) {
  const Demand wanted = {.all_processes = true,
                         .sample_interval = absl::Milliseconds(100),
                         .process_interval = absl::Milliseconds(500)};
  ingest_.Behave([&](IngestBehaviour* behaviour) { ToProto(wanted, &behaviour->demand); });
  Connect();
  Tick();
  EXPECT_TRUE(Eventually([&] { return demand() == wanted; }));
  ingest_.Kill();
  EXPECT_TRUE(Eventually([&] { return demand() == Demand(); }));
}

TEST_F(PushStreamTest, ADemandThatCannotBeIsOverlooked) {
  ingest_.Behave([](IngestBehaviour* behaviour) {
    behaviour->demand.mutable_sample_interval()->set_nanos(2'000'000'000);
  });
  Connect();
  Tick();
  ASSERT_TRUE(Arrived(1));
  EXPECT_EQ(demand(), Demand());
}

TEST_F(PushStreamTest, WhatWasMeasuredInBetweenGoesOnceAndIsNotKept) {
  const auto sample = [&](int second) {
    return InterimSample{.frames = {FrameAt(second, schema_)}, .processes = TableOf({{.pid = 7}})};
  };
  Connect();
  push_->SendInterim(sample(1));  // nobody is there yet
  Tick();
  ASSERT_TRUE(Arrived(1));
  push_->SendInterim(sample(2));
  ASSERT_TRUE(ingest_.WaitUntil([&] { return ingest_.interim().size() == 1; }));
  const v1::InterimSample& seen = ingest_.interim()[0];
  EXPECT_EQ(seen.schemas_size(), 0) << "the batch before had it";
  EXPECT_EQ(seen.frames(0).sample_time().seconds(), 2);
  EXPECT_EQ(seen.process_table().processes(0).pid(), 7);
  EXPECT_TRUE(Eventually([&] { return buffer_.Stats().batches == 0; }));
}

TEST_F(PushStreamTest, ASampleInBetweenThatIsRefusedCostsNoBatch) {
  ingest_.Behave([](IngestBehaviour* behaviour) {
    behaviour->acknowledge = false;
    behaviour->refuse_interim = true;
  });
  Connect();
  Tick();
  ASSERT_TRUE(Arrived(1));
  push_->SendInterim({.frames = {FrameAt(2, schema_)}});
  ASSERT_TRUE(Greeted(2));
  ingest_.Behave([](IngestBehaviour* behaviour) { behaviour->acknowledge = true; });
  push_->SendInterim({.frames = {FrameAt(3, schema_)}});
  Tick();
  ASSERT_TRUE(Arrived(2));
  EXPECT_TRUE(Eventually([&] { return buffer_.Stats().batches == 0; }));
  EXPECT_EQ(ingest_.CountOf(1), 2) << "it came again";
  EXPECT_EQ(ingest_.interim().size(), 1u) << "none is sent any more";
  EXPECT_EQ(ingest_.hellos().size(), 2u);
}

TEST_F(PushStreamTest, SaysWhoSpeaksThenSendsInOrder) {
  Connect();
  Tick();
  ASSERT_TRUE(Arrived(1));  // from here on the stream stands
  Tick(2);
  ASSERT_TRUE(Arrived(3));
  ASSERT_EQ(ingest_.hellos().size(), 1u);
  EXPECT_EQ(ingest_.hellos()[0].host().name(), "hosts/web-1");
  EXPECT_EQ(ingest_.hellos()[0].session_id(), "s1");
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(ingest_.batches()[i].sequence(), static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(ingest_.batches()[i].schemas_size(), i == 0 ? 1 : 0);
    EXPECT_EQ(ingest_.batches()[i].frames(0).host(), "hosts/web-1");
  }
}

TEST_F(PushStreamTest, WhatIsAcknowledgedIsForgotten) {
  Connect();
  Tick(3);
  ASSERT_TRUE(Arrived(3));
  EXPECT_TRUE(push_->Flush(absl::Seconds(10)));
  EXPECT_EQ(buffer_.Stats().batches, 0);
  EXPECT_TRUE(ingest_.WaitUntil([&] { return ingest_.half_closes() == 1; }));
}

TEST_F(PushStreamTest, NothingIsLostWhenTheServiceIsKilledAndComesBack) {
  ingest_.Behave([](IngestBehaviour* behaviour) { behaviour->acknowledge = false; });
  Connect();
  Tick(3);
  ASSERT_TRUE(Arrived(3));
  ingest_.Kill();
  Tick(3);
  ingest_.Behave([](IngestBehaviour* behaviour) { behaviour->acknowledge = true; });
  ingest_.Start();
  const auto back = Clock::now();
  ASSERT_TRUE(Arrived(6));
  EXPECT_LT(Clock::now() - back, std::chrono::seconds(3));
  EXPECT_EQ(push_->reconnects(), 1);
  EXPECT_EQ(ingest_.CountOf(1), 2);
  // The newest goes first. The schema is new to the second stream, so it goes along again.
  const v1::FrameBatch& first = ingest_.batches()[3];
  EXPECT_EQ(first.frames(0).sample_time().seconds(), 6);
  EXPECT_EQ(first.schemas_size(), 1);
  EXPECT_FALSE(first.late());
  for (std::size_t i = 4; i < 9; ++i) {
    EXPECT_EQ(ingest_.batches()[i].frames(0).sample_time().seconds(), static_cast<int>(i) - 3);
    EXPECT_GT(ingest_.batches()[i].sequence(), ingest_.batches()[i - 1].sequence());
    EXPECT_TRUE(ingest_.batches()[i].late());
  }
  EXPECT_EQ(ingest_.hellos()[1].session_id(), "s1");
}

TEST_F(PushStreamTest, WaitsGrowUntilAStreamHasStoodForAMinute) {
  // The second wait in a row would be three hours.
  const BackoffOptions steep{
      .initial = absl::Milliseconds(10), .max = absl::Hours(3), .multiplier = 1e9};
  Connect(absl::Milliseconds(20), steep, [] { return 0.99; });
  for (int restart = 1; restart <= 3; ++restart) {
    Tick();
    ASSERT_TRUE(Arrived(restart));
    clock_.Advance(PushStream::kStable);
    ingest_.Kill();
    ingest_.Start();
    ASSERT_TRUE(Greeted(static_cast<std::size_t>(restart) + 1)) << restart;
  }
}

TEST_F(PushStreamTest, WaitsForAServiceThatIsNotThereYetAndSaysItOnce) {
  ingest_.Kill();
  ::testing::internal::CaptureStderr();
  Connect();
  Tick(5);
  ASSERT_TRUE(FoundNobody());
  ingest_.Start();
  ASSERT_TRUE(Arrived(5));
  push_.reset();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("cannot reach syspulsed at " + ingest_.address()));
  EXPECT_THAT(log, HasSubstr("; keeping samples in memory until it is back"));
  EXPECT_THAT(log, HasSubstr("connected to syspulsed 9.9.9"));
  EXPECT_THAT(log, HasSubstr("samples that were waiting: 5"));
  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
}

TEST_F(PushStreamTest, SaysThatSamplesGoToTheSpoolToo) {
  ingest_.Kill();
  spool_dir_ = "/var/spool/syspulse";
  ::testing::internal::CaptureStderr();
  Connect();
  ASSERT_TRUE(FoundNobody());
  ingest_.Start();
  ASSERT_TRUE(Greeted(1));
  push_.reset();
  EXPECT_THAT(
      ::testing::internal::GetCapturedStderr(),
      HasSubstr("; keeping samples in memory, then in /var/spool/syspulse, until it is back"));
}

TEST_F(PushStreamTest, WithheldAcknowledgementsKeepEverythingWithinTheBuffer) {
  ingest_.Behave([](IngestBehaviour* behaviour) { behaviour->acknowledge = false; });
  Connect();
  Tick();
  ASSERT_TRUE(Arrived(1));
  for (int second = 2; second <= 100; ++second) {
    Tick();
    ASSERT_TRUE(Arrived(second));
  }
  EXPECT_EQ(buffer_.Stats().batches, 100);
  EXPECT_FALSE(push_->Flush(absl::Milliseconds(10)));
}

TEST_F(PushStreamTest, ServiceThatHangsCostsNothingAndIsCaughtUpWith) {
  ingest_.Behave([](IngestBehaviour* behaviour) { behaviour->read = false; });
  Connect();
  ASSERT_TRUE(Greeted(1));
  Tick(500);
  EXPECT_EQ(buffer_.Stats().batches, 500);
  ingest_.Behave([](IngestBehaviour* behaviour) { behaviour->read = true; });
  // What is late comes beside what is new.
  bool all = false;
  for (int more = 501; more < 2000 && !all; ++more) {
    Tick();
    ASSERT_TRUE(ingest_.WaitUntil([&] {
      all = ingest_.HasAllUpTo(500);
      return ingest_.CountOf(more) == 1;
    }));
  }
  EXPECT_TRUE(all);
  EXPECT_EQ(ingest_.hellos().size(), 1u);
}

TEST_F(PushStreamTest, RefusedBatchIsDroppedAloneAndTheRestGoesOn) {
  // Acknowledgements that lag behind leave several suspects.
  ingest_.Behave([](IngestBehaviour* behaviour) {
    behaviour->acknowledge_each = 100;
    behaviour->refuse_seconds = {4};
  });
  Tick(6);
  ::testing::internal::CaptureStderr();
  Connect();
  ASSERT_TRUE(ingest_.WaitUntil([&] { return ingest_.CountOf(4) == 1; }));
  ingest_.Behave([](IngestBehaviour* behaviour) { behaviour->acknowledge_each = 1; });
  ASSERT_TRUE(Arrived(6));
  EXPECT_TRUE(push_->Flush(absl::Seconds(10)));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("refused 1 frames, which are dropped: a value too many"));
  EXPECT_EQ(buffer_.Stats().dropped_frames, 1);
}

TEST_F(PushStreamTest, TooLargeBatchIsDroppedToo) {
  ingest_.Behave([](IngestBehaviour* behaviour) {
    behaviour->refuse_seconds = {1};
    behaviour->refusal = {grpc::StatusCode::RESOURCE_EXHAUSTED,
                          "Received message larger than max (5 vs. 4)"};
  });
  Connect();
  Tick(2);
  ASSERT_TRUE(Arrived(2));
  EXPECT_TRUE(Eventually([&] { return buffer_.Stats().dropped_frames == 1; }));
}

TEST_F(PushStreamTest, TakenNameIsSaidOnceAndTriedAgainSlowly) {
  ingest_.Behave([](IngestBehaviour* behaviour) {
    behaviour->refuse_hello = {grpc::StatusCode::ALREADY_EXISTS, "give it another --host-id"};
  });
  ::testing::internal::CaptureStderr();
  Connect(absl::Milliseconds(20));
  Tick();
  ASSERT_TRUE(Greeted(4));
  ingest_.Behave([](IngestBehaviour* behaviour) { behaviour->refuse_hello = {}; });
  ASSERT_TRUE(Arrived(1));
  push_.reset();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("this agent cannot push as hosts/web-1"));
  EXPECT_THAT(log, HasSubstr("--host-id"));
  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
  EXPECT_EQ(buffer_.Stats().dropped_frames, 0);
}

TEST_F(PushStreamTest, RefusedHelloDropsNoBatch) {
  ingest_.Behave([](IngestBehaviour* behaviour) {
    behaviour->refuse_hello = {grpc::StatusCode::INVALID_ARGUMENT, "no such interval"};
  });
  Connect();
  Tick(3);
  ASSERT_TRUE(Greeted(3));
  EXPECT_EQ(buffer_.Stats().batches, 3);
  EXPECT_EQ(buffer_.Stats().dropped_frames, 0);
}

TEST_F(PushStreamTest, StopDoesNotWaitForARefusalToPass) {
  ingest_.Behave([](IngestBehaviour* behaviour) {
    behaviour->refuse_hello = {grpc::StatusCode::PERMISSION_DENIED, "no key"};
  });
  Connect(absl::Hours(1));
  ASSERT_TRUE(Greeted(1));
  Tick();
  const auto start = Clock::now();
  EXPECT_FALSE(push_->Flush(absl::Seconds(2)));
  push_.reset();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(1));
}

TEST_F(PushStreamTest, FlushDoesNotWaitForAServiceThatIsNotThere) {
  ingest_.Kill();
  Connect();
  Tick();
  const auto start = Clock::now();
  EXPECT_FALSE(push_->Flush(absl::Seconds(2)));
  push_.reset();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(1));
}

TEST_F(PushStreamTest, OrderlyEndIsNotALoss) {
  Connect();
  Tick();
  ASSERT_TRUE(Arrived(1));
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(push_->Flush(absl::Seconds(10)));
  push_.reset();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), Not(HasSubstr("keeping samples")));
}

}  // namespace
}  // namespace syspulse
