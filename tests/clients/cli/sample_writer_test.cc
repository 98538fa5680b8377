// Samples in the formats of others, and files that are whole or not there.
#include "clients/cli/transfer/sample_writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/output/series_text.h"
#include "clients/cli/transfer/output_file.h"
#include "clients/cli/transfer/progress.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const double kStale = std::bit_cast<double>(std::uint64_t{0x7ff0'0000'0000'0002});

v1::MatrixSeries SeriesOf(const std::map<std::string, std::string>& labels,
                          const std::vector<std::pair<std::int64_t, double>>& samples) {
  v1::MatrixSeries series;
  series.mutable_labels()->insert(labels.begin(), labels.end());
  for (const auto& [time_ms, value] : samples) {
    series.add_times_ms(time_ms);
    series.add_values(value);
  }
  return series;
}

std::string Written(SampleFormat format, const std::vector<v1::MatrixSeries>& all,
                    const FamiliesByName& families = {}) {
  StringSink sink;
  const auto writer = MakeSampleWriter(format, families, &sink);
  for (const v1::MatrixSeries& series : all) EXPECT_THAT(writer->Write(series), IsOk());
  EXPECT_THAT(writer->Finish(), IsOk());
  return sink.text();
}

v1::MetricFamily Family(const std::string& name, v1::MetricType type, const std::string& help) {
  v1::MetricFamily family;
  family.set_name(name);
  family.set_type(type);
  family.set_help(help);
  return family;
}

const std::vector<v1::MatrixSeries> kNumbers = {
    SeriesOf({{"__name__", "x"}}, {{1, 0.1},
                                   {2, -0.0},
                                   {3, 1e21},
                                   {4, kNan},
                                   {5, kInfinity},
                                   {6, -kInfinity},
                                   {7, kStale},
                                   {8, 5e-324},
                                   {9, 9007199254740993.0}})};

TEST(SampleWriter, NumbersReadBackAsTheSameAndEndMarksAreLeftOut) {
  EXPECT_EQ(Written(SampleFormat::kPrometheus, kNumbers),
            "x 0.1 1\nx -0 2\nx 1e+21 3\nx NaN 4\nx +Inf 5\nx -Inf 6\nx 5e-324 8\n"
            "x 9007199254740992 9\n");
  EXPECT_EQ(Written(SampleFormat::kJson, kNumbers),
            "{\"metric\":{\"__name__\":\"x\"},\"values\":[0.1,-0,1e+21,null,\"Infinity\","
            "\"-Infinity\",5e-324,9007199254740992],\"timestamps\":[1,2,3,4,5,6,8,9]}\n");
}

