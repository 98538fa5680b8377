// `query`, `labels` and `series` from their arguments to their exit codes, against a fake service
// over real gRPC.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/cli.h"
#include "clients/cli/command/query_mistake.h"
#include "clients/cli/output/series_text.h"
#include "tests/clients/cli/fake_query_server.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNow = 1'700'000'000;  // 2023-11-14 22:13:20 UTC
const double kGap = std::bit_cast<double>(std::uint64_t{0x7ff0'0000'0000'0002});

struct Outcome {
  int code;
  std::string out;
  std::string told;
};

Outcome RunSyspulse(std::vector<const char*> arguments, const std::string& server, int width = 0) {
  arguments.insert(arguments.begin(), {"syspulse", "--server", server.c_str()});
  StringSink sink;
  const FakeClock clock(absl::FromUnixSeconds(kNow));
  std::string told;
  const int code = RunCli(static_cast<int>(arguments.size()), arguments.data(),
                          {.out = &sink,
                           .tell_user = [&](std::string_view text) { told += text; },
                           .clock = &clock,
                           .zone = absl::UTCTimeZone(),
                           .width = width,
                           .stop_by_signal = [] { return std::stop_token(); }});
  return {.code = code, .out = sink.text(), .told = told};
}

template <typename Message>
Message Parsed(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

FakeAnswers Instant(const std::string& text) {
  return {.instant = Parsed<v1::QueryResponse>("time { seconds: 1700000000 } " + text)};
}

// Returns a range of 15 s steps from kNow with one series for each list of values.
FakeAnswers Range(const std::vector<std::vector<double>>& values) {
  FakeAnswers answers;
  answers.range.mutable_start_time()->set_seconds(kNow);
  answers.range.mutable_step()->set_seconds(15);
  for (const auto& series : values) {
    v1::GridSeries* const added = answers.range.add_series();
    (*added->mutable_labels())["__name__"] = "up";
    (*added->mutable_labels())["device"] = "d" + std::to_string(answers.range.series_size());
    added->mutable_values()->Assign(series.begin(), series.end());
    answers.range.set_step_count(added->values_size());
  }
  return answers;
}

constexpr char kVector[] = R"pb(
  vector {
    samples {
      labels { key: "__name__" value: "node_load1" }
      labels { key: "job" value: "a \"b\"" }
      labels { key: "instance" value: "web-1" }
      value: 0.5
    }
    samples { value: nan }
    samples {
      labels { key: "x" value: "\033[2J" }
      value: 8589934592
    }
  }
)pb";

TEST(Query, ListsTheVectorInTheOrderOfTheAnswer) {
  const FakeQueryServer server(Instant(kVector));
  const Outcome outcome = RunSyspulse({"query", "node_load1"}, server.address());
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_EQ(outcome.out,
            "SERIES                                            VALUE\n"
            "node_load1{instance=\"web-1\", job=\"a \\\"b\\\"\"}         0.5\n"
            "{}                                                  NaN\n"
            "{x=\"\\x1b[2J\"}                                8589934592\n");
  EXPECT_EQ(server.query().query(), "node_load1");
  EXPECT_FALSE(server.query().has_time());
  EXPECT_EQ(server.query().timeout().seconds(), 10);
}

TEST(Query, WritesScalarsAndTextsAsThemselves) {
  EXPECT_EQ(RunSyspulse({"query", "1"}, FakeQueryServer(Instant("scalar: 1.5")).address()).out,
            "1.5\n");
  EXPECT_EQ(RunSyspulse({"query", "1"}, FakeQueryServer(Instant("scalar: -inf")).address()).out,
            "-Inf\n");
  EXPECT_EQ(RunSyspulse({"query", "'a'"}, FakeQueryServer(Instant("text: 'a\\033'")).address()).out,
            "a\\x1b\n");
}

TEST(Query, IsRecordsInCsv) {
  EXPECT_EQ(
      RunSyspulse({"query", "x", "-o", "csv"}, FakeQueryServer(Instant(kVector)).address()).out,
      "time,series,value\r\n"
      "2023-11-14T22:13:20Z,\"node_load1{instance=\"\"web-1\"\", job=\"\"a "
      "\\\"\"b\\\"\"\"\"}\",0.5\r\n"
      "2023-11-14T22:13:20Z,{},NaN\r\n"
      "2023-11-14T22:13:20Z,\"{x=\"\"\\x1b[2J\"\"}\",8589934592\r\n");
  EXPECT_EQ(
      RunSyspulse({"query", "x", "-o", "csv"}, FakeQueryServer(Instant("scalar: 2")).address()).out,
      "time,series,value\r\n2023-11-14T22:13:20Z,,2\r\n");
}

TEST(Query, IsTheMessageItselfInJson) {
  const FakeQueryServer server(Instant("scalar: nan"));
  EXPECT_THAT(RunSyspulse({"query", "x", "-o", "json"}, server.address()).out,
              HasSubstr("\"scalar\": \"NaN\""));
}

TEST(Query, ShowsSamplesOfARangeSelectorByTime) {
  const FakeQueryServer server(Instant(R"pb(
    matrix {
      series {
        labels { key: "__name__" value: "up" }
        times_ms: [ 1700000000000, 1700000001500 ]
        values: [ 1, 0 ]
      }
    }
  )pb"));
  EXPECT_EQ(RunSyspulse({"query", "up[5m]"}, server.address()).out,
            "up\nTIME          VALUE\n22:13:20.000      1\n22:13:21.500      0\n");
}

TEST(Query, TakesAMomentAndATimeout) {
  const FakeQueryServer server(Instant("scalar: 1"));
  RunSyspulse({"query", "x", "--time", "-15m", "--timeout", "30s"}, server.address());
  EXPECT_EQ(server.query().time().seconds(), kNow - 900);
  EXPECT_EQ(server.query().timeout().seconds(), 30);
}

TEST(QueryRange, HasDefaultsForEndAndStep) {
  const FakeQueryServer server(Range({{1}}));
  EXPECT_EQ(RunSyspulse({"query", "up", "--start=-1h"}, server.address()).code, 0);
  EXPECT_EQ(server.range().start_time().seconds(), kNow - 3600);
  EXPECT_EQ(server.range().end_time().seconds(), kNow);
  EXPECT_EQ(server.range().step().seconds(), 15);
  RunSyspulse({"query", "up", "--start", "-1h", "--end", "-30m", "--step", "500ms"},
              server.address());
  EXPECT_EQ(server.range().end_time().seconds(), kNow - 1800);
  EXPECT_EQ(server.range().step().nanos(), 500'000'000);
}

TEST(QueryRange, HasAColumnForEachOfAFewSeries) {
  const FakeQueryServer server(Range({{1, kGap, 3}, {0.25, kGap, kGap}}));
  EXPECT_EQ(RunSyspulse({"query", "up", "--start=-1h"}, server.address()).out,
            "up\n"
            "TIME      {device=\"d1\"}  {device=\"d2\"}\n"
            "22:13:20              1           0.25\n"
            "22:13:50              3              -\n");
}

TEST(QueryRange, HasARowForEachValueWhereColumnsDoNotFit) {
  const FakeQueryServer server(Range({{1, kGap, 3}, {0.25, kGap, kGap}}));
  EXPECT_EQ(RunSyspulse({"query", "up", "--start=-1h"}, server.address(), 30).out,
            "up\n"
            "TIME      VALUE  SERIES\n"
            "22:13:20      1  {device=\"d1\"}\n"
            "22:13:50      3  {device=\"d1\"}\n"
            "22:13:20   0.25  {device=\"d2\"}\n");
}

TEST(QueryRange, LeavesGapsOutOfCsvAndKeepsOtherNans) {
  const FakeQueryServer server(Range({{kGap, std::numeric_limits<double>::quiet_NaN()}}));
  EXPECT_EQ(RunSyspulse({"query", "up", "--start=-1h", "-o", "csv"}, server.address()).out,
            "time,series,value\r\n2023-11-14T22:13:35Z,\"up{device=\"\"d1\"\"}\",NaN\r\n");
}

TEST(QueryRange, IsDrawnInTheSizeOfATerminalThatThereIsNot) {
  const FakeQueryServer server(Range({{1, kGap, 3}}));
  const Outcome outcome =
      RunSyspulse({"query", "up", "--start=-1h", "-o", "chart"}, server.address());
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 23);
  EXPECT_THAT(outcome.out, HasSubstr("up{device=\"d1\"}\n"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

TEST(QueryRange, SaysThatThereIsNothingToDraw) {
  const FakeQueryServer server(Range({{kGap, std::numeric_limits<double>::infinity()}}));
  const Outcome outcome =
      RunSyspulse({"query", "up", "--start=-1h", "-o", "chart"}, server.address());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.told, HasSubstr("nothing to draw"));
}

TEST(Query, DrawsSamplesButNotOneMoment) {
  const FakeQueryServer samples(Instant("matrix { series { times_ms: 5 values: 1 } }"));
  EXPECT_THAT(RunSyspulse({"query", "up[5m]", "-o", "chart"}, samples.address()).out,
              HasSubstr("1.0 ┤"));
  const FakeQueryServer vector(Instant(kVector));
  const Outcome outcome = RunSyspulse({"query", "up", "-o", "chart"}, vector.address());
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.told, HasSubstr("add --start"));
}

TEST(Query, ShowsWhereAnExpressionIsWrong) {
  const FakeQueryServer server(
      {.status = {grpc::StatusCode::INVALID_ARGUMENT, "2:7: parse error: unexpected end"}});
  const Outcome outcome = RunSyspulse({"query", "up +\n  (1 +"}, server.address());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.told, "2:7: parse error: unexpected end\n  (1 +\n      ^");
  EXPECT_EQ(outcome.out, "");
}

TEST(Query, CallsWhatDoesNotFitTogetherUsage) {
  const FakeQueryServer server(Range({{1}}));
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunSyspulse({"query", "x", "--time=now", "--start=-1h"}, server.address()).code, 2);
  EXPECT_EQ(RunSyspulse({"query", "x", "--step=5s"}, server.address()).code, 2);
  EXPECT_EQ(RunSyspulse({"query", "x", "--end=now"}, server.address()).code, 2);
  EXPECT_EQ(RunSyspulse({"query", "x", "--start=now", "--end=-5m"}, server.address()).code, 2);
  EXPECT_EQ(RunSyspulse({"query", "x", "--start=yesterday"}, server.address()).code, 2);
  EXPECT_EQ(RunSyspulse({"query", "x", "--start=-1h", "--step=0s"}, server.address()).code, 2);
  EXPECT_EQ(RunSyspulse({"query"}, server.address()).code, 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("'yesterday' is not a time; write now, -15m"),
                    HasSubstr("a millisecond at least")));
}

