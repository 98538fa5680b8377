#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <limits>
#include <string>

#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/sink.h"
#include "clients/cli/output/units.h"
#include "clients/cli/output/writer.h"
#include "syspulse/v1/process.pb.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

std::string Written(const WriterOptions& options, const Report& report, int times = 1) {
  StringSink sink;
  const auto writer = MakeWriter(options, &sink);
  for (int i = 0; i < times; ++i) EXPECT_THAT(writer->Write(report), IsOk());
  return sink.text();
}

Table NamesTable() {
  return {.columns = {{"NAME", "name"}, {"CPU", "cpu_ratio", true}, {"NOTE", "note"}},
          .rows = {{TextCell("日本"), RatioCell(0.951), TextCell("a")},
                   {TextCell("é"), RatioCell(std::nullopt), TextCell("bcd")}}};
}

TEST(SafeText, KeepsWhatPeopleWrite) {
  EXPECT_EQ(SafeText("naïve 日本 🙂"), "naïve 日本 🙂");
}

TEST(SafeText, ShowsControlsInsteadOfObeyingThem) {
  EXPECT_EQ(SafeText("a\x1b[2Jb\tc\nd\re\x7f"), "a\\x1b[2Jb\\tc\\nd\\re\\x7f");
  EXPECT_EQ(SafeText("\xC2\x9B"
                     "31m"),
            "\\x9b31m");
  EXPECT_EQ(SafeText("a\u202Eb\uFEFF"), "a\\u202eb\\ufeff");
  EXPECT_EQ(SafeText("\xFF\x1b"), "\uFFFD\\x1b");
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("é"), 1);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);
  EXPECT_EQ(DisplayWidth("日本"), 4);
  EXPECT_EQ(DisplayWidth("🙂"), 2);
}

TEST(CutToWidth, NeverCutsACharacterAndSaysThatItCut) {
  EXPECT_EQ(CutToWidth("abcdef", 6), "abcdef");
  EXPECT_EQ(CutToWidth("abcdef", 4), "abc…");
  EXPECT_EQ(CutToWidth("日本語", 4), "日…");
  EXPECT_EQ(CutToWidth("abcdef", 4, true), "abc~");
  EXPECT_EQ(CutToWidth("abc", 0), "");
}

TEST(HumanBytes, FitsFiveColumns) {
  EXPECT_EQ(HumanBytes(0), "0B");
  EXPECT_EQ(HumanBytes(999), "999B");
  EXPECT_EQ(HumanBytes(1000), "1.0K");
  EXPECT_EQ(HumanBytes(1536), "1.5K");
  EXPECT_EQ(HumanBytes(102348), "99.9K");
  EXPECT_EQ(HumanBytes(102400), "100K");
  EXPECT_EQ(HumanBytes(1023.0 * 1024), "1.0M");
  EXPECT_EQ(HumanBytes(3.5 * 1024 * 1024 * 1024), "3.5G");
  EXPECT_EQ(HumanBytes(1e21), "867E");
  EXPECT_EQ(HumanBytes(std::numeric_limits<double>::quiet_NaN()), "-");
}

TEST(HumanDuration, NamesTheTwoLargestUnits) {
  EXPECT_EQ(HumanDuration(45), "45s");
  EXPECT_EQ(HumanDuration(725), "12m 5s");
  EXPECT_EQ(HumanDuration(15060), "4h 11m");
  EXPECT_EQ(HumanDuration(1051200), "12d 4h");
  EXPECT_EQ(HumanDuration(-5), "0s");
}

TEST(HumanClock, HasMillisecondsWhereSecondsAreNotEnough) {
  const absl::Time time = absl::FromUnixMillis(1'700'000'000'250);
  EXPECT_EQ(HumanClock(time, absl::UTCTimeZone()), "22:13:20");
  EXPECT_EQ(HumanClock(time, absl::UTCTimeZone(), true), "22:13:20.250");
}

