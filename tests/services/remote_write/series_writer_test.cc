#include "services/remote_write/series_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/store/merged_rows.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/write_request.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::int64_t kNow = 1'700'000'000'000;  // of the fake clock

TestLabels Named(const std::string& name, const std::string& instance = "a",
                 const TestLabels& more = {}) {
  TestLabels labels = {{"__name__", name}, {"instance", instance}, {"job", "node"}};
  labels.insert(labels.end(), more.begin(), more.end());
  return labels;
}

class SeriesWriterTest : public ::testing::Test {
 protected:
  WrittenParts Take(const TestWrite& write) {
    auto parts = writer.Take(write.Body());
    EXPECT_THAT(parts, IsOk());
    return parts.ok() ? *std::move(parts) : WrittenParts();
  }

  // The samples of frames, as text: host, series, seconds from now and value.
  static std::multimap<std::string, double> Samples(const WrittenParts& parts) {
    std::multimap<std::string, double> samples;
    for (const FramePtr& frame : parts.frames) {
      EXPECT_TRUE(frame->part);
      EXPECT_EQ(frame->outcome, parts.outcome);
      EXPECT_EQ(frame->values.size(), frame->schema->series().size());
      for (std::size_t i = 0; i < frame->values.size(); ++i) {
        if (IsAbsent(frame->values[i])) continue;
        const Series& series = frame->schema->series()[i];
        const MetricFamily& family = frame->schema->families()[std::size_t(series.family)];
        std::string text = frame->host + " " + family.name;
        for (std::size_t j = 0; j < family.label_names.size(); ++j) {
          text += " " + family.label_names[j] + "=" + series.label_values[j];
        }
        text += absl::StrFormat(" %d", (absl::ToUnixMillis(frame->time) - kNow) / 1000);
        samples.emplace(text, frame->values[i]);
      }
    }
    return samples;
  }

  // How many values the rows of frames have room for.
  static std::size_t Cells(const WrittenParts& parts) {
    std::size_t cells = 0;
    for (const FramePtr& frame : parts.frames) cells += frame->values.size();
    return cells;
  }

  // So many samples, the newest first.
  static std::vector<WrittenSample> EachMillisecond(int count) {
    std::vector<WrittenSample> samples;
    for (int i = 0; i < count; ++i) samples.push_back({1, kNow - i});
    return samples;
  }

