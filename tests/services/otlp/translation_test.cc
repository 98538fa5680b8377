#include "services/otlp/translation.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_format.h"
#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h"
#include "services/store/merged_rows.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr const char* kTime = " time_unix_nano: 1700000000000000000 ";

std::string Service(const std::string& attributes) {
  std::string text = "resource { ";
  text += attributes;
  return text + " }";
}
std::string Attribute(const std::string& key, const std::string& value) {
  return absl::StrFormat(" attributes { key: '%s' value { string_value: '%s' } } ", key, value);
}

class OtlpTranslation : public ::testing::Test {
 protected:
  // Returns what becomes of a resource with these metrics.
  OtlpParts Write(const std::string& metrics, const std::string& resource = "") {
    ExportMetricsServiceRequest request;
    const std::string text =
        "resource_metrics { " + resource + " scope_metrics { " + metrics + " } }";
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    auto out = WriteOtlp(request.SerializeAsString(), &writer_, &metadata_);
    EXPECT_THAT(out, IsOk());
    return out.ok() ? *std::move(out) : OtlpParts();
  }

  // Returns the samples by series; hosts stand for job and instance.
  static std::map<std::string, double> SamplesOf(const OtlpParts& out) {
    std::map<std::string, double> samples;
    for (const FramePtr& frame : out.parts.frames) {
      EXPECT_EQ(frame->time, absl::FromUnixMillis(kNow));
      for (std::size_t i = 0; i < frame->values.size(); ++i) {
        if (IsAbsent(frame->values[i])) continue;
        const Series& series = frame->schema->series()[i];
        const MetricFamily& family =
            frame->schema->families()[static_cast<std::size_t>(series.family)];
        std::string name = frame->host + " " + family.name;
        for (std::size_t j = 0; j < family.label_names.size(); ++j) {
          if (series.label_values[j].empty()) continue;
          name += absl::StrFormat(" %s=%s", family.label_names[j], series.label_values[j]);
        }
        samples[name] = frame->values[i];
      }
    }
    return samples;
  }

  FakeClock clock_{absl::FromUnixMillis(kNow)};
  MetadataBook metadata_;
  SeriesWriter writer_{{.max_series = 1000, .source_prefix = "otlp/"}, &clock_, &metadata_};
};

std::string Gauge(const std::string& name, const std::string& point) {
  return "metrics { name: '" + name + "' gauge { data_points { " + kTime + point + " } } } ";
}

TEST_F(OtlpTranslation, AResourceIsATarget) {
  const std::string all =
      Service(Attribute("service.name", "cart") + Attribute("service.namespace", "shop") +
              Attribute("service.instance.id", "i1") + Attribute("host.name", "web-1") +
              Attribute("os.type", "linux"));
  const OtlpParts out = Write(Gauge("a", "as_double: 1.5"), all);
  EXPECT_THAT(
      SamplesOf(out),
      ElementsAre(Pair("~9:shop/carti1 a host=web-1", 1.5),
                  Pair("~9:shop/carti1 target_info host=web-1 host_name=web-1 os_type=linux", 1)));
  EXPECT_EQ(out.parts.frames[0]->source, "otlp/1");
  EXPECT_EQ(out.refused_points, 0);
}

TEST_F(OtlpTranslation, AHostStandsForTheInstanceThatIsNotNamed) {
  EXPECT_THAT(
      SamplesOf(Write(Gauge("a", "as_int: -3"), Service(Attribute("host.id", "h7")))),
      ElementsAre(Pair("~0:h7 a host=h7", -3), Pair("~0:h7 target_info host=h7 host_id=h7", 1)));
  EXPECT_THAT(SamplesOf(Write(Gauge("b", "as_int: 1"), Service(Attribute("service.name", "x")))),
              ElementsAre(Pair("~1:x b", 1)));
  EXPECT_THAT(SamplesOf(Write(Gauge("c", "as_int: 1"), Service(Attribute("os.type", "linux")))),
              ElementsAre(Pair("~0: c", 1)));  // no target that could be told of
}

TEST_F(OtlpTranslation, SumsThatOnlyGrowAreCounters) {
  const std::string point = std::string("data_points {") + kTime + "as_int: 7 }";
  EXPECT_THAT(
      SamplesOf(Write("metrics { name: 'r' sum { aggregation_temporality: 2 is_monotonic: true " +
                      point +
                      " } } metrics { name: 'q' unit: 'By' description: 'Waiting.' sum { "
                      "aggregation_temporality: 2 " +
                      point + " } }")),
      ElementsAre(Pair("~0: q_bytes", 7), Pair("~0: r_total", 7)));
  const auto known = metadata_.All();
  EXPECT_EQ(known.at("r_total").type, "counter");
  EXPECT_EQ(known.at("q_bytes"), (MetricMeaning{"gauge", "Waiting.", "bytes"}));
}

