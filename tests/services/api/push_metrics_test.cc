// PushMetrics: what scripts send, and what becomes of it.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/api/pushed_metrics.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"
#include "tests/testing/service.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Code = grpc::StatusCode;

v1::PushMetricsRequest Request(const std::string& text) {
  v1::PushMetricsRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
  return request;
}

v1::PushMetricsRequest OneSample(const std::string& host = "web-1") {
  return Request("host: '" + host + "' metrics { name: 'jobs' samples { value: 3 } }");
}

struct Pushed {
  grpc::Status status;
  v1::PushMetricsResponse response;
};

Pushed Push(TestService* service, const v1::PushMetricsRequest& request) {
  TestContext context;
  Pushed pushed;
  pushed.status =
      service->Stub<v1::IngestService>()->PushMetrics(&context, request, &pushed.response);
  return pushed;
}

// Returns the sentence that refuses a request, after checking that nothing came of it.
std::string Refusal(const v1::PushMetricsRequest& request, Code code = Code::INVALID_ARGUMENT) {
  TestService service;
  const Pushed pushed = Push(&service, request);
  EXPECT_EQ(pushed.status.error_code(), code) << pushed.status.error_message();
  EXPECT_THAT(service.keeper.frames(), IsEmpty());
  EXPECT_THAT(service.hub.Hosts(), IsEmpty());
  EXPECT_EQ(service.metrics.push.failed_requests, 1);
  return pushed.status.error_message();
}

std::string Refusal(const std::string& text, Code code = Code::INVALID_ARGUMENT) {
  return Refusal(Request(text), code);
}

std::string RefusalOfMetric(const std::string& text) {
  return Refusal("host: 'web-1' metrics { " + text + " }");
}