TEST(Query, TellsWhatTheServiceThinksOfIt) {
  const FakeQueryServer server(Instant("vector {} warnings: 'odd' infos: 'hm'"));
  const Outcome outcome = RunSyspulse({"query", "x"}, server.address());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.told, "warning: oddnote: hmno series has a value there");
}

TEST(Query, SaysHowToWaitLonger) {
  const FakeQueryServer server({.status = {grpc::StatusCode::DEADLINE_EXCEEDED, "too slow"}});
  const Outcome outcome = RunSyspulse({"query", "x"}, server.address());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.told, HasSubstr("give it longer with --timeout"));
}

TEST(Labels, ListsNamesAndValuesOfAllPages) {
  const FakeQueryServer server({.names = {"a", "b", "c\x1b"}});
  EXPECT_EQ(RunSyspulse({"labels"}, server.address()).out, "LABEL\na\nb\nc\\x1b\n");
  EXPECT_EQ(RunSyspulse({"labels", "device", "-m", "x", "--match", "y", "--start=-1h", "-o", "csv"},
                        server.address())
                .out,
            "value\r\na\r\nb\r\nc\\x1b\r\n");
  EXPECT_EQ(server.values().label(), "device");
  EXPECT_THAT(server.values().selectors(), ElementsAre("x", "y"));
  EXPECT_EQ(server.values().start_time().seconds(), kNow - 3600);
}

