#include "services/api/ingest_service.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/model/proto.h"
#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

class IngestServiceTest : public ::testing::Test {
 protected:
  // Sends a batch that `spoil` made wrong, and returns how the stream ended.
  grpc::Status Spoiled(const std::function<void(v1::FrameBatch*)>& spoil) {
    TestAgent agent(&service_, "spoiled");
    v1::PushFramesRequest request = agent.Batch(1, 1);
    spoil(request.mutable_batch());
    return agent.Break(request);
  }

  TestService service_;
};

TEST_F(IngestServiceTest, WelcomesAnAgentWithItsHost) {
  TestAgent agent(service_.channel, "web-1");
  v1::PushFramesRequest request;
  request.mutable_hello()->set_session_id("run");
  request.mutable_hello()->mutable_host()->set_name("hosts/web-1");
  request.mutable_hello()->mutable_host()->set_address("forged");
  const v1::PushFramesResponse response = agent.Exchange(request);
  EXPECT_NE(response.welcome().service_version(), "");
  EXPECT_EQ(response.welcome().host().state(), v1::HOST_STATE_ONLINE);
  EXPECT_NE(response.welcome().host().address(), "forged");
}

// Returns whether the next answer demands all processes; nothing if it is something else.
std::optional<bool> ReadDemand(TestAgent* agent) {
  v1::PushFramesResponse response;
  EXPECT_TRUE(agent->Read(&response)) << "the stream ended";
  if (!response.has_demand()) return std::nullopt;
  return response.demand().all_processes();
}

TEST_F(IngestServiceTest, TellsAnAgentWhatReadersWantWhenItChanges) {
  TestAgent agent(&service_);
  agent.Push(1, 1);  // answered by an acknowledgement: nothing is demanded so far
  {
    const ReaderDemand::Lease lease = service_.hub.reader_demand().WantAll("web-1");
    EXPECT_EQ(ReadDemand(&agent), true);
    const ReaderDemand::Lease other = service_.hub.reader_demand().WantAll("");
    agent.Push(2, 1);  // nothing in between: that is no change
  }
  service_.clock.Advance(ReaderDemand::kAfterlife);
  service_.hub.UpdateStates();
  EXPECT_EQ(ReadDemand(&agent), false);
}

TEST_F(IngestServiceTest, TellsAnAgentThatConnectsAgainBehindTheWelcome) {
  const ReaderDemand::Lease lease = service_.hub.reader_demand().WantAll("web-1");
  for (const char* session : {"run", "run", "another run"}) {
    TestAgent agent(&service_, "web-1", session);  // expects a welcome first
    EXPECT_EQ(ReadDemand(&agent), true);
    service_.clock.Advance(absl::Seconds(4));  // the end of a stream may be noticed late
  }
}

TEST_F(IngestServiceTest, TakesAHelloFirst) {
  TestAgent agent(service_.channel, "web-1");
  const grpc::Status status = agent.Break(agent.Batch(1, 1));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("hello"));
}

