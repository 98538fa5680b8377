#include "services/agent/footprint.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "tests/services/agent/frames.h"

namespace syspulse {
namespace {

TEST(ForgetTheStart, CodeAndConstantsComeBackAndWhatWasWrittenStays) {
  const std::string text = "a constant, and now on the heap";
  auto frame = FrameAt(7);
  ForgetTheStart();
  EXPECT_EQ(text, "a constant, and now on the heap");
  EXPECT_EQ(frame->time, absl::FromUnixSeconds(7));
  EXPECT_EQ(GaugeSchema("load")->families()[0].name, "load");
  std::string told;
  std::jthread([&] { told = "threads start"; }).join();
  EXPECT_EQ(told, "threads start");
}

}  // namespace
}  // namespace syspulse
