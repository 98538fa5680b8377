// QueryService.ExportSeries over real gRPC, from a source in memory.
#include <gmock/gmock.h>

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "syspulse/v1/query_service.grpc.pb.h"
#include "tests/testing/service.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kStart = 1'700'000'000'000;  // milliseconds

using ExportStream = TestStream<v1::ExportSeriesResponse>;

class ExportTest : public ::testing::Test {
 protected:
  void Add(const std::string& name, const std::string& instance, int second, double value) {
    service_.history.Add(promql::Labels::Of({{"__name__", name}, {"instance", instance}}),
                         kStart + second * std::int64_t{1000}, value);
  }
  void AddMuch(int series, int samples) {
    for (int i = 0; i < series; ++i) {
      for (int second = 0; second < samples; ++second) {
        Add("much", absl::StrFormat("i%04d", i), second, second);
      }
    }
  }

  std::unique_ptr<ExportStream> Open(const v1::ExportSeriesRequest& request) {
    return std::make_unique<ExportStream>(
        [&](grpc::ClientContext* context) { return stub_->ExportSeries(context, request); });
  }
  v1::ExportSeriesRequest Request(const std::vector<std::string>& selectors) {
    v1::ExportSeriesRequest request;
    request.mutable_selectors()->Assign(selectors.begin(), selectors.end());
    return request;
  }

  // Reads to the end; a line for each piece: name, instance, second:value.
  std::vector<std::string> Lines(const v1::ExportSeriesRequest& request, int* messages = nullptr) {
    TestContext context;
    const auto reader = stub_->ExportSeries(&context, request);
    std::vector<std::string> lines;
    v1::ExportSeriesResponse response;
    while (reader->Read(&response)) {
      if (messages != nullptr) ++*messages;
      for (const v1::MatrixSeries& series : response.series()) {
        std::string line = series.labels().at("__name__") + " " + series.labels().at("instance");
        for (int i = 0; i < series.values_size(); ++i) {
          line += absl::StrFormat(" %d:%g", (series.times_ms(i) - kStart) / 1000, series.values(i));
        }
        lines.push_back(line);
      }
    }
    const grpc::Status status = reader->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return lines;
  }

  TestService service_;
  std::unique_ptr<v1::QueryService::Stub> stub_ = service_.Stub<v1::QueryService>();
};

TEST_F(ExportTest, MetricsComeByNameAndTheirSeriesByLabels) {
  for (const char* name : {"b", "a"}) {
    Add(name, "y", 1, 1);
    Add(name, "x", 1, 2);
    Add(name, "x", 2, 3);
  }
  EXPECT_THAT(Lines(Request({})), ElementsAre("a x 1:2 2:3", "a y 1:1", "b x 1:2 2:3", "b y 1:1"));
}

TEST_F(ExportTest, ASeriesThatTwoSelectorsMeanComesOnce) {
  Add("a", "x", 1, 1);
  Add("a", "y", 1, 2);
  Add("b", "x", 1, 3);
  EXPECT_THAT(Lines(Request({"a", "{instance=\"x\"}"})),
              ElementsAre("a x 1:1", "a y 1:2", "b x 1:3"));
  EXPECT_THAT(Lines(Request({"nothing"})), IsEmpty());
}

TEST_F(ExportTest, BothEndsOfTheRangeBelongToIt) {
  for (int second = 0; second < 10; ++second) Add("a", "x", second, second);
  v1::ExportSeriesRequest request = Request({});
  request.mutable_start_time()->set_seconds(kStart / 1000 + 3);
  request.mutable_end_time()->set_seconds(kStart / 1000 + 5);
  EXPECT_THAT(Lines(request), ElementsAre("a x 3:3 4:4 5:5"));
}

TEST_F(ExportTest, EveryBitOfAValueIsKept) {
  const double stale = std::bit_cast<double>(promql::kStaleBits);
  Add("a", "x", 1, stale);
  const auto stream = Open(Request({}));
  const v1::ExportSeriesResponse response = stream->Next();
  EXPECT_EQ(std::bit_cast<std::uint64_t>(response.series(0).values(0)), promql::kStaleBits);
}