TEST_F(IngestServiceTest, TakesOneHello) {
  TestAgent agent(&service_);
  v1::PushFramesRequest request;
  request.mutable_hello()->set_session_id("run");
  request.mutable_hello()->mutable_host()->set_name("hosts/web-1");
  EXPECT_EQ(agent.Break(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(IngestServiceTest, RefusesAnEmptyMessage) {
  TestAgent agent(&service_);
  EXPECT_EQ(agent.Break({}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(IngestServiceTest, RefusesAHostThatCannotBeOne) {
  TestAgent agent(service_.channel, "web-1");
  v1::PushFramesRequest request;
  request.mutable_hello()->set_session_id("run");
  request.mutable_hello()->mutable_host()->set_name("hosts/../etc");
  EXPECT_EQ(agent.Break(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(IngestServiceTest, NamesTheLengthOfAHostnameThatIsTooLong) {
  TestAgent agent(service_.channel, "web-1");
  v1::PushFramesRequest request;
  request.mutable_hello()->set_session_id("run");
  request.mutable_hello()->mutable_host()->set_name("hosts/web-1");
  request.mutable_hello()->mutable_host()->set_hostname(std::string(254, 'a'));
  const grpc::Status status = agent.Break(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "the hostname has 254 bytes; it may have 253 at most");
}

TEST_F(IngestServiceTest, RefusesASchemaThatWasNotSent) {
  const grpc::Status status = Spoiled([](v1::FrameBatch* batch) { batch->clear_schemas(); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("was not sent"));
}

// A label that is empty takes two bytes in a message, and a string in memory.
TEST_F(IngestServiceTest, RefusesSchemasThatTakeAllMemory) {
  constexpr int kLabels = 2'000;
  constexpr int kSeries = 1'000;  // 60 MB in memory
  MetricFamily family{.name = "a"};
  for (int i = 0; i < kLabels; ++i) family.label_names.push_back(absl::StrFormat("l%d", i));
  std::vector<Series> series(kSeries, {.label_values = std::vector<std::string>(kLabels)});
  for (int i = 0; i < kSeries; ++i) series[i].label_values[0] = std::to_string(i);
  v1::Schema schema;
  ToProto(**Schema::Create({std::move(family)}, std::move(series)), &schema);
  TestAgent agent(&service_, "web-1");
  const auto with_schemas = [&](int second) {
    v1::PushFramesRequest request = agent.Batch(second, second);
    for (int i = 0; i < 3; ++i) *request.mutable_batch()->add_schemas() = schema;
    return request;
  };
  EXPECT_TRUE(agent.Exchange(with_schemas(1)).has_acknowledgement());
  const grpc::Status refused = agent.Break(with_schemas(2));
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("MiB; connect again"));
}

TEST_F(IngestServiceTest, RefusesTheFrameOfAnotherHost) {
  const grpc::Status status =
      Spoiled([](v1::FrameBatch* batch) { batch->mutable_frames(0)->set_host("hosts/other"); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("hosts/other"));
}

TEST_F(IngestServiceTest, RefusesAWrongNumberOfValues) {
  const grpc::Status status =
      Spoiled([](v1::FrameBatch* batch) { batch->mutable_frames(0)->add_values(1); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(IngestServiceTest, RefusesSequenceNumbersThatDoNotGrow) {
  for (const std::int64_t sequence : {0, -1}) {
    const grpc::Status status =
        Spoiled([&](v1::FrameBatch* batch) { batch->set_sequence(sequence); });
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  TestAgent agent(&service_);
  const v1::PushFramesRequest batch = agent.Batch(1, 1);
  agent.Push(batch);
  EXPECT_EQ(agent.Break(batch).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(IngestServiceTest, TakesNothingOfABatchThatIsWrongInOnePlace) {
  Spoiled([](v1::FrameBatch* batch) {
    *batch->add_frames() = batch->frames(0);
    batch->mutable_frames(1)->clear_source();
  });
  EXPECT_EQ(service_.hub.LatestFrame("spoiled", "system"), nullptr);
}

TEST_F(IngestServiceTest, CountsAFrameThatArrivesTwiceOnce) {
  {
    TestAgent agent(&service_);
    agent.Push(1, 10);
    agent.Push(2, 20);
  }
  TestAgent agent(&service_);  // the same run, connected again
  agent.Push(1, 10);
  agent.Push(2, 20);
  agent.Push(3, 30);
  const auto frames = service_.hub.RecentFrames("web-1", "system", TestTime(0));
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[2]->values[0], 30);
}

v1::PushFramesRequest HelloAs(const std::string& session, const std::string& boot_id) {
  v1::PushFramesRequest request;
  request.mutable_hello()->set_session_id(session);
  request.mutable_hello()->set_boot_id(boot_id);
  request.mutable_hello()->mutable_host()->set_name("hosts/web-1");
  request.mutable_hello()->mutable_host()->set_hostname("clone.example");
  return request;
}

TEST_F(IngestServiceTest, RefusesASecondAgentOfAHostAndSaysSoOnce) {
  TestAgent first(&service_, "web-1", "one");
  first.Push(1, 1);
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) {
    TestAgent second(service_.channel, "web-1");
    const grpc::Status status = second.Break(HelloAs("two", "boot"));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
    EXPECT_THAT(status.error_message(), HasSubstr("--host-id"));
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("(clone.example) is refused: another agent, on web-1.example at"));
  EXPECT_EQ(log.find("is refused"), log.rfind("is refused")) << log;
  EXPECT_EQ(service_.metrics.agents_refused, 3);
  first.Push(2, 2);
  EXPECT_EQ((*service_.hub.FindHost("web-1"))->conflict->refusals, 3);
}

TEST_F(IngestServiceTest, EndsTheStreamOfAnAgentThatWasSilentWhileAnotherCame) {
  TestAgent first(&service_, "web-1", "one");
  first.Push(1, 1);
  service_.clock.Advance(absl::Seconds(4));
  TestAgent second(&service_, "web-1", "two");
  second.Push(2, 2);
  const grpc::Status status = first.Break(first.Batch(3, 3));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_THAT(status.error_message(), HasSubstr("--host-id"));
  second.Push(4, 4);
}

TEST_F(IngestServiceTest, MeasuresTheClockOfAnAgentAndSaysWhenItIsSet) {
  TestAgent agent(&service_);
  const auto push = [&](int second, absl::Duration ahead) {
    v1::PushFramesRequest request = agent.Batch(second, second);
    v1::AgentClock* const clock = request.mutable_batch()->mutable_clock();
    ToProto(service_.clock.Now() + ahead, clock->mutable_time());
    ToProto(service_.clock.Monotonic(), clock->mutable_since_boot());
    agent.Push(request);
  };
  ::testing::internal::CaptureStderr();
  push(1, absl::Seconds(20));
  EXPECT_EQ((*service_.hub.FindHost("web-1"))->clock_skew, absl::Seconds(20));
  push(2, absl::Hours(1));
  push(3, absl::ZeroDuration());
  for (int i = 4; i < 40; ++i) push(i, absl::Minutes(i % 2));
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("hosts/web-1: its clock was set forward by 59m40s"));
  EXPECT_THAT(log, HasSubstr("hosts/web-1: its clock was set back by 1h"));
  EXPECT_LE(std::count(log.begin(), log.end(), '\n'), 10) << "one that is set all the time";
  EXPECT_EQ(service_.metrics.clock_steps, 37);
}

TEST_F(IngestServiceTest, RefusesLabelsThatNobodyNeeds) {
  const auto refusal = [&](const std::string& key, const std::string& value) {
    TestAgent agent(service_.channel, "web-1");
    v1::PushFramesRequest request = HelloAs("one", "boot");
    (*request.mutable_hello()->mutable_host()->mutable_labels())[key] = value;
    const grpc::Status status = agent.Break(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  EXPECT_THAT(refusal("env", std::string(60'000, 'x')),
              HasSubstr("the value of label env has 60000 bytes; it may have 256 at most"));
  EXPECT_THAT(refusal("env", std::string(65'536, 'x')), HasSubstr("description of the host has"));
  EXPECT_THAT(refusal(std::string(60'000, 'k'), "x"), HasSubstr("is not a label key"));
  EXPECT_TRUE(service_.hub.Hosts().empty());
}

TEST_F(IngestServiceTest, RefusesAClockThatIsNone) {
  const grpc::Status status =
      Spoiled([](v1::FrameBatch* batch) { batch->mutable_clock()->mutable_time()->set_nanos(-5); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(IngestServiceTest, BringsADeletedHostBackWithItsNextFrame) {
  TestAgent agent(&service_);
  agent.Push(1, 1);
  ASSERT_TRUE(service_.hub.DeleteHost("web-1").ok());
  agent.Push(2, 2);
  EXPECT_EQ(service_.hub.LatestFrame("web-1", "system")->values[0], 2);
}

TEST_F(IngestServiceTest, AnswersEverythingBeforeItEndsAStreamThatTheAgentClosed) {
  TestAgent agent(&service_);
  agent.Push(1, 1);
  agent.WritesDone();
  v1::PushFramesResponse response;
  EXPECT_FALSE(agent.Read(&response));
  EXPECT_TRUE(agent.Finish().ok());
}

TEST(IngestLimitsTest, AFrameThatIsTooLargeCostsItselfOnly) {
  TestService service(Reach::kThisMachine, 100, {.max_series_per_frame = 2});
  TestAgent agent(&service);
  v1::PushFramesRequest request = agent.Batch(1, 10);
  agent.AddFrame(request.mutable_batch(), "large", GaugeSchema({"a", "b", "c"}), 1, {1, 2, 3});
  agent.AddFrame(request.mutable_batch(), "small", GaugeSchema({"a", "b"}), 1, {1, 2});
  agent.Push(request);
  EXPECT_EQ(service.hub.LatestFrame("web-1", "large"), nullptr);
  EXPECT_NE(service.hub.LatestFrame("web-1", "small"), nullptr);
  EXPECT_EQ(service.keeper.frames().size(), 2u);
  EXPECT_EQ(service.metrics.frames_refused, 1);
}

TEST_F(IngestServiceTest, TellsAgentsThatTheServiceStops) {
  TestAgent agent(service_.NetworkChannel(), "web-1");
  agent.Hello("run");
  service_.server->Stop();
  v1::PushFramesResponse response;
  while (agent.Read(&response)) {
  }
  const grpc::Status status = agent.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "the service is stopping; connect again");
}

TEST_F(IngestServiceTest, SharesTheSchemaOfLikeHosts) {
  TestAgent one(&service_, "web-1");
  TestAgent two(&service_, "web-2");
  one.Push(1, 1);
  two.Push(1, 1);
  EXPECT_EQ(service_.hub.LatestFrame("web-1", "system")->schema,
            service_.hub.LatestFrame("web-2", "system")->schema);
}

}  // namespace
}  // namespace syspulse