  FakeClock clock{absl::FromUnixMillis(kNow)};
  MetadataBook metadata;
  SeriesWriterOptions options{.max_series = 10'000, .seed = 42};
  SeriesWriter writer{options, &clock, &metadata};
};

TEST_F(SeriesWriterTest, SamplesOfOneInstantAreOnePartOfARow) {
  const WrittenParts parts = Take(TestWrite()
                                      .Series(Named("up"), {{1, kNow}})
                                      .Series(Named("load", "a", {{"mode", "x"}}), {{2, kNow}})
                                      .Series(Named("load", "a", {{"zone", "y"}}), {{3, kNow}}));
  EXPECT_THAT(parts.frames, SizeIs(1));
  EXPECT_EQ(parts.samples, 3);
  EXPECT_EQ(parts.refusal, "");
  EXPECT_THAT(Samples(parts), UnorderedElementsAre(Pair("~4:nodea up 0", 1),
                                                   Pair("~4:nodea load mode=x zone= 0", 2),
                                                   Pair("~4:nodea load mode= zone=y 0", 3)));
}

TEST_F(SeriesWriterTest, EachTargetIsAHostOfItsOwn) {
  const WrittenParts parts = Take(TestWrite()
                                      .Series(Named("up", "a"), {{1, kNow}})
                                      .Series(Named("up", "b"), {{2, kNow}})
                                      .Series({{"__name__", "x"}, {"a", "1"}}, {{3, kNow}}));
  EXPECT_THAT(Samples(parts),
              UnorderedElementsAre(Pair("~4:nodea up 0", 1), Pair("~4:nodeb up 0", 2),
                                   Pair("~0: x a=1 0", 3)));
}

TEST_F(SeriesWriterTest, AnInstanceThatIsTooLongForAHostStaysALabel) {
  const std::string instance(1000, 'i');
  const WrittenParts parts = Take(TestWrite().Series(Named("up", instance), {{1, kNow}}));
  EXPECT_THAT(Samples(parts), ElementsAre(Pair("~0: up instance=" + instance + " job=node 0", 1)));
}

TEST_F(SeriesWriterTest, ASeriesKeepsItsColumn) {
  const WrittenParts first =
      Take(TestWrite().Series(Named("a"), {{1, kNow}}).Series(Named("b"), {{2, kNow}}));
  const WrittenParts second = Take(
      TestWrite().Series(Named("b"), {{4, kNow + 1000}}).Series(Named("a"), {{3, kNow + 1000}}));
  ASSERT_THAT(second.frames, SizeIs(1));
  EXPECT_EQ(second.frames[0]->schema, first.frames[0]->schema);
  EXPECT_EQ(second.frames[0]->source, first.frames[0]->source);
  EXPECT_THAT(second.frames[0]->values, ElementsAre(3, 4));
}

TEST_F(SeriesWriterTest, PartsOfARowInTwoRequestsHaveOneSource) {
  const WrittenParts first = Take(TestWrite().Series(Named("a"), {{1, kNow}}));
  const WrittenParts second = Take(TestWrite().Series(Named("b"), {{2, kNow}}));
  const WrittenParts third = Take(TestWrite().Series(Named("a"), {{3, kNow + 1000}}));
  EXPECT_EQ(second.frames[0]->source, first.frames[0]->source);
  EXPECT_EQ(third.frames[0]->schema, second.frames[0]->schema);
  EXPECT_THAT(Samples(second), ElementsAre(Pair("~4:nodea b 0", 2)));
}

TEST_F(SeriesWriterTest, SeriesThatComeLaterDoNotDisturbThoseOfBefore) {
  TestWrite many;
  for (int i = 0; i < 300; ++i) many.Series(Named(absl::StrFormat("m%d", i)), {{1.0 * i, kNow}});
  const WrittenParts first = Take(many);
  ASSERT_THAT(first.frames, SizeIs(2));
  EXPECT_THAT(first.frames[0]->values, SizeIs(WrittenSource::kMostColumns));
  TestWrite next;
  for (int i = 0; i < 300; ++i) next.Series(Named(absl::StrFormat("m%d", i)), {{1, kNow + 1000}});
  next.Series(Named("new"), {{1, kNow + 1000}});
  const WrittenParts second = Take(next);
  ASSERT_THAT(second.frames, SizeIs(3));
  EXPECT_EQ(second.frames[0]->schema, first.frames[0]->schema);
  EXPECT_EQ(second.frames[1]->schema, first.frames[1]->schema);
  EXPECT_THAT(second.frames[2]->values, SizeIs(1));
}

TEST_F(SeriesWriterTest, ASeriesIsOneHoweverItsLabelsAreSpelled) {
  Take(TestWrite().Series({{"__name__", "up"}, {"a", "1"}, {"b", "2"}}, {{1, kNow}}));
  const WrittenParts parts =
      Take(TestWrite()
               .Series({{"b", "2"}, {"__name__", "up"}, {"c", ""}, {"a", "1"}}, {{1, kNow}})
               .Series({{"a", "1"}, {"b", "2"}, {"__name__", "up"}}, {{2, kNow + 1000}}));
  EXPECT_THAT(parts.frames, SizeIs(2));
  EXPECT_THAT(Samples(parts),
              UnorderedElementsAre(Pair("~0: up a=1 b=2 0", 1), Pair("~0: up a=1 b=2 1", 2)));
  EXPECT_EQ(writer.series(), 3U);  // spellings
}

TEST_F(SeriesWriterTest, SamplesOfManyTimesBecomeRows) {
  TestWrite write;
  for (int i = 0; i < 3; ++i) {
    std::vector<WrittenSample> samples;
    for (int second = 0; second < 5; ++second) samples.push_back({1.0 * i, kNow - second * 1000});
    write.Series(Named(absl::StrFormat("m%d", i)), samples);
  }
  const WrittenParts parts = Take(write);
  EXPECT_EQ(parts.samples, 15);
  EXPECT_EQ(Samples(parts).size(), 15U);
}

TEST_F(SeriesWriterTest, NansAreValuesAndStaleMarkersStay) {
  const double stale = std::bit_cast<double>(0x7ff0000000000002);
  const WrittenParts parts = Take(TestWrite()
                                      .Series(Named("a"), {{std::nan(""), kNow}})
                                      .Series(Named("b"), {{stale, kNow}})
                                      .Series(Named("c"), {{-std::nan("7"), kNow}}));
  std::vector<std::uint64_t> bits;
  for (const double value : parts.frames[0]->values) {
    bits.push_back(std::bit_cast<std::uint64_t>(value));
  }
  EXPECT_THAT(bits, ElementsAre(0x7ff8000000000001, 0x7ff0000000000002, 0x7ff8000000000001));
}

TEST_F(SeriesWriterTest, OfTwoValuesForATimeTheFirstCounts) {
  const WrittenParts parts =
      Take(TestWrite().Series(Named("a"), {{1, kNow}, {2, kNow}, {1, kNow}}));
  EXPECT_EQ(parts.samples, 2);
  EXPECT_EQ(parts.conflicting_samples, 1);
  EXPECT_THAT(parts.refusal, HasSubstr("} at 2023-11-14T22:13:20.000Z has another value in the "
                                       "same request, which counts as it came first"));
  EXPECT_THAT(Samples(parts), ElementsAre(Pair("~4:nodea a 0", 1)));
}

TEST_F(SeriesWriterTest, WhatCannotBeKeptCostsOnlyItself) {
  const std::int64_t year_9999 = 253'402'300'799'000;
  const WrittenParts parts = Take(TestWrite()
                                      .Series(Named("bad-name"), {{1, kNow}, {2, kNow + 1}})
                                      .Series(Named("a"), {{3, 0}, {4, kNow}, {5, year_9999}})
                                      .Series(Named("b"), {{6, kNow + 11 * 60'000}}));
  EXPECT_THAT(Samples(parts), ElementsAre(Pair("~4:nodea a 0", 4)));
  EXPECT_EQ(parts.invalid_samples, 2);
  EXPECT_EQ(parts.beyond_samples, 3);
  EXPECT_THAT(parts.refusal, HasSubstr("'bad-name' is not a metric name"));
  EXPECT_EQ(writer.series(), 1U);
}

TEST_F(SeriesWriterTest, TheFirstThatIsRefusedIsNamed) {
  const auto refusal = [this](const TestWrite& write) { return Take(write).refusal; };
  const auto a = Named("a");
  EXPECT_THAT(refusal(TestWrite().Series(Named("good"), {{1, kNow}}).Series(a, {{2, 1000}})),
              AllOf(HasSubstr("the sample of a{"), HasSubstr("job=\"node\""),
                    HasSubstr("} at 1970-01-01T00:00:01.000Z is older than what is kept")));
  EXPECT_THAT(refusal(TestWrite().Series(a, {{2, kNow + 3'600'000}})),
              AllOf(HasSubstr("the sample of a{"), HasSubstr("is from the future")));
  auto wrong = a;
  wrong.emplace_back("x-y", "1");
  EXPECT_THAT(refusal(TestWrite().Series(wrong, {{2, kNow}})),
              AllOf(HasSubstr("'x-y' is not a label name, in a{"), HasSubstr("x-y=\"1\"")));
}

TEST_F(SeriesWriterTest, SeriesBeyondTheLimitAreRefusedAndOthersGoOn) {
  SeriesWriter small({.max_series = 2}, &clock, &metadata);
  const TestWrite write = TestWrite()
                              .Series(Named("a"), {{1, kNow}})
                              .Series(Named("b"), {{2, kNow}})
                              .Series(Named("c"), {{3, kNow}});
  const auto parts = small.Take(write.Body());
  ASSERT_THAT(parts, IsOk());
  EXPECT_EQ(parts->samples, 2);
  EXPECT_EQ(parts->unplaced_samples, 1);
  EXPECT_THAT(parts->refusal, HasSubstr("there are 2 series already; new ones are refused (raise "
                                        "--remote-write-max-series), such as c{"));
}

TEST_F(SeriesWriterTest, ASeriesThatDoesNotComeForAnHourIsForgotten) {
  Take(TestWrite().Series(Named("a"), {{1, kNow}}).Series(Named("b"), {{1, kNow}}));
  for (int i = 0; i < 7; ++i) {
    clock.Advance(absl::Minutes(10));
    Take(TestWrite().Series(Named("a"), {{1, absl::ToUnixMillis(clock.Now())}}));
  }
  EXPECT_EQ(writer.series(), 1U);
  const std::int64_t now = absl::ToUnixMillis(clock.Now());
  const WrittenParts parts =
      Take(TestWrite().Series(Named("a"), {{2, now}}).Series(Named("b"), {{3, now}}));
  EXPECT_THAT(parts.frames, SizeIs(2));  // a series stands in a schema once
  EXPECT_EQ(parts.samples, 2);
}

TEST_F(SeriesWriterTest, SeriesThatPartedFindOtherPlaces) {
  TestWrite together;
  for (int i = 0; i < 8; ++i) together.Series(Named(absl::StrFormat("m%d", i)), {{1, kNow}});
  Take(together);
  std::size_t widest = 0;
  for (int second = 1; second < 100; ++second) {
    const WrittenParts parts = Take(
        TestWrite().Series(Named(absl::StrFormat("m%d", second % 8)), {{1, kNow + second * 1000}}));
    ASSERT_THAT(parts.frames, SizeIs(1));
    widest = parts.frames[0]->values.size();
  }
  EXPECT_EQ(widest, 1U);
}

TEST_F(SeriesWriterTest, SparseRowsOfOneRequestStayBounded) {
  TestWrite together;
  for (int i = 0; i < 250; ++i) together.Series(Named(absl::StrFormat("m%d", i)), {{1, kNow}});
  Take(together);
  TestWrite write;
  write.Series(Named("m7"), EachMillisecond(100'000));
  const WrittenParts parts = Take(write);
  EXPECT_EQ(parts.samples, 100'000);
  EXPECT_LT(Cells(parts), 4'000'000U);
}

// The first series leaves many rows open, which each further one would make wider.
TEST_F(SeriesWriterTest, ColumnsThatComeBehindManyRowsStayBounded) {
  TestWrite write;
  write.Series(Named("first"), EachMillisecond(100'000));
  for (int i = 0; i < 255; ++i) write.Series(Named(absl::StrFormat("m%d", i)), {{1, kNow}});
  const WrittenParts parts = Take(write);
  EXPECT_EQ(parts.samples, 100'255);
  EXPECT_LT(Cells(parts), 4'000'000U);
}

TEST_F(SeriesWriterTest, ARequestOfTooManyTimesIsKeptInPart) {
  TestWrite write;
  write.Series(Named("first"), EachMillisecond(500'010));
  write.Series(Named("second"), {{1, kNow}});
  const WrittenParts parts = Take(write);
  EXPECT_EQ(parts.samples, 500'001);
  EXPECT_EQ(parts.unplaced_samples, 10);
  EXPECT_THAT(parts.refusal, HasSubstr("too many different times"));
}

TEST_F(SeriesWriterTest, SeriesOfVeryDifferentLabelsCostNobodyAnything) {
  TestWrite write;
  for (int i = 0; i < 256; ++i) {
    TestLabels labels;
    for (int j = 0; j < 4; ++j) labels.push_back({absl::StrFormat("label_%d_%d", i, j), "x"});
    write.Series(Named("kube_pod_labels", "a", labels), {{double(i), kNow}});
  }
  const WrittenParts parts = Take(write);
  EXPECT_EQ(parts.samples, 256);
  EXPECT_EQ(parts.refused_samples(), 0);
  EXPECT_GT(parts.frames.size(), 1U);
  const WrittenParts again = Take(write);
  EXPECT_EQ(again.frames.size(), parts.frames.size()) << "each has its place";
}

TEST_F(SeriesWriterTest, ARequestThatIsNoneChangesNothing) {
  TestWrite write = TestWrite().Series(Named("a"), {{1, kNow}});
  write.Field(1, "\x0a\x7f");
  EXPECT_TRUE(absl::IsInvalidArgument(writer.Take(write.Body()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(writer.Take("no snappy at all").status()));
  const WrittenParts parts = Take(TestWrite().Series(Named("a"), {{2, kNow}}));
  EXPECT_THAT(Samples(parts), ElementsAre(Pair("~4:nodea a 0", 2)));
}

TEST_F(SeriesWriterTest, MetadataIsRememberedAndTheRestOverlooked) {
  std::string series = LabelFields(Named("a"));
  PutWireBytes(3, "exemplar", &series);
  PutWireBytes(4, "histogram", &series);
  const WrittenParts parts =
      Take(TestWrite().Metadata(1, "a_total", "Help.", "").Field(1, series).Field(9, "new"));
  EXPECT_THAT(metadata.All(), ElementsAre(Pair("a_total", MetricMeaning{"counter", "Help.", ""})));
  EXPECT_EQ(parts.exemplars, 1);
  EXPECT_EQ(parts.histograms, 1);
  EXPECT_THAT(parts.frames, IsEmpty());
}

}  // namespace
}  // namespace syspulse
