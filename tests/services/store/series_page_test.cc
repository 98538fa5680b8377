#include "services/store/series_page.h"

#include <algorithm>
#include <set>

#include "services/store/merged_rows.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Labels = std::vector<std::pair<std::string, std::string>>;
using Selectors = std::vector<std::vector<LabelMatcher>>;

class SeriesPageTest : public StoreTest {
 protected:
  std::vector<ListedSeries> Page(const Selectors& selectors, const SeriesPosition& after,
                                 std::size_t most, MillisRange range = kEver) {
    const auto page = ListSeriesBehind(store->View(), {.selectors = selectors, .range = range},
                                       after, most, [] { return absl::OkStatus(); });
    EXPECT_THAT(page, IsOk());
    return page.value_or(std::vector<ListedSeries>());
  }

  // All series, page by page.
  std::vector<Labels> Pages(const Selectors& selectors, std::size_t size,
                            MillisRange range = kEver) {
    std::vector<Labels> all;
    SeriesPosition after;
    while (true) {
      const std::vector<ListedSeries> page = Page(selectors, after, size, range);
      EXPECT_LE(page.size(), size);
      for (const ListedSeries& series : page) all.push_back(series.labels);
      if (page.size() < size) return all;
      EXPECT_LT(after, page.back().position);
      const auto next = ParseSeriesPosition(ToText(page.back().position));
      EXPECT_THAT(next, IsOk());
      EXPECT_EQ(*next, page.back().position);
      after = *next;
    }
  }

  // What selections hold, each label set once.
  std::set<Labels> Selected(const Selectors& selectors, MillisRange range = kEver) {
    std::set<Labels> all;
    for (const std::vector<LabelMatcher>& selector : selectors) {
      const Selection selection = store->Select(selector, range);
      for (std::size_t i = 0; i < selection.size(); ++i) {
        const LabelViews views = selection.labels(i);
        all.emplace(views.begin(), views.end());
      }
    }
    return all;
  }

  // Hosts with series in common, two of which are called the same, in blocks and in the head; one
  // source has changed its schema.
  void FillWithAllKinds() {
    Open();
    store->SetHostLabels("h1", {{"instance", "one"}, {"job", "syspulse"}});
    store->SetHostLabels("h2", {{"instance", "one"}, {"job", "syspulse"}});
    store->SetHostLabels("h3", {{"instance", "a"}, {"job", "syspulse"}, {"Zone", "z"}});
    for (const char* host : {"h1", "h2", "h3", "h4"}) {
      std::vector<Sample> samples = {{"up", {}, 1}};
      for (int i = 0; i < 4; ++i) {
        samples.push_back({"load", {{"cpu", std::to_string(i)}, {"job", "own"}}, 1});
        samples.push_back({"Big", {{"B", i % 2 == 0 ? "" : "x"}, {"n", std::to_string(i)}}, 1});
      }
      AppendAndWait(FrameOf(host, "system", At(0), samples));
    }
    Reopen();
    AppendAndWait(FrameOf("h1", "system", At(9), {{"up", {}, 1}, {"down", {}, 0}}));
    AppendAndWait(FrameOf("h5", "other", At(9), {{"load", {{"cpu", "9"}, {"job", "own"}}, 1}}));
  }
};

TEST_F(SeriesPageTest, PagesOfAnySizeHoldWhatASelectionHolds) {
  FillWithAllKinds();
  const std::vector<Selectors> queries = {
      {{}},
      {{Matcher(kEqual, "__name__", "load")}},
      {{Matcher(kEqual, "__name__", "load")}, {Matcher(LabelMatcher::Kind::kRegex, "cpu", "[12]")}},
      {{Matcher(kEqual, "instance", "one")}},
      {{Matcher(kEqual, "B", "")}, {Matcher(kEqual, "exported_job", "own")}},
      {{Matcher(kEqual, "Zone", "z"), Matcher(LabelMatcher::Kind::kNotEqual, "n", "0")}},
      {{Matcher(kEqual, "__name__", "none")}},
  };
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::set<Labels> expected = Selected(queries[i]);
    const std::vector<Labels> whole = Pages(queries[i], 1'000'000);
    EXPECT_EQ(std::set<Labels>(whole.begin(), whole.end()), expected) << i;
    EXPECT_EQ(whole.size(), expected.size()) << i;
    for (const std::size_t size : {1, 2, 3, 7, 40}) EXPECT_EQ(Pages(queries[i], size), whole) << i;
  }
  EXPECT_EQ(Selected(queries[0]).size(), 4 * 9 - 9 + 2);
}

TEST_F(SeriesPageTest, SeriesComeByNameThenHostThenLabels) {
  FillWithAllKinds();
  std::vector<std::string> order;
  for (const ListedSeries& series : Page({{Matcher(kEqual, "cpu", "0")},
                                          {Matcher(kEqual, "__name__", "up")},
                                          {Matcher(kEqual, "cpu", "1")}},
                                         {}, 100)) {
    std::string text;
    for (const auto& [name, value] : series.labels) {
      if (name == "__name__" || name == "instance" || name == "cpu") text += value + " ";
    }
    order.push_back(text);
  }
  EXPECT_THAT(order, ElementsAre("load 0 a ", "load 1 a ", "load 0 h4 ", "load 1 h4 ",
                                 "load 0 one ", "load 1 one ", "up a ", "up h4 ", "up one "));
}

TEST_F(SeriesPageTest, SeriesOutsideOfTheTimeAreLeftOut) {
  FillWithAllKinds();
  const MillisRange late{.first_ms = kStart + 5000, .last_ms = kStart + 10'000};
  const Selectors all = {{}};
  const std::vector<Labels> listed = Pages(all, 2, late);
  EXPECT_EQ(std::set<Labels>(listed.begin(), listed.end()), Selected(all, late));
  EXPECT_EQ(listed.size(), 3U);
}

TEST_F(SeriesPageTest, ACheckThatFailsEndsIt) {
  FillWithAllKinds();
  const Selectors all = {{}};
  const auto page = ListSeriesBehind(store->View(), {.selectors = all, .range = kEver}, {}, 100,
                                     [] { return absl::CancelledError("enough"); });
  EXPECT_THAT(page, StatusIs(absl::StatusCode::kCancelled, "enough"));
}

TEST(SeriesPosition, OnlyWhatWasMadeIsTaken) {
  for (const char* text : {"", "1", "1.", "1.1", "a.b.c", "3.0.ab", "1.2.ab", "-1.0.a",
                           "99999999999999999999.0.a", "1.18446744073709551615.ab"}) {
    EXPECT_THAT(ParseSeriesPosition(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("position")))
        << text;
  }
  EXPECT_EQ(ParseSeriesPosition("2.1.aaBc")->labels, "c");
}

}  // namespace
}  // namespace syspulse
