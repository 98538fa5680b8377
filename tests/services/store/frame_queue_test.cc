// Who waits for frames, and what ends the waiting.
#include "services/store/frame_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stop_token>
#include <thread>

#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

const absl::Duration kForever = absl::Hours(1);

FramePtr OneFrame() { return GaugeFrame("a", "system", absl::FromUnixSeconds(1), {1}); }

TEST(FrameQueue, TheFirstFrameEndsAWaitForOne) {
  FrameQueue queue(1 << 20);
  auto batch =
      std::async(std::launch::async, [&] { return queue.Take(kForever, std::stop_token()); });
  ASSERT_THAT(queue.Push(OneFrame()), IsOk());
  EXPECT_EQ(batch.get().last_ticket, 1U);
}

TEST(FrameQueue, GatheringEndsBeforeThereIsNoRoom) {
  FrameQueue queue(1 << 16);
  std::stop_source stop;
  auto gathered = std::async(std::launch::async, [&] { queue.Gather(kForever, stop.get_token()); });
  while (gathered.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    // Refused, with a failure here, if nobody hears of what waits.
    if (const auto ticket = queue.Push(OneFrame()); !ticket.ok()) {
      EXPECT_EQ(gathered.wait_for(std::chrono::seconds(20)), std::future_status::ready);
      break;
    }
    std::this_thread::yield();
  }
  stop.request_stop();
  const FrameQueue::Batch batch = queue.Take(absl::ZeroDuration(), std::stop_token());
  EXPECT_GE(batch.frames.size(), 2U);
  EXPECT_EQ(batch.last_ticket, batch.frames.size());
}

}  // namespace
}  // namespace syspulse
