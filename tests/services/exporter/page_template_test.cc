#include "services/exporter/page_template.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>

#include "services/exporter/host_families.h"
#include "services/exporter/text_format.h"
#include "tests/testing/frames.h"

namespace syspulse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

const std::vector<FramePtr> kFrames = {
    FrameOf("a", "system", kNow,
            {{"load", {}, 0.25}, {"up", {{"cpu", "1"}}, 1}, {"zero", {}, -0.0}}),
    FrameOf("a", "other", kNow, {{"up", {{"cpu", "2"}}, 1e15}, {"up", {{"cpu", "1"}}, 7}})};

// The same frames a second later.
std::vector<FramePtr> With(std::vector<double> first, std::vector<double> second) {
  std::vector<FramePtr> frames;
  for (std::size_t i = 0; i < kFrames.size(); ++i) {
    auto frame = std::make_shared<Frame>(*kFrames[i]);
    frame->values = i == 0 ? first : second;
    frames.push_back(std::move(frame));
  }
  return frames;
}

std::string Rendered(const PageTemplate& page, const std::vector<FramePtr>& frames) {
  std::string text;
  page.Append(frames, &text);
  return text;
}

std::string Written(const std::vector<FramePtr>& frames) {
  std::string text;
  ForEachFamily({{.frames = frames}}, [&](const auto& family) { AppendFamily(family, &text); });
  return text;
}

TEST(PageTemplate, SaysWhatTheFamiliesSay) {
  const PageTemplate page(kFrames, {});
  EXPECT_EQ(Rendered(page, kFrames), Written(kFrames));
  const auto later = With({1e300, -3, 12345678}, {0.1, 9});
  ASSERT_TRUE(page.Fits(later));
  EXPECT_EQ(Rendered(page, later), Written(later));
}

TEST(PageTemplate, LeavesOutWhatWasNotMeasuredAndFamiliesWithoutAny) {
  const PageTemplate page(kFrames, {});
  const auto frames = With({kNaN, kNaN, 5}, {2, kNaN});
  EXPECT_EQ(Rendered(page, frames), Written(frames));
  EXPECT_EQ(Rendered(page, With({kNaN, kNaN, kNaN}, {kNaN, kNaN})), "");
}

TEST(PageTemplate, LeavesOutFamiliesThatThePageHas) {
  const PageTemplate page(kFrames, {"up"});
  const std::string text = Rendered(page, kFrames);
  EXPECT_EQ(text.find("up{"), text.npos);
  EXPECT_NE(text.find("load 0.25\n"), text.npos);
}

TEST(PageTemplate, FitsItsOwnSchemasOnly) {
  const PageTemplate page(kFrames, {});
  EXPECT_FALSE(page.Fits({kFrames[0]}));
  EXPECT_FALSE(page.Fits({kFrames[1], kFrames[0]}));
  EXPECT_FALSE(PageTemplate({}, {}).Fits(kFrames));
  EXPECT_EQ(Rendered(PageTemplate({}, {}), {}), "");
}

}  // namespace
}  // namespace syspulse