TEST_F(ExportTest, ALongSeriesComesInSeveralMessagesWithoutAGap) {
  AddMuch(1, 100'000);
  TestContext context;
  const auto reader = stub_->ExportSeries(&context, Request({}));
  std::int64_t expected = 0;
  int messages = 0;
  v1::ExportSeriesResponse response;
  while (reader->Read(&response)) {
    ++messages;
    EXPECT_LT(response.ByteSizeLong(), std::size_t{1} << 20);
    for (const v1::MatrixSeries& series : response.series()) {
      EXPECT_EQ(series.labels().at("__name__"), "much");
      for (const std::int64_t time_ms : series.times_ms()) {
        ASSERT_EQ(time_ms, kStart + 1000 * expected++);
      }
    }
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(expected, 100'000);
  EXPECT_GT(messages, 3);
}

TEST_F(ExportTest, ManyShortSeriesShareMessages) {
  AddMuch(5'000, 1);
  int messages = 0;
  EXPECT_EQ(Lines(Request({}), &messages).size(), std::size_t{5'000});
  EXPECT_EQ(messages, 3);
}

TEST_F(ExportTest, LongLabelsMakeMoreMessages) {
  for (int i = 0; i < 100; ++i) {
    Add("much", absl::StrFormat("i%04d", i) + std::string(60'000, 'x'), 1, 1);
  }
  int messages = 0;
  EXPECT_EQ(Lines(Request({}), &messages).size(), std::size_t{100});
  EXPECT_GE(messages, 5);
}

TEST_F(ExportTest, WhatIsNoSelectorEndsIt) {
  const grpc::Status status = Open(Request({"a{"}))->End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("1:3: parse error"));
  v1::ExportSeriesRequest request = Request({});
  request.mutable_start_time()->set_seconds(10);
  request.mutable_end_time()->set_seconds(9);
  EXPECT_EQ(Open(request)->End().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ExportTest, ReadersWhoDoNotReadHoldUpNoQuery) {
  AddMuch(40, 20'000);  // more than the transport buffers
  std::vector<std::unique_ptr<ExportStream>> stalled;
  for (int i = 0; i < 16; ++i) {
    stalled.push_back(Open(Request({})));
    EXPECT_FALSE(stalled.back()->Next().series().empty());
  }
  TestContext context;
  v1::QueryRequest query;
  query.set_query("1 + 1");
  v1::QueryResponse response;
  EXPECT_TRUE(stub_->Query(&context, query, &response).ok());
  EXPECT_EQ(response.scalar(), 2);
  const grpc::Status status = Open(Request({}))->End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("16 exports open, which is its limit; try again"));
}

TEST_F(ExportTest, AReaderWhoTakesNothingIsCutAfterAWhile) {
  AddMuch(40, 20'000);
  const auto stalled = Open(Request({}));
  EXPECT_FALSE(stalled->Next().series().empty());
  int checks = 0;
  while (service_.metrics.streams_cut == 0 && ++checks < 100) {
    absl::SleepFor(absl::Milliseconds(50));  // for what the transport still takes
    service_.clock.Advance(absl::Minutes(5));
  }
  EXPECT_GE(checks, 2) << "the first check only looks";
  EXPECT_EQ(service_.metrics.streams_cut, 1);
  EXPECT_EQ(stalled->End().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(Lines(Request({"much{instance=\"i0001\"}"})).size(), std::size_t{1});
}

TEST_F(ExportTest, AReaderWhoLeavesMakesRoomForAnother) {
  AddMuch(40, 20'000);
  for (int i = 0; i < 50; ++i) {
    auto stream = Open(Request({}));
    const v1::ExportSeriesResponse first = stream->Next();
    EXPECT_EQ(first.series(0).labels().at("instance"), "i0000");
    stream->Cancel();
    EXPECT_FALSE(stream->End().ok());
  }
  EXPECT_EQ(Lines(Request({"much{instance=\"i0001\"}"})).size(), std::size_t{1});
}

TEST_F(ExportTest, AServiceThatStopsEndsExports) {
  AddMuch(40, 20'000);
  const auto stream = Open(Request({}));
  stream->Next();
  service_.server->Stop();
  EXPECT_FALSE(stream->End().ok());
}

}  // namespace
}  // namespace syspulse
