// Samples read from files of others, line by line.
#include "clients/cli/transfer/sample_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/transfer/json_sample_line.h"
#include "clients/cli/transfer/sample_line.h"
#include "services/model/metric_type_proto.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

// What a file holds: `labels time:value …` for each series of each batch.
struct Read {
  absl::Status status;
  std::vector<std::string> series;
  std::vector<std::string> families;  // `name/type/unit/help`
  int batches = 0;
  std::int64_t conflicts = 0;
};

std::string Describe(const v1::MatrixSeries& series) {
  std::string text;
  for (const auto& [name, value] :
       std::map<std::string, std::string>(series.labels().begin(), series.labels().end())) {
    text += (text.empty() ? "" : ",") + name + "=" + value;
  }
  for (int i = 0; i < series.values_size(); ++i) {
    text += absl::StrFormat(" %d:%g", series.times_ms(i), series.values(i));
  }
  return text;
}

class SampleReaderTest : public ::testing::Test {
 protected:
  ~SampleReaderTest() override { unlink(path_.c_str()); }

  Read ReadFile(const std::string& content, SampleReaderOptions options = {}) {
    std::ofstream(path_, std::ios::binary) << content;
    options.name = "f";
    const auto file = InputFile::Open(path_);
    EXPECT_THAT(file, IsOk());
    SampleReader reader(file->get(), options);
    SampleBatch batch;
    Read read;
    while (!reader.at_end() && read.status.ok()) {
      read.status = reader.Fill(&batch);
      const v1::ImportSeriesRequest request = batch.Take();
      ++read.batches;
      for (const v1::MatrixSeries& series : request.series()) {
        read.series.push_back(Describe(series));
      }
      for (const v1::MetricFamily& family : request.families()) {
        read.families.push_back(absl::StrFormat("%s/%s/%s/%s", family.name(),
                                                MetricTypeName(family.type()), family.unit(),
                                                family.help()));
      }
    }
    read.conflicts = batch.conflicting_samples();
    return read;
  }
  std::string Failure(const std::string& content, SampleReaderOptions options = {}) {
    const Read read = ReadFile(content, std::move(options));
    EXPECT_EQ(read.status.code(), absl::StatusCode::kDataLoss) << content;
    return std::string(read.status.message());
  }