TEST(PushMetrics, BecomesAFrameOfASourceOfItsHost) {
  TestService service;
  const Pushed pushed = Push(&service, Request(R"pb(
    host: "hosts/web-1"
    hostname: "web-1.example"
    source: "backup"
    metrics {
      name: "backup_size_bytes"
      type: METRIC_TYPE_GAUGE
      unit: "bytes"
      help: "Size."
      samples {
        labels { key: "disk" value: "sdb" }
        value: 7
      }
      samples {
        labels { key: "disk" value: "sda" }
        value: 5
      }
    }
    metrics {
      name: "backup_runs_total"
      type: METRIC_TYPE_COUNTER
      samples { value: 2 }
    })pb"));
  ASSERT_TRUE(pushed.status.ok()) << pushed.status.error_message();
  EXPECT_EQ(pushed.response.host(), "hosts/web-1");
  EXPECT_EQ(pushed.response.source(), "custom/backup");
  EXPECT_EQ(pushed.response.sample_count(), 3);
  ASSERT_THAT(service.keeper.frames(), SizeIs(1));
  const Frame& frame = *service.keeper.frames()[0];
  EXPECT_EQ(frame.host, "web-1");
  EXPECT_EQ(frame.source, "custom/backup");
  EXPECT_EQ(frame.time, service.clock.Now());
  EXPECT_THAT(frame.values, ElementsAre(2, 5, 7));
  EXPECT_EQ(frame.schema->families()[1],
            (MetricFamily{"backup_size_bytes", MetricType::kGauge, "bytes", "Size.", {"disk"}}));
  EXPECT_EQ(service.hub.LatestFrame("web-1", "custom/backup"), service.keeper.frames()[0]);
  EXPECT_EQ(service.metrics.push.samples, 3);
  EXPECT_EQ(service.metrics.push.series, 3);
}

TEST(PushMetrics, MakesItsHostKnownAndOnline) {
  TestService service;
  ASSERT_TRUE(Push(&service, OneSample()).status.ok());
  ASSERT_THAT(service.hub.Hosts(), SizeIs(1));
  EXPECT_EQ(service.hub.Hosts()[0]->hostname, "web-1");
  EXPECT_EQ(service.hub.Hosts()[0]->state, HostState::kOnline);
}

TEST(PushMetrics, TheOrderOfARequestDoesNotMatter) {
  TestService service;
  const std::string a = "metrics { name: 'a' samples { labels { key: 'l' value: '1' } value: 1 }";
  const std::string other = " samples { labels { key: 'l' value: '2' } value: 2 } }";
  ASSERT_TRUE(
      Push(&service, Request("host: 'h' metrics { name: 'b' samples { value: 3 } } " + a + other))
          .status.ok());
  ASSERT_TRUE(Push(&service, Request("host: 'h' metrics { name: 'a' samples { labels { key: 'l' "
                                     "value: '2' } value: 2 } samples { labels { key: 'l' value: "
                                     "'1' } value: 1 } } metrics { name: 'b' samples { value: 3 } "
                                     "}"))
                  .status.ok());
  const std::vector<FramePtr> frames = service.keeper.frames();
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_EQ(frames[0]->schema->id(), frames[1]->schema->id());
  EXPECT_EQ(frames[0]->values, frames[1]->values);
}

TEST(PushMetrics, SamplesOfSeveralTimesAreSeveralRows) {
  TestService service;
  ASSERT_TRUE(Push(&service, Request(R"pb(
                host: "h"
                sample_time { seconds: 1700000000 }
                metrics {
                  name: "a"
                  samples { value: 1 }
                  samples {
                    value: 2
                    sample_time { seconds: 1699999990 }
                  }
                }
                metrics {
                  name: "b"
                  samples { value: 4 }
                  samples { value: 4 }
                })pb"))
                  .status.ok());
  const std::vector<FramePtr> frames = service.keeper.frames();
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_EQ(frames[0]->time, TestTime(-10));
  EXPECT_EQ(frames[0]->values[0], 2);
  EXPECT_TRUE(std::isnan(frames[0]->values[1]));
  EXPECT_THAT(frames[1]->values, ElementsAre(1, 4));
  EXPECT_EQ(frames[0]->part, frames[1]->part);
  EXPECT_EQ(service.metrics.push.samples, 3);  // what came twice is one
}

TEST(PushMetrics, NaNAndInfinitiesAreValues) {
  TestService service;
  ASSERT_TRUE(
      Push(&service, Request("host: 'h' metrics { name: 'a' samples { value: nan } } metrics "
                             "{ name: 'b' samples { value: inf } }"))
          .status.ok());
  const FramePtr frame = service.keeper.frames()[0];
  EXPECT_EQ(std::bit_cast<std::uint64_t>(frame->values[0]), 0x7ff8000000000001U);
  EXPECT_EQ(frame->values[1], std::numeric_limits<double>::infinity());
}

TEST(PushMetrics, WhatIsWrongIsNamedWithItsValue) {
  EXPECT_THAT(Refusal("metrics { name: 'a' samples { value: 1 } }"), HasSubstr("names no host"));
  EXPECT_THAT(Refusal("host: 'Web_1' metrics { name: 'a' samples { value: 1 } }"),
              HasSubstr("'Web_1' is not a host id"));
  EXPECT_THAT(Refusal("host: 'h' source: 'a/b' metrics { name: 'a' samples { value: 1 } }"),
              HasSubstr("source 'a/b' cannot be"));
  EXPECT_EQ(Refusal("host: 'h'"), "the request holds no metrics");
  EXPECT_THAT(RefusalOfMetric("name: 'a.b' samples { value: 1 }"),
              HasSubstr("metrics[0]: 'a.b' is not a metric name"));
  EXPECT_EQ(RefusalOfMetric("name: 'a'"), "a has no samples");
  EXPECT_EQ(RefusalOfMetric("name: 'a' samples { labels { key: 'x' value: 'y' } }"),
            "a sample of a{x='y'} has no value");
  EXPECT_THAT(RefusalOfMetric("name: 'a' type: METRIC_TYPE_HISTOGRAM samples { value: 1 }"),
              HasSubstr("the type of a is METRIC_TYPE_HISTOGRAM"));
  EXPECT_THAT(RefusalOfMetric("name: 'a' samples { labels { key: '__x' value: 'y' } value: 1 }"),
              HasSubstr("'__x' of a is not a label name"));
  EXPECT_THAT(RefusalOfMetric("name: 'a' samples { value: 1 } samples { value: 2 }"),
              HasSubstr("a has two values at 2023-11-14T22:13:20Z, 1 and 2"));
  EXPECT_EQ(Refusal("host: 'h' metrics { name: 'a' samples { value: 1 } } metrics { name: 'a' "
                    "samples { value: 1 } }"),
            "metric a stands twice");
}

TEST(PushMetrics, TimesFarOffAreRefused) {
  const auto at = [](const std::string& seconds) {
    return RefusalOfMetric("name: 'a' samples { value: 1 sample_time { seconds: " + seconds +
                           " } }");
  };
  EXPECT_EQ(at("0"), "a sample of a is of 1970-01-01T00:00:00Z, which is older than what is kept");
  EXPECT_EQ(at("3155760000"),
            "a sample of a is of 2070-01-01T00:00:00Z, which is more than ten minutes ahead");
  EXPECT_THAT(at("999999999999999"), HasSubstr("the time of a: "));
}

TEST(PushMetrics, NamesThatAreTooLongAreCutInTheSentence) {
  v1::PushMetricsRequest request = OneSample();
  request.mutable_metrics(0)->set_name(std::string(64 << 10, 'x'));
  const std::string refusal = Refusal(request);
  EXPECT_THAT(refusal, HasSubstr("(65536 bytes); it may have 200 bytes"));
  EXPECT_LT(refusal.size(), 200U);
  request = OneSample();
  (*request.mutable_metrics(0)->mutable_samples(0)->mutable_labels())["l"] =
      std::string(64 << 10, 'y');
  EXPECT_THAT(Refusal(request), HasSubstr("label l of jobs"));
}

TEST(PushMetrics, MoreThanOneRequestMayHoldIsRefusedAsAWhole) {
  v1::PushMetricsRequest request = OneSample();
  for (std::size_t i = 0; i < kMostPushedSeries; ++i) {
    v1::PushedSample& sample = *request.mutable_metrics(0)->add_samples();
    (*sample.mutable_labels())["i"] = std::to_string(i);
    sample.set_value(1);
  }
  EXPECT_THAT(Refusal(request, Code::RESOURCE_EXHAUSTED), HasSubstr("more than 10000 series"));
  request = OneSample();
  for (int i = 0; i < 2000; ++i) {
    v1::PushedSample& sample = *request.mutable_metrics(0)->add_samples();
    (*sample.mutable_labels())["i"] = std::to_string(i);
    sample.set_value(1);
    sample.mutable_sample_time()->set_seconds(1'700'000'000 - i);
  }
  EXPECT_THAT(Refusal(request, Code::RESOURCE_EXHAUSTED), HasSubstr("values in all"));
  request = OneSample();
  for (int i = 0; i < 33; ++i) {
    (*request.mutable_metrics(0)->mutable_samples(0)->mutable_labels())["l" + std::to_string(i)] =
        "v";
  }
  EXPECT_THAT(Refusal(request, Code::RESOURCE_EXHAUSTED), HasSubstr("33 labels"));
}

TEST(PushMetrics, MessagesOfNothingAreCountedBeforeTheyTakeMemory) {
  std::string bytes;
  for (int i = 0; i < 500'000; ++i) bytes += std::string("\x2a\x00", 2);  // an empty metric
  EXPECT_THAT(CheckPushedShape(bytes),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too many")));
  EXPECT_THAT(CheckPushedShape("\x2a\x7f"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a PushMetricsRequest")));
}

TEST(PushMetrics, WhatTheHubRefusesTakesNobodysRoom) {
  TestService service;
  TestAgent agent(&service);
  agent.Push(1, 1024);
  const Pushed refused =
      Push(&service, Request("host: 'web-1' metrics { name: 'node_memory_MemTotal_bytes' samples { "
                             "value: 1 } }"));
  EXPECT_EQ(refused.status.error_code(), Code::INVALID_ARGUMENT);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("the agent of host web-1 measures"));
  EXPECT_EQ(service.metrics.push.series, 0);
  EXPECT_TRUE(Push(&service, OneSample()).status.ok());
  EXPECT_EQ(service.metrics.push.series, 1);
}

TEST(PushMetrics, AHostThatChurnsItsSeriesIsStoppedAndOthersAreNot) {
  TestService service;
  const auto push = [&](const std::string& host, int round) {
    v1::PushMetricsRequest request = OneSample(host);
    request.mutable_metrics(0)->clear_samples();
    for (int i = 0; i < 10'000; ++i) {
      v1::PushedSample& sample = *request.mutable_metrics(0)->add_samples();
      (*sample.mutable_labels())["i"] = std::to_string(round * 10'000 + i);
      sample.set_value(1);
    }
    return Push(&service, request).status;
  };
  EXPECT_TRUE(push("web-1", 0).ok());
  EXPECT_TRUE(push("web-1", 1).ok());
  const grpc::Status status = push("web-1", 2);
  EXPECT_EQ(status.error_code(), Code::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_message(),
            "hosts/web-1 had 20000 series within the last hour, and 10000 new ones make more than "
            "20000");
  EXPECT_EQ(service.metrics.push.unplaced_samples, 10'000);
  EXPECT_TRUE(push("web-1", 1).ok());
  EXPECT_TRUE(push("web-2", 2).ok());
  service.clock.Advance(absl::Hours(2));
  EXPECT_TRUE(push("web-1", 2).ok());
}

TEST(PushMetrics, LeavesTheAgentOfItsHostAlone) {
  TestService service;
  TestAgent agent(&service);
  agent.Push(0, 1e9);
  v1::PushMetricsRequest request = OneSample();
  request.set_hostname("impostor");
  ASSERT_TRUE(Push(&service, request).status.ok());
  EXPECT_EQ(service.hub.Hosts()[0]->hostname, "web-1.example");
  agent.Push(1, 2e9);
  EXPECT_EQ(service.hub.LatestFrame("web-1", "system")->values[0], 2e9);
}

TEST(PushMetrics, AnswersOnceAllIsKept) {
  TestService service;
  service.keeper.SetKeeping(false);
  const Pushed pushed = Push(&service, OneSample());
  EXPECT_EQ(pushed.status.error_code(), Code::UNAVAILABLE);
  EXPECT_THAT(pushed.status.error_message(), HasSubstr("disk is full"));
  service.keeper.SetKeeping(true);
  EXPECT_TRUE(Push(&service, OneSample()).status.ok());
}

}  // namespace
}  // namespace syspulse