TEST(Series, ListsWhatSelectorsMean) {
  v1::LabelSet series;
  (*series.mutable_labels())["__name__"] = "up";
  const FakeQueryServer server({.series = {series}});
  EXPECT_EQ(RunSyspulse({"series", "up", "{job=\"a\",b=\"c\"}"}, server.address()).out,
            "SERIES\nup\n");
  EXPECT_THAT(server.series().selectors(), ElementsAre("up", "{job=\"a\",b=\"c\"}"));
}

TEST(Series, ShowsWhereTheOneSelectorIsWrong) {
  const FakeQueryServer server(
      {.status = {grpc::StatusCode::INVALID_ARGUMENT, "1:3: parse error: x"}});
  const Outcome one = RunSyspulse({"series", "up{"}, server.address());
  EXPECT_EQ(one.code, 1);
  EXPECT_EQ(one.told, "1:3: parse error: x\nup{\n  ^");
}

TEST(MetricNames, AreThoseAShellTakesForAWord) {
  const FakeQueryServer server({.names = {"up", "a b", "$(x)", "job:x_total"}});
  EXPECT_EQ(RunSyspulse({"metric-names"}, server.address()).out, "up\njob:x_total\n");
  EXPECT_EQ(RunSyspulse({"label-names"}, server.address()).out, "up\njob:x_total\n");
  EXPECT_EQ(server.values().label(), "__name__");
}

