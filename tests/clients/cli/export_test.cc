// `export` from its arguments to its exit code, against a fake service over real gRPC.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/cli.h"
#include "tests/clients/cli/fake_query_server.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Outcome {
  int code;
  std::string told;
};

Outcome RunExport(std::vector<const char*> arguments, const std::string& server, TextSink* sink) {
  arguments.insert(arguments.begin(), {"syspulse", "--server", server.c_str(), "export"});
  const FakeClock clock(absl::FromUnixSeconds(1'700'000'000));
  std::string told;
  const int code = RunCli(static_cast<int>(arguments.size()), arguments.data(),
                          {.out = sink,
                           .tell_user = [&](std::string_view text) { told += text; },
                           .clock = &clock,
                           .zone = absl::UTCTimeZone(),
                           .stop_by_signal = [] { return std::stop_token(); }});
  return {.code = code, .told = told};
}

FakeAnswers TwoMessages() {
  FakeAnswers answers;
  for (int i = 0; i < 2; ++i) {
    v1::MatrixSeries* const series = answers.exported.emplace_back().add_series();
    (*series->mutable_labels())["__name__"] = "x_total";
    series->add_times_ms(1000 * (i + 1));
    series->add_values(i);
  }
  v1::MetricFamily* const family = answers.metrics.emplace_back().mutable_family();
  family->set_name("x_total");
  family->set_type(v1::METRIC_TYPE_COUNTER);
  return answers;
}

TEST(ExportCommand, WritesOpenMetricsUnlessToldOtherwise) {
  FakeQueryServer server(TwoMessages());
  StringSink sink;
  const Outcome outcome =
      RunExport({"x_total", "{a=\"b\"}", "--start=-1h", "--end=now"}, server.address(), &sink);
  EXPECT_EQ(outcome.code, 0) << outcome.told;
  EXPECT_EQ(sink.text(), "# TYPE x counter\nx_total 0 1\nx_total 1 2\n# EOF\n");
  EXPECT_THAT(server.exported().selectors(), ElementsAre("x_total", "{a=\"b\"}"));
  EXPECT_EQ(server.exported().start_time().seconds(), 1'699'996'400);
  EXPECT_EQ(server.exported().end_time().seconds(), 1'700'000'000);
  StringSink text;
  RunExport({"-o", "prometheus"}, server.address(), &text);
  EXPECT_EQ(text.text(), "# TYPE x_total counter\nx_total 0 1000\nx_total 1 2000\n");
  EXPECT_FALSE(server.exported().has_start_time());
}

TEST(ExportCommand, AFileIsThereWhenItIsWhole) {
  const std::string path = ::testing::TempDir() + "/export_test.json";
  std::filesystem::remove(path);
  FakeAnswers answers = TwoMessages();
  answers.status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "the service is stopping");
  StringSink sink;
  {
    FakeQueryServer server(answers);
    const Outcome outcome = RunExport({"-o", "json", "-f", path.c_str()}, server.address(), &sink);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.told, HasSubstr("the service is stopping"));
    EXPECT_THAT(outcome.told, HasSubstr("export_test.json was not written"));
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  answers.status = grpc::Status::OK;
  FakeQueryServer server(answers);
  const Outcome outcome = RunExport({"-o", "json", "-f", path.c_str()}, server.address(), &sink);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.told, HasSubstr("2 samples written to"));
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(sink.text(), "");
  std::filesystem::remove(path);
}

TEST(ExportCommand, WhatBreaksOffFails) {
  FakeQueryServer server(TwoMessages());
  FileSink full(open("/dev/full", O_WRONLY));
  Outcome outcome = RunExport({}, server.address(), &full);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.told, HasSubstr("No space left on device"));
  FakeAnswers stopping = TwoMessages();
  stopping.status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "the service is stopping");
  FakeQueryServer other(stopping);
  StringSink sink;
  outcome = RunExport({}, other.address(), &sink);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(sink.text(), ::testing::Not(HasSubstr("# EOF"))) << "what is cut must show it";
}

TEST(ExportCommand, WrongArgumentsAreUsage) {
  FakeQueryServer server(TwoMessages());
  StringSink sink;
  EXPECT_EQ(RunExport({"-o", "xml"}, server.address(), &sink).code, 2);
  EXPECT_EQ(RunExport({"--start", "soon"}, server.address(), &sink).code, 2);
}

}  // namespace
}  // namespace syspulse