  const std::string path_ = ::testing::TempDir() + "/sample_reader_" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(SampleReaderTest, ReadsPrometheusTextWithTimes) {
  const Read read = ReadFile(
      "# HELP x Help.\n# TYPE x counter\n\nx{b=\"2\",a=\"1\",} 1 1700000000000\n"
      "x { a = \"1\" , b = \"2\" }\t2 1700000001000\r\ny +Inf 1700000000000\n");
  EXPECT_THAT(read.status, IsOk());
  EXPECT_THAT(read.series, ElementsAre("__name__=x,a=1,b=2 1700000000000:1 1700000001000:2",
                                       "__name__=y 1700000000000:inf"));
}

TEST_F(SampleReaderTest, WhatMetricsMeanComesWithTheirSamples) {
  const Read read = ReadFile(
      "# HELP x First.\n# HELP x A \\\\ and\\na line.\n# TYPE x counter\nx 1 1700000000000\n"
      "# TYPE h histogram\nh_bucket{le=\"1\"} 1 1700000000000\nh_sum 1 1700000000000\n"
      "# TYPE unused gauge\n# TYPE\n# TYPE 1a gauge\n# a comment\n#\nhx 1 1700000000000\n"
      "# TYPE untold mystery\nuntold 1 1700000000000\n");
  EXPECT_THAT(read.status, IsOk());
  EXPECT_THAT(read.families,
              ElementsAre("h/histogram//", "untold/unknown//", "x/counter//A \\ and\na line."));
}

TEST_F(SampleReaderTest, ACounterOfOpenMetricsIsKnownByItsWholeName) {
  const Read read = ReadFile(
      "# TYPE x_seconds counter\n# UNIT x_seconds seconds\n# HELP x_seconds Time.\n"
      "x_seconds_total 1 1700000000\n# EOF\n");
  EXPECT_THAT(read.families, ElementsAre("x_seconds_total/counter/seconds/Time."));
}

TEST_F(SampleReaderTest, OtherValuesOfOneTimeAreCounted) {
  const Read read = ReadFile(
      "x 1 1700000000000\nx 2 1700000000000\nx 1 1700000000000\nx 3 1700000000000\n"
      "x NaN 1700000001000\nx NaN 1700000001000\n");
  EXPECT_THAT(read.series, ElementsAre("__name__=x 1700000000000:1 1700000001000:nan"));
  EXPECT_EQ(read.conflicts, 2);
}

TEST_F(SampleReaderTest, AByteOrderMarkIsNoPartOfTheFirstLine) {
  EXPECT_THAT(ReadFile("\xef\xbb\xbfx 1 1700000000000\n").series,
              ElementsAre("__name__=x 1700000000000:1"));
  EXPECT_THAT(Failure("x 1 1700000000000\n\xef\xbb\xbfx 1 1700000000000\n"), HasSubstr("f:2"));
}

TEST_F(SampleReaderTest, ReadsOpenMetricsInSecondsWithExemplars) {
  const Read read = ReadFile(
      "# TYPE x counter\n# UNIT x bytes\nx_total{a=\"1\"} 1 1700000000.05 # {id=\"q\"} 0.5 1\n"
      "x_total{a=\"1\"} 2 1700000001\n# EOF\n");
  EXPECT_THAT(read.status, IsOk());
  EXPECT_THAT(read.series, ElementsAre("__name__=x_total,a=1 1700000000050:1 1700000001000:2"));
}

TEST_F(SampleReaderTest, ReadsWhatPromtoolDumps) {
  const Read read = ReadFile("{__name__=\"x\", job=\"j\"} 1e-3 1700000000000\n");
  EXPECT_THAT(read.series, ElementsAre("__name__=x,job=j 1700000000000:0.001"));
}

TEST_F(SampleReaderTest, ReadsLinesOfJson) {
  const Read read = ReadFile(
      "{\"metric\":{\"__name__\":\"x\",\"a\":\"q\\\"\\u00e9\\ud83d\\ude00\\n\",\"e\":\"\"},"
      "\"values\":[1, null,\"-Infinity\",2.5e3],\"timestamps\":[1,2,3,4]}\n"
      "{ \"timestamps\":[5],\"values\":[1],\"other\":[\"a\",1],\"metric\":{\"__name__\":\"y\"}}\n");
  EXPECT_THAT(read.status, IsOk());
  EXPECT_THAT(read.series,
              ElementsAre("__name__=x,a=q\"é😀\n 1:1 2:nan 3:-inf 4:2500", "__name__=y 5:1"));
}

TEST_F(SampleReaderTest, EscapesOfLabelsAreUndone) {
  const auto labels = ParseSeriesLabels("x{a=\"\\\\ \\\" \\n } {\",b=\"\"}");
  ASSERT_THAT(labels, IsOk());
  EXPECT_THAT(*labels, ElementsAre(Pair("__name__", "x"), Pair("a", "\\ \" \n } {")));
}

TEST_F(SampleReaderTest, ANanIsTheOneThatIsAValue) {
  for (const char* const nan : {"NaN", "nan", "-NaN"}) {
    const auto line = ParseSampleLine(absl::StrFormat("x %s 1", nan));
    ASSERT_THAT(line, IsOk());
    EXPECT_EQ(std::bit_cast<std::uint64_t>(line->value), kNanBits);
  }
  const auto json =
      ParseJsonSamples("{\"metric\":{\"a\":\"b\"},\"values\":[null],\"timestamps\":[1]}");
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ(std::bit_cast<std::uint64_t>(json->values[0]), kNanBits);
}

TEST_F(SampleReaderTest, TimesAreTheUnitThatTheFirstOneShows) {
  EXPECT_THAT(ReadFile("x 1 1700000000000\nx 2 5\n").series,
              ElementsAre("__name__=x 5:2 1700000000000:1"));
  EXPECT_THAT(ReadFile("x 1 1700000000\nx 2 5\n# EOF\n").series,
              ElementsAre("__name__=x 5000:2 1700000000000:1"));
  EXPECT_THAT(ReadFile("x 1 5\n", {.unit = TimeUnit::kMilliseconds}).series,
              ElementsAre("__name__=x 5:1"));
  EXPECT_THAT(ReadFile("x 1 -1.5\n# EOF\n").series, ElementsAre("__name__=x -1500:1"));
}

TEST_F(SampleReaderTest, LinesWithoutATimeGetTheOneGiven) {
  EXPECT_THAT(ReadFile("x 1\n", {.time_ms = 7}).series, ElementsAre("__name__=x 7:1"));
  EXPECT_EQ(Failure("x 1 1700000000000\ny 1\n"),
            "f:2: the line has no time; give such lines one with --timestamp: y 1");
}

TEST_F(SampleReaderTest, MistakesNameFileAndLine) {
  EXPECT_EQ(Failure("x 1 1\ny{a=\"b} 1 1\n# EOF\n"),
            "f:2: the labels have no closing brace: y{a=\"b} 1 1");
  EXPECT_THAT(Failure("x\n"), HasSubstr("f:1: there is no value"));
  EXPECT_THAT(Failure("x 1a 1\n"), HasSubstr("'1a' is not a value"));
  EXPECT_THAT(Failure("x nan(1) 1\n"), HasSubstr("'nan(1)' is not a value"));
  EXPECT_THAT(Failure("x 1 1a\n"), HasSubstr("'1a' is not a time"));
  EXPECT_THAT(Failure("x 1 1700000000000 3\n"), HasSubstr("'3' is too much"));
  EXPECT_THAT(Failure("x{a=\"1\",a=\"2\"} 1 1\n"), HasSubstr("label a stands twice"));
  EXPECT_THAT(Failure("x{a=1} 1 1\n"), HasSubstr("is expected behind label a"));
  EXPECT_THAT(Failure("x{a=\"1\" b=\"2\"} 1 1\n"), HasSubstr("a comma is expected"));
  EXPECT_THAT(Failure("x{a=\"\\t\"} 1 1\n"), HasSubstr("is not an escape"));
  EXPECT_THAT(Failure("x{0=\"1\"} 1 1\n"), HasSubstr("a label is expected"));
  EXPECT_THAT(Failure("{a=\"1\"} 1 1\n"), HasSubstr("the series has no name"));
  EXPECT_THAT(Failure("0x 1 1\n"), HasSubstr("'0x' is not the name of a metric"));
  EXPECT_THAT(Failure("x{a=\"\xff\"} 1 1\n"), HasSubstr("not valid UTF-8"));
  EXPECT_THAT(Failure("x 1 1e300\n"), HasSubstr("is not a time"));
  EXPECT_THAT(Failure("x 1 1000\nx 1 1795432061000\n"),
              HasSubstr("not a time in seconds since 1970; if times are in milliseconds, say "
                        "--format prometheus"));
  EXPECT_THAT(Failure("x 1 1795432061000\nx 1 1000.5\n"),
              HasSubstr("not a time in milliseconds since 1970; if times are in seconds, say "
                        "--format openmetrics"));
  EXPECT_THAT(Failure("x 1 1000\nx 1 1a\n"), testing::Not(HasSubstr("--format")));
  EXPECT_THAT(Failure("# EOF\nx 1 1\n"), HasSubstr("there is a line behind # EOF"));
}

TEST_F(SampleReaderTest, MistakesInJsonNameTheByte) {
  EXPECT_THAT(Failure("{\"metric\":{\"__name__\":\"x\"},\"values\":[1],\"timestamps\":[]}\n"),
              HasSubstr("f:1: it has 1 values and 0 timestamps"));
  EXPECT_THAT(Failure("{\"metric\":5}\n"), HasSubstr("{ is expected at byte 11"));
  EXPECT_THAT(Failure("{\"metric\":{}}\n"), HasSubstr("the series has no name"));
  EXPECT_THAT(Failure("{\"metric\":{\"a\":\"\\ud800\"}}\n"), HasSubstr("valid UTF-8"));
  EXPECT_THAT(Failure("{\"values\":[1]} x\n"), HasSubstr("the end of the line is expected"));
  EXPECT_THAT(Failure("{\"values\":[1\n"), HasSubstr("] is expected"));
  EXPECT_THAT(Failure("{\"timestamps\":[1e99]}\n"), HasSubstr("a time in milliseconds"));
}

TEST_F(SampleReaderTest, WhatStandsBeforeAMistakeIsRead) {
  EXPECT_THAT(ReadFile("x 1 1700000000000\ny\n").series, ElementsAre("__name__=x 1700000000000:1"));
}

TEST_F(SampleReaderTest, AFileThatIsCutSaysSo) {
  EXPECT_THAT(Failure("x 1 1700000000000\nx 2 17000"), HasSubstr("f:2: the line does not end"));
  EXPECT_THAT(Failure("x 1 1700000000.5\n"), HasSubstr("does not end with '# EOF'"));
  EXPECT_THAT(ReadFile("").series, IsEmpty());
}

TEST_F(SampleReaderTest, ALastLineWithoutAnEndIsTakenWhereItCannotGoOn) {
  const Read text = ReadFile("x 1 1700000000.5\n# EOF");
  EXPECT_THAT(text.status, IsOk());
  EXPECT_THAT(text.series, ElementsAre("__name__=x 1700000000500:1"));
  const std::string line =
      R"({"metric":{"__name__":"x"},"values":[1],"timestamps":[1700000000000]})";
  EXPECT_THAT(ReadFile(line).series, ElementsAre("__name__=x 1700000000000:1"));
  EXPECT_THAT(Failure(line.substr(0, line.size() - 1)), HasSubstr("f:1: the line does not end"));
}

std::string Gzipped(const std::string& text) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(compressBound(text.size()) + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

// 3 MiB that compress to a few KiB: more than one buffer either way.
std::string ManyLines() {
  std::string text;
  for (int i = 0; i < 100'000; ++i)
    text += absl::StrFormat("x{a=\"0123\"} 1 %d\n", 1'700'000'000'000 + i);
  return text;
}

TEST_F(SampleReaderTest, CompressedFilesAreReadAsTheyAre) {
  const std::string text = ManyLines();
  const std::vector<std::string> plain = ReadFile(text).series;
  ASSERT_EQ(plain.size(), std::size_t{1});
  EXPECT_EQ(ReadFile(Gzipped(text)).series, plain);
  EXPECT_EQ(ReadFile(Zstd(text)).series, plain);
}

TEST_F(SampleReaderTest, MembersOneBehindTheOtherAreOneFile) {
  const std::string a = "x 1 1700000000000\n";
  const std::string b = "x 2 1700000001000\n";
  const auto both = ElementsAre("__name__=x 1700000000000:1 1700000001000:2");
  EXPECT_THAT(ReadFile(Gzipped(a) + Gzipped(b)).series, both);
  EXPECT_THAT(ReadFile(Zstd(a) + Zstd(b)).series, both);
}

TEST_F(SampleReaderTest, CompressedFilesThatAreCutOrDamagedSaySo) {
  const std::string text = ManyLines();
  for (std::string whole : {Gzipped(text), Zstd(text)}) {
    EXPECT_THAT(Failure(whole.substr(0, whole.size() / 2)), HasSubstr("is cut"));
    EXPECT_THAT(Failure(whole.substr(0, whole.size() - 1)), HasSubstr("is cut"));
  }
  std::string damaged = Gzipped(text);
  damaged[damaged.size() - 6] ^= 0x55;  // of its checksum
  EXPECT_THAT(Failure(damaged), HasSubstr("is damaged"));
}

TEST_F(SampleReaderTest, ALongFileIsReadInBatches) {
  std::string text;
  for (int i = 0; i < 600'000; ++i) text += absl::StrFormat("x 1 %d\n", 1'700'000'000'000 + i);
  const Read read = ReadFile(text);
  EXPECT_EQ(read.batches, 3);
  EXPECT_EQ(read.series.size(), std::size_t{3});
}

TEST_F(SampleReaderTest, ALineLongerThanABatchIsReadInBatchesToo) {
  std::string values;
  std::string times;
  for (int i = 0; i < 600'000; ++i) {
    values += values.empty() ? "1" : ",1";
    times += absl::StrFormat("%s%d", times.empty() ? "" : ",", i);
  }
  const Read read = ReadFile("{\"metric\":{\"__name__\":\"x\"},\"values\":[" + values +
                             "],\"timestamps\":[" + times + "]}\ny 1 1700000000000\n");
  EXPECT_THAT(read.status, IsOk());
  EXPECT_EQ(read.batches, 3);
  ASSERT_EQ(read.series.size(), std::size_t{4});
  EXPECT_TRUE(read.series[2].ends_with(" 599999:1"));
}

TEST(SampleBatch, OrdersTimesAndKeepsTheFirstOfTwo) {
  SampleBatch batch;
  const std::size_t place = batch.PlaceOf({{"__name__", "x"}});
  for (const auto& [time_ms, value] : {std::pair(3, 1.0), {1, 2.0}, {3, 3.0}, {2, 4.0}}) {
    batch.Add(place, time_ms, value);
  }
  EXPECT_EQ(Describe(batch.Take().series(0)), "__name__=x 1:2 2:4 3:1");
  EXPECT_TRUE(batch.Take().series().empty());
}

TEST(LineReader, ALineThatIsTooLongIsAnError) {
  const std::string path = ::testing::TempDir() + "/line_reader_long";
  std::ofstream(path) << std::string(2 << 20, 'x') << "\n";
  const auto file = InputFile::Open(path);
  ASSERT_THAT(file, IsOk());
  LineReader reader(file->get(), 1 << 20);
  EXPECT_THAT(reader.Next(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("longer than 1 MiB")));
  unlink(path.c_str());
}

TEST(InputFile, WhatCannotBeReadIsNamed) {
  EXPECT_THAT(InputFile::Open("/no/such/file"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/no/such/file")));
  EXPECT_THAT(InputFile::Open("/tmp"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Is a directory")));
}

}  // namespace
}  // namespace syspulse
