// Series that end: their source goes on without them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <memory>
#include <string>
#include <vector>

#include "services/model/target.h"
#include "services/store/succession.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FramePtr Containers(int second, const std::vector<std::string>& names) {
  std::vector<Sample> samples;
  for (const std::string& name : names) samples.push_back({"up", {{"name", name}}, double(second)});
  return FrameOf("a", "containers", At(second), samples);
}

class SeriesEndTest : public StoreTest {
 protected:
  // Samples of a container as text: `5` for one of second 5, `end 6` where it ended.
  std::vector<std::string> Of(const std::string& container, MillisRange range = kEver) {
    Selection selection = store->Select({Matcher(kEqual, "name", container)}, range);
    std::vector<std::string> texts;
    EXPECT_LE(selection.size(), 1u);
    if (selection.size() == 0) return texts;
    const auto samples = selection.Read(0);
    EXPECT_THAT(samples, IsOk());
    for (std::size_t i = 0; samples.ok() && i < samples->values.size(); ++i) {
      const std::int64_t second = (samples->times_ms[i] - kStart) / 1000;
      const bool is_end = std::bit_cast<std::uint64_t>(samples->values[i]) == kEndBits;
      texts.push_back(absl::StrFormat("%s%d", is_end ? "end " : "", second));
    }
    return texts;
  }
};

TEST_F(SeriesEndTest, ASeriesEndsAtTheFirstRowWithoutIt) {
  Open();
  AppendAndWait(Containers(0, {"web", "db"}));
  AppendAndWait(Containers(1, {"web", "db"}));
  AppendAndWait(Containers(2, {"db"}));
  AppendAndWait(Containers(3, {"db"}));
  EXPECT_THAT(Of("web"), ElementsAre("0", "1", "end 2"));
  EXPECT_THAT(Of("db"), ElementsAre("0", "1", "2", "3"));
}

TEST_F(SeriesEndTest, WhoPushesToACustomSourceEndsNothingOfOthers) {
  Open();
  const auto push = [this](int second, const std::string& name) {
    AppendAndWait(
        FrameOf("a", "custom/push", At(second), {{"up", {{"name", name}}, 1.0 * second}}));
  };
  push(0, "web");
  push(1, "db");
  push(2, "web");
  push(3, "db");
  AppendAndWait(Containers(4, {"else"}));  // an agent's source beside it
  AppendAndWait(Containers(5, {"db"}));
  EXPECT_THAT(Of("web"), ElementsAre("0", "2"));
  EXPECT_THAT(Of("db"), ElementsAre("1", "3", "5"));
  EXPECT_THAT(Of("else"), ElementsAre("4", "end 5"));
  Reopen();
  EXPECT_THAT(Of("web"), ElementsAre("0", "2"));
}

TEST_F(SeriesEndTest, ItHoldsInBlocksAndRightAfterAStart) {
  Open();
  AppendAndWait(Containers(0, {"web", "db"}));
  CrashAndReopen();
  AppendAndWait(Containers(2, {"db"}));
  EXPECT_THAT(Of("web"), ElementsAre("0", "end 2"));
  Reopen();
  EXPECT_THAT(Of("web"), ElementsAre("0", "end 2"));
  CrashAndReopen();
  EXPECT_THAT(Of("web"), ElementsAre("0", "end 2"));
}

TEST_F(SeriesEndTest, ASeriesMayEndAgainAndAgain) {
  Open();
  for (int second = 0; second < 8; ++second) {
    AppendAndWait(second % 3 == 2 ? Containers(second, {"db"}) : Containers(second, {"web", "db"}));
    if (second == 4) Reopen();
  }
  EXPECT_THAT(Of("web"), ElementsAre("0", "1", "end 2", "3", "4", "end 5", "6", "7"));
  EXPECT_THAT(Of("db"), ElementsAre("0", "1", "2", "3", "4", "5", "6", "7"));
}

TEST_F(SeriesEndTest, RowsThatComeLateMoveTheEnd) {
  Open();
  AppendAndWait(Containers(0, {"web"}));
  AppendAndWait(Containers(9, {"db"}));
  EXPECT_THAT(Of("web"), ElementsAre("0", "end 9"));
  AppendAndWait(Containers(5, {"db"}));
  EXPECT_THAT(Of("web"), ElementsAre("0", "end 5"));
  AppendAndWait(Containers(4, {"web"}));
  Reopen();
  EXPECT_THAT(Of("web"), ElementsAre("0", "4", "end 5"));
}