TEST(WithPlace, CountsColumnsOfWhatIsShown) {
  const auto at = [](const char* message, std::string_view expression) {
    return std::string(WithPlace(absl::InvalidArgumentError(message), expression).message());
  };
  EXPECT_EQ(at("1:7: x", "\"日\" y"), "1:7: x\n\"日\" y\n     ^");
  EXPECT_EQ(at("1:2: x", "\ty"), "1:2: x\n\\ty\n  ^");
  EXPECT_EQ(at("1:99: x", "y"), "1:99: x\ny\n ^");
  EXPECT_EQ(at("9:1: x", "y"), "9:1: x");
  EXPECT_EQ(at("step: must be: more", "y"), "step: must be: more");
}

TEST(WithPlace, ShowsOfALongLineWhatStandsThere) {
  const std::string line = std::string(5000, 'a') + "b" + std::string(5000, 'c');
  const auto at = [&](std::size_t column) {
    return std::string(
        WithPlace(absl::InvalidArgumentError(absl::StrFormat("1:%d: x", column)), line).message());
  };
  EXPECT_EQ(at(5001), "1:5001: x\n..." + std::string(40, 'a') + "b" + std::string(35, 'c') +
                          "...\n" + std::string(43, ' ') + "^");
  EXPECT_EQ(at(1), "1:1: x\n" + std::string(36, 'a') + "...\n^");
  EXPECT_EQ(at(10002),
            "1:10002: x\n..." + std::string(40, 'c') + "\n" + std::string(43, ' ') + "^");
}

TEST(ValueText, ReadsBackAsTheSame) {
  EXPECT_EQ(ValueText(0.1), "0.1");
  EXPECT_EQ(ValueText(1e6), "1000000");
  EXPECT_EQ(ValueText(-0.0), "-0");
  EXPECT_EQ(ValueText(1e-9), "1e-09");
  EXPECT_EQ(ValueText(1e300), "1e+300");
  EXPECT_EQ(ValueText(std::numeric_limits<double>::infinity()), "+Inf");
}

}  // namespace
}  // namespace syspulse