TEST(SampleWriter, OpenMetricsCountsSecondsAndEnds) {
  EXPECT_EQ(Written(SampleFormat::kOpenMetrics,
                    {SeriesOf({{"__name__", "x"}},
                              {{-1'500, 1}, {-7, 1}, {0, 1}, {1'700'000'000'050, 1}})}),
            "x 1 -1.500\nx 1 -0.007\nx 1 0\nx 1 1700000000.050\n# EOF\n");
  EXPECT_EQ(Written(SampleFormat::kOpenMetrics, {}), "# EOF\n");
}

TEST(SampleWriter, LabelsAreEscapedAsEachFormatWantsIt) {
  const std::vector<v1::MatrixSeries> all = {
      SeriesOf({{"__name__", "x"}, {"b", "a\"b\\c\nd\x01"}, {"a", "é"}}, {{1, 1}})};
  EXPECT_EQ(Written(SampleFormat::kPrometheus, all), "x{a=\"é\",b=\"a\\\"b\\\\c\\nd\x01\"} 1 1\n");
  EXPECT_EQ(Written(SampleFormat::kJson, all),
            "{\"metric\":{\"__name__\":\"x\",\"a\":\"é\",\"b\":\"a\\\"b\\\\c\\u000ad\\u0001\"},"
            "\"values\":[1],\"timestamps\":[1]}\n");
}

TEST(SampleWriter, TypesAreWrittenOnceForEachMetric) {
  const FamiliesByName families = {
      {"a_total", Family("a_total", v1::METRIC_TYPE_COUNTER, "Says \"a\".\nTwice.")},
      {"b", Family("b", v1::METRIC_TYPE_UNTYPED, "")}};
  const std::vector<v1::MatrixSeries> all = {
      SeriesOf({{"__name__", "a_total"}, {"i", "1"}}, {{1, 1}}),
      SeriesOf({{"__name__", "a_total"}, {"i", "2"}}, {{1, 1}}),
      SeriesOf({{"__name__", "b"}}, {{1, 1}})};
  EXPECT_EQ(Written(SampleFormat::kPrometheus, all, families),
            "# HELP a_total Says \"a\".\\nTwice.\n# TYPE a_total counter\na_total{i=\"1\"} 1 1\n"
            "a_total{i=\"2\"} 1 1\n# TYPE b untyped\nb 1 1\n");
  EXPECT_EQ(Written(SampleFormat::kOpenMetrics, all, families),
            "# HELP a Says \\\"a\\\".\\nTwice.\n# TYPE a counter\na_total{i=\"1\"} 1 0.001\n"
            "a_total{i=\"2\"} 1 0.001\n# TYPE b unknown\nb 1 0.001\n# EOF\n");
}

TEST(SampleWriter, WhatConsistsOfPartsIsDescribedOnce) {
  FamiliesByName families = {
      {"h_seconds", Family("h_seconds", v1::METRIC_TYPE_HISTOGRAM, "How long.")},
      {"s", Family("s", v1::METRIC_TYPE_SUMMARY, "")},
      {"build", Family("build", v1::METRIC_TYPE_INFO, "")}};
  families["h_seconds"].set_unit("seconds");
  std::vector<v1::MatrixSeries> all;
  for (const char* name : {"build_info", "h_seconds_bucket", "h_seconds_count", "h_seconds_sum",
                           "s", "s_bucket", "s_count", "s_sum"}) {
    all.push_back(SeriesOf({{"__name__", name}}, {{0, 1}}));
  }
  EXPECT_EQ(Written(SampleFormat::kOpenMetrics, all, families),
            "# TYPE build info\nbuild_info 1 0\n# HELP h_seconds How long.\n"
            "# TYPE h_seconds histogram\n# UNIT h_seconds seconds\nh_seconds_bucket 1 0\n"
            "h_seconds_count 1 0\nh_seconds_sum 1 0\n# TYPE s summary\ns 1 0\ns_bucket 1 0\n"
            "s_count 1 0\ns_sum 1 0\n# EOF\n");
  EXPECT_EQ(Written(SampleFormat::kPrometheus, all, families),
            "# TYPE build_info untyped\nbuild_info 1 0\n# HELP h_seconds How long.\n"
            "# TYPE h_seconds histogram\nh_seconds_bucket 1 0\nh_seconds_count 1 0\n"
            "h_seconds_sum 1 0\n# TYPE s summary\ns 1 0\ns_bucket 1 0\ns_count 1 0\ns_sum 1 0\n");
}

TEST(SampleWriter, ACounterThatOpenMetricsCannotNameIsOfUnknownType) {
  const FamiliesByName families = {
      {"a_bytes", Family("a_bytes", v1::METRIC_TYPE_GAUGE, "")},
      {"a_bytes_total", Family("a_bytes_total", v1::METRIC_TYPE_COUNTER, "")},
      {"c", Family("c", v1::METRIC_TYPE_COUNTER, "")}};
  EXPECT_EQ(Written(SampleFormat::kOpenMetrics,
                    {SeriesOf({{"__name__", "a_bytes"}}, {{0, 1}}),
                     SeriesOf({{"__name__", "a_bytes_total"}}, {{0, 1}}),
                     SeriesOf({{"__name__", "c"}}, {{0, 1}})},
                    families),
            "# TYPE a_bytes gauge\na_bytes 1 0\n# TYPE a_bytes_total unknown\na_bytes_total 1 0\n"
            "# TYPE c unknown\nc 1 0\n# EOF\n");
}

TEST(SampleWriter, CsvHasALineForEachSample) {
  EXPECT_EQ(Written(SampleFormat::kCsv,
                    {SeriesOf({{"__name__", "x"}, {"a", "b"}}, {{1'500, kNan}, {2'000, kStale}})}),
            "time,series,value\r\n1970-01-01T00:00:01.5Z,\"x{a=\"\"b\"\"}\",NaN\r\n");
}

TEST(SampleWriter, AFullDiskIsAnError) {
  FileSink full(open("/dev/full", O_WRONLY));
  const auto writer = MakeSampleWriter(SampleFormat::kJson, {}, &full);
  EXPECT_THAT(writer->Write(kNumbers.front()), IsOk());
  EXPECT_THAT(writer->Finish(),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("No space left on device")));
}

class OutputFileTest : public ::testing::Test {
 protected:
  OutputFileTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~OutputFileTest() override { std::filesystem::remove_all(folder_); }

  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      std::ifstream in(entry.path());
      files[entry.path().filename()] =
          std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return files;
  }

  const std::string folder_ = ::testing::TempDir() + "/output_file_" +
                              ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path_ = folder_ + "/a.om";
};

TEST_F(OutputFileTest, IsThereOnceItIsCommitted) {
  std::ofstream(path_) << "old";
  auto file = OutputFile::Create(path_);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Write("new"), IsOk());
  EXPECT_EQ(Files()["a.om"], "old");
  EXPECT_THAT((*file)->Commit(), IsOk());
  file->reset();
  EXPECT_THAT(Files(), ElementsAre(std::pair<const std::string, std::string>("a.om", "new")));
}

TEST_F(OutputFileTest, LeavesNothingIfItBreaksOff) {
  std::ofstream(path_) << "old";
  auto file = OutputFile::Create(path_);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Write("half"), IsOk());
  file->reset();
  EXPECT_THAT(Files(), ElementsAre(std::pair<const std::string, std::string>("a.om", "old")));
}

TEST_F(OutputFileTest, WritesDevicesAsTheyAreAndNamesThemWhereItCannot) {
  const auto full = OutputFile::Create("/dev/full");
  ASSERT_THAT(full, IsOk());
  EXPECT_FALSE((*full)->is_regular());
  EXPECT_THAT((*full)->Write("x"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                            HasSubstr("No space left on device (/dev/full)")));
  EXPECT_THAT(OutputFile::Create(folder_ + "/no/such"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/no/such")));
}

TEST(Progress, ShowsALineNowAndThenAndTakesItAway) {
  FakeClock clock;
  std::vector<std::string> shown;
  {
    Progress progress([&](std::string_view line) { shown.emplace_back(line); }, &clock);
    for (int i = 0; i < 10; ++i) {
      progress.Update([&] { return GroupedNumber(1'234'567 + i); });
      clock.Advance(absl::Milliseconds(100));
    }
  }
  EXPECT_THAT(shown, ElementsAre("1,234,567", "1,234,570", "1,234,573", "1,234,576", ""));
}

TEST(Progress, NumbersHaveCommasBetweenThousands) {
  EXPECT_EQ(GroupedNumber(0), "0");
  EXPECT_EQ(GroupedNumber(999), "999");
  EXPECT_EQ(GroupedNumber(-1000), "-1,000");
  EXPECT_EQ(GroupedNumber(-100'000), "-100,000");
}

}  // namespace
}  // namespace syspulse