TEST_F(SeriesEndTest, AnEndBelongsToTheRangeThatItIsIn) {
  Open();
  AppendAndWait(Containers(0, {"web"}));
  AppendAndWait(Containers(5, {"db"}));
  const auto within = [](int first, int last) {
    return MillisRange{.first_ms = kStart + first * 1000, .last_ms = kStart + last * 1000};
  };
  EXPECT_THAT(Of("web", within(0, 4)), ElementsAre("0"));
  EXPECT_THAT(Of("web", within(0, 5)), ElementsAre("0", "end 5"));
  EXPECT_THAT(Of("web", within(1, 9)), IsEmpty());
}

TEST_F(SeriesEndTest, WhoReadsPartByPartSeesTheEndsToo) {
  Open();
  for (int second = 0; second < 12; ++second) {
    AppendAndWait(second % 4 == 3 ? Containers(second, {"db"}) : Containers(second, {"web"}));
    if (second % 4 == 2) Reopen();
  }
  Selection selection = store->Select({Matcher(kEqual, "name", "web")}, kEver);
  ASSERT_EQ(selection.size(), 1u);
  std::size_t samples = 0;
  std::vector<std::int64_t> ends;
  const std::vector<MillisRange> slices = selection.Slices(0, 1);
  EXPECT_EQ(slices.size(), 3u);
  for (const MillisRange& slice : slices) {
    const auto read = selection.Read(0, slice);
    ASSERT_THAT(read, IsOk());
    for (std::size_t i = 0; i < read->values.size(); ++i) {
      if (std::bit_cast<std::uint64_t>(read->values[i]) == kEndBits) {
        ends.push_back((read->times_ms[i] - kStart) / 1000);
      } else {
        ++samples;
      }
    }
  }
  EXPECT_EQ(samples, 9u);
  EXPECT_THAT(ends, ElementsAre(3, 7, 11));
}

TEST_F(SeriesEndTest, ASourceThatFallsSilentEndsNothing) {
  Open();
  AppendAndWait(Containers(0, {"web"}));
  AppendAndWait(GaugeFrame("a", "system", At(5), {1}));
  AppendAndWait(GaugeFrame("b", "containers", At(5), {1}));
  EXPECT_THAT(Of("web"), ElementsAre("0"));
}

TEST_F(SeriesEndTest, PartsOfRowsEndOnlyWhatTheySay) {
  Open();
  const auto part = [](int second, const std::string& name, double value) {
    Frame frame =
        *FrameOf(TargetHostId({"node", "a"}), "1", At(second), {{"up", {{"name", name}}, value}});
    frame.part = true;
    return std::make_shared<const Frame>(std::move(frame));
  };
  AppendAndWait(part(0, "web", 1));
  AppendAndWait(part(1, "db", 1));
  EXPECT_THAT(Of("web"), ElementsAre("0"));
  AppendAndWait(part(2, "web", std::bit_cast<double>(kEndBits)));
  EXPECT_THAT(Of("web"), ElementsAre("0", "end 2"));
  Reopen();
  EXPECT_THAT(Of("web"), ElementsAre("0", "end 2"));
}

TEST_F(SeriesEndTest, ASampleFromElsewhereIsNoEnd) {
  Open();
  store->SetHostLabels("a", {{"instance", "a"}, {"job", "node"}});
  AppendAndWait(Containers(0, {"web"}));
  AppendAndWait(Containers(2, {"db"}));
  Frame other = *FrameOf(TargetHostId({"node", "a"}), "1", At(2), {{"up", {{"name", "web"}}, 7}});
  other.part = true;
  AppendAndWait(std::make_shared<const Frame>(std::move(other)));
  EXPECT_THAT(Of("web"), ElementsAre("0", "2"));
}

TEST_F(SeriesEndTest, DamagedTimesCostOnlyTheEnds) {
  Open();
  AppendAndWait(Containers(0, {"web"}));
  AppendAndWait(Containers(2, {"db"}));
  AppendAndWait(Containers(4, {"web"}));
  store.reset();
  const std::string path = "/d/0000000001-0000000001.block";
  const std::string whole = disk.Contents(path);
  for (std::size_t place = 8; place < whole.size() / 2; ++place) {
    std::string bytes = whole;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x20);
    disk.SetContents(path, bytes);
    Open();
    for (const std::string& text : Of("web")) {
      EXPECT_TRUE(text == "0" || text == "4" || text == "end 2") << place << ": " << text;
    }
    store.reset();
    static_cast<void>(disk.Remove(path + ".damaged"));
  }
}

}  // namespace
}  // namespace syspulse