TEST(HumanCpuTime, ReadsLikeTop) {
  EXPECT_EQ(HumanCpuTime(1.23), "0:01.23");
  EXPECT_EQ(HumanCpuTime(3599.99), "59:59.99");
  EXPECT_EQ(HumanCpuTime(12311), "3h25:11");
  EXPECT_EQ(HumanCpuTime(1051200), "12d 4h");
}

TEST(ExactNumber, ReadsBackAsItself) {
  EXPECT_EQ(ExactNumber(0.1), "0.1");
  EXPECT_EQ(ExactNumber(1e300), "1e+300");
  EXPECT_EQ(ExactNumber(std::numeric_limits<double>::infinity()), "");
}

TEST(TableWriter, AlignsByDisplayWidthAndNumbersToTheRight) {
  EXPECT_EQ(Written({}, {.tables = {NamesTable()}}),
            "NAME    CPU  NOTE\n"
            "日本  95.1%  a\n"
            "é         -  bcd\n");
}

TEST(TableWriter, ColoursOnlyWhereAsked) {
  const std::string text = Written({.color = true}, {.tables = {NamesTable()}});
  EXPECT_NE(text.find("\x1b[1;31m95.1%\x1b[0m"), text.npos) << text;
  EXPECT_EQ(Written({}, {.tables = {NamesTable()}}).find('\x1b'), text.npos);
}

TEST(TableWriter, CutsTheLastColumnAtTheEdgeOfTheTerminal) {
  Table table = NamesTable();
  table.rows[0][2] = TextCell("a long command line");
  EXPECT_NE(Written({.width = 23}, {.tables = {table}}).find("日本  95.1%  a long co…\n"),
            std::string::npos);
}

TEST(TableWriter, AStreamHasOneHeading) {
  const std::string text = Written({.streaming = true}, {.tables = {NamesTable()}}, 3);
  EXPECT_EQ(text.find("NAME"), text.rfind("NAME"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 7);
}

TEST(CsvWriter, QuotesAfterRfc4180AndGuardsFormulas) {
  const Table table{.columns = {{"", "text"}, {"", "number"}},
                    .rows = {{TextCell("a \"b\", c"), CountCell(-5)},
                             {TextCell("=1+1"), BytesCell(1.5)},
                             {TextCell("@x"), BytesCell(std::nullopt)},
                             {TextCell("-rf"), RatioCell(0.5)},
                             {TextCell("a\nb"), CountCell(0)}}};
  EXPECT_EQ(Written({.format = OutputFormat::kCsv}, {.tables = {table}}),
            "text,number\r\n\"a \"\"b\"\", c\",-5\r\n'=1+1,1.5\r\n'@x,\r\n'-rf,0.5\r\na\\nb,0\r\n");
}

TEST(CsvWriter, HasOneHeadingHoweverOftenItWrites) {
  const Table table{.columns = {{"", "a"}}, .rows = {{CountCell(1)}}};
  EXPECT_EQ(Written({.format = OutputFormat::kCsv, .streaming = true}, {.tables = {table}}, 2),
            "a\r\n1\r\n1\r\n");
}

TEST(JsonWriter, WritesALineForEachMessageOfAStreamAndNoControls) {
  v1::Process process;
  process.set_resident_bytes(7);
  process.set_command("a\x1b\x7f\xC2\x9B\n");
  const std::string line =
      Written({.format = OutputFormat::kJson, .streaming = true}, {.message = &process}, 2);
  EXPECT_EQ(std::ranges::count(line, '\n'), 2);
  EXPECT_NE(line.find("\"residentBytes\":\"7\""), line.npos) << line;
  EXPECT_NE(line.find(R"(a\u001b\u007f\u009b\n)"), line.npos) << line;
}

TEST(FileSink, TellsAGoneReaderFromAFullDisk) {
  FileSink full(open("/dev/full", O_WRONLY));
  EXPECT_THAT(full.Write("x"), StatusIs(absl::StatusCode::kInternal,
                                        ::testing::HasSubstr("No space left on device")));
  EXPECT_FALSE(full.reader_gone());
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  FileSink broken(ends[1]);
  EXPECT_FALSE(broken.Write("x").ok());
  EXPECT_TRUE(broken.reader_gone());
}

}  // namespace
}  // namespace syspulse