TEST_F(OtlpTranslation, HistogramsBecomeBuckets) {
  const OtlpParts out = Write(std::string("metrics { name: 'd' unit: 's' histogram { "
                                          "aggregation_temporality: 2 data_points {") +
                              kTime + Attribute("le", "mine") +
                              "count: 6 sum: 2.5 bucket_counts: [1, 2, 3] explicit_bounds: [0.1, "
                              "1e6] } } }");
  EXPECT_THAT(
      SamplesOf(out),
      ElementsAre(Pair("~0: d_seconds_bucket le=+Inf", 6), Pair("~0: d_seconds_bucket le=0.1", 1),
                  Pair("~0: d_seconds_bucket le=1000000", 3),
                  Pair("~0: d_seconds_count le=mine", 6), Pair("~0: d_seconds_sum le=mine", 2.5)));
  EXPECT_EQ(metadata_.All().at("d_seconds").type, "histogram");
}

TEST_F(OtlpTranslation, SummariesBecomeQuantiles) {
  const OtlpParts out = Write(
      std::string("metrics { name: 's' summary { data_points {") + kTime +
      "count: 2 sum: 3 quantile_values { quantile: 0.5 value: 1 } quantile_values { quantile: 1 "
      "value: 2 } } } }");
  EXPECT_THAT(SamplesOf(out),
              ElementsAre(Pair("~0: s quantile=0.5", 1), Pair("~0: s quantile=1", 2),
                          Pair("~0: s_count", 2), Pair("~0: s_sum", 3)));
}

TEST_F(OtlpTranslation, APointWithoutAValueEndsItsSeries) {
  const OtlpParts out = Write(Gauge("a", "flags: 1"));
  ASSERT_EQ(out.parts.frames.size(), 1U);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(out.parts.frames[0]->values[0]), 0x7ff0000000000002U);
}

TEST_F(OtlpTranslation, WhatCannotBeKeptCostsOnlyItselfAndIsPutInWords) {
  const auto refusal = [&](const std::string& metric) {
    const OtlpParts out = Write(metric + Gauge("kept", "as_int: 1"));
    EXPECT_EQ(out.refused_points, 1) << metric;
    EXPECT_EQ(out.parts.samples, 1) << metric;
    return out.parts.refusal;
  };
  const std::string point = std::string("data_points {") + kTime + "as_int: 7 }";
  EXPECT_THAT(refusal("metrics { name: 'r.s' sum { aggregation_temporality: 1 " + point + " } }"),
              HasSubstr("r.s is not cumulative"));
  EXPECT_THAT(refusal(std::string("metrics { name: 'e' exponential_histogram { data_points {") +
                      kTime + "} } }"),
              HasSubstr("e is an exponential histogram"));
  EXPECT_THAT(refusal(std::string("metrics { name: 'h' histogram { aggregation_temporality: 2 "
                                  "data_points {") +
                      kTime + "bucket_counts: [1, 2] explicit_bounds: [1, 2] } } }"),
              HasSubstr("h: a point has 2 bounds and 2 buckets"));
  EXPECT_THAT(refusal(std::string("metrics { name: 'h' histogram { aggregation_temporality: 2 "
                                  "data_points {") +
                      kTime + "bucket_counts: [1, 2, 3] explicit_bounds: [2, 1] } } }"),
              HasSubstr("do not ascend"));
  EXPECT_THAT(refusal(Gauge("n", "")), HasSubstr("n: a point has no value"));
  EXPECT_THAT(refusal(Gauge("...", "as_int: 1")), HasSubstr("cannot be the name"));
  EXPECT_THAT(refusal(Gauge(std::string(64 << 10, 'x'), "as_int: 1")), HasSubstr("65536 bytes"));
  EXPECT_THAT(refusal("metrics { name: 'o' gauge { data_points { as_int: 1 } } }"),
              HasSubstr("1970-01-01"));
  EXPECT_THAT(refusal("metrics { name: 'f' gauge { data_points { as_int: 1 time_unix_nano: "
                      "3155760000000000000 } } }"),
              HasSubstr("future"));
}

TEST_F(OtlpTranslation, ATargetHasItsShareOfSeries) {
  SeriesWriter writer({.max_series = 100, .max_target_series = 3}, &clock_, &metadata_);
  const auto write = [&](const std::string& job) {
    std::string metrics;
    for (int i = 0; i < 5; ++i) metrics += Gauge("m" + std::to_string(i), "as_int: 1");
    ExportMetricsServiceRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        "resource_metrics { " + Service(Attribute("service.name", job)) + " scope_metrics { " +
            metrics + " } }",
        &request));
    return *WriteOtlp(request.SerializeAsString(), &writer, &metadata_);
  };
  EXPECT_EQ(write("a").refused_points, 2);
  EXPECT_EQ(write("a").refused_points, 2);
  const OtlpParts out = write("b");
  EXPECT_EQ(out.refused_points, 2);
  EXPECT_EQ(out.parts.unplaced_samples, 2);
  EXPECT_THAT(out.parts.refusal, HasSubstr("its job and instance have 3 series already"));
}

TEST_F(OtlpTranslation, WhatIsNoRequestCountsNothing) {
  const auto out = WriteOtlp("garbage", &writer_, &metadata_);
  EXPECT_THAT(out, StatusIs(absl::StatusCode::kInvalidArgument,
                            HasSubstr("not an ExportMetricsServiceRequest")));
  EXPECT_THAT(SamplesOf(Write("")), IsEmpty());
}

}  // namespace
}  // namespace syspulse
