// `/api/v1/query` and `/api/v1/query_range`.
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/model/proto.h"
#include "services/promql/series_source.h"
#include "syspulse/v1/query_service.pb.h"
#include "web-gateway/server/prometheus_endpoint.h"

namespace syspulse {
namespace {

using google::protobuf::util::TimeUtil;

// No query may take longer; that is the service's limit too.
constexpr absl::Duration kLongestQuery = absl::Minutes(2);
// What the answer takes to arrive comes on top. A turn that does not come in time is part of the
// time, as in Prometheus: who asked for an answer within 5 s has gone away after 10.
constexpr absl::Duration kCallMargin = absl::Seconds(3);
constexpr std::int64_t kMostPoints = 11'000;
constexpr const char* kTimedOut = "query timed out";
// The least that the service knows.
constexpr absl::Duration kTick = absl::Milliseconds(1);

// Returns Prometheus' `stats`, as far as the service measures it.
std::string StatsJson(const v1::QueryStats& stats) {
  return absl::StrFormat(
      ",\"stats\":{\"timings\":{\"evalTotalTime\":%.9f},\"samples\":{\"totalQueryableSamples\":%d,"
      "\"peakSamples\":%d}}",
      absl::ToDoubleSeconds(FromProto(stats.evaluation_duration()).value_or(absl::ZeroDuration())),
      stats.sample_count(), stats.peak_sample_count());
}

std::string NotesJson(const char* key,
                      const google::protobuf::RepeatedPtrField<std::string>& notes) {
  std::string json;
  for (const std::string& note : notes) {
    json += json.empty() ? absl::StrFormat(",\"%s\":[", key) : ",";
    AppendPrometheusString(note, &json);
  }
  return json.empty() ? json : json + "]";
}

// What both kinds of query have in common.
class QueryEndpoint : public PrometheusEndpoint {
 public:
  PrometheusError Explain(const grpc::Status& status) const override {
    if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) {
      return PrometheusEndpoint::Explain(status);
    }
    PrometheusError error = TimedOut();
    const std::string text = status.error_message();
    // The service says itself where a query was when its time was over, if it had begun.
    if (timeout_ > kTick) {
      error.text = text.starts_with(kTimedOut) ? text : kTimedOut + (": " + text);
    }
    return error;
  }

 protected:
  // Reads `timeout` and `stats`.
  absl::Status Read(const PrometheusParameters& parameters) {
    wants_stats_ = !parameters.Get("stats").empty();
    const std::string_view text = parameters.Get("timeout");
    if (text.empty()) return absl::OkStatus();
    const auto timeout = ParsePrometheusDuration(text);
    if (!timeout.ok()) return InvalidParameter("timeout", std::string(timeout.status().message()));
    timeout_ = std::min(*timeout, kLongestQuery);
    return absl::OkStatus();
  }

  template <typename Request>
  PrometheusCall Call(const char* method, Request* request) const {
    ToProto(std::max(timeout_, kTick), request->mutable_timeout());
    return {.method = method,
            .request = request->SerializeAsString(),
            .timeout = std::max(timeout_, kTick) + kCallMargin};
  }

  // Whether there was no time at all to answer in.
  bool timed_out() const { return timeout_ <= absl::ZeroDuration(); }
  static PrometheusError TimedOut() {
    return {503, "timeout", "query timed out in query execution"};
  }

  template <typename Response>
  std::string Tail(const Response& response) const {
    return (wants_stats_ ? StatsJson(response.stats()) : "") + "}" +
           NotesJson("warnings", response.warnings()) + NotesJson("infos", response.infos()) + "}";
  }

  static std::string Head(const char* type) {
    return absl::StrFormat("{\"status\":\"success\",\"data\":{\"resultType\":\"%s\",\"result\":",
                           type);
  }

 private:
  absl::Duration timeout_ = kLongestQuery;
  bool wants_stats_ = false;
};

void AppendSample(std::int64_t time_ms, double value, std::string* json) {
  json->push_back('[');
  AppendPrometheusTime(time_ms, /*shortest=*/false, json);
  json->push_back(',');
  AppendPrometheusValue(value, /*plain=*/false, json);
  json->push_back(']');
}

void AppendMetric(std::size_t index, const google::protobuf::Map<std::string, std::string>& labels,
                  std::string* json) {
  json->append(index > 0 ? ",{\"metric\":" : "{\"metric\":");
  AppendPrometheusLabels(labels, json);
}

void AppendVectorSample(std::size_t index, const v1::VectorSample& sample, std::int64_t time_ms,
                        std::string* json) {
  AppendMetric(index, sample.labels(), json);
  json->append(",\"value\":");
  AppendSample(time_ms, sample.value(), json);
  json->push_back('}');
}

// Samples of a series that become JSON at a time. A series may have millions of them.
struct MatrixPiece {
  int series = 0;  // its place in the matrix
  int begin = 0;   // samples of it, up to `end`
  int end = 0;
};

int SampleCount(const v1::MatrixSeries& series) {
  return std::min(series.values_size(), series.times_ms_size());
}

// Returns all pieces of a matrix, one at least for each series.
std::vector<MatrixPiece> PiecesOf(const v1::SampleMatrix& matrix) {
  constexpr int kPieceSamples = 4096;
  std::vector<MatrixPiece> pieces;
  for (int i = 0; i < matrix.series_size(); ++i) {
    const int count = SampleCount(matrix.series(i));
    for (int begin = 0; begin < count || begin == 0; begin += kPieceSamples) {
      pieces.push_back(
          {.series = i, .begin = begin, .end = std::min(begin + kPieceSamples, count)});
    }
  }
  return pieces;
}

void AppendMatrixPiece(const v1::SampleMatrix& matrix, const MatrixPiece& piece,
                       std::string* json) {
  const v1::MatrixSeries& series = matrix.series(piece.series);
  if (piece.begin == 0) {
    AppendMetric(static_cast<std::size_t>(piece.series), series.labels(), json);
    json->append(",\"values\":[");
  }
  for (int i = piece.begin; i < piece.end; ++i) {
    if (i > 0) json->push_back(',');
    AppendSample(series.times_ms(i), series.values(i), json);
  }
  if (piece.end == SampleCount(series)) json->append("]}");
}

class InstantQueryEndpoint final : public QueryEndpoint {
 public:
  PrometheusStep Begin(const PrometheusParameters& parameters) override {
    v1::QueryRequest request;
    const auto time = TimeParameter(parameters, "time");
    if (!time.ok()) return BadData(time.status());
    if (const absl::Status status = Read(parameters); !status.ok()) return BadData(status);
    if (*time) ToProto(**time, request.mutable_time());
    request.set_query(ToUtf8(parameters.Get("query")));
    return Call("/syspulse.v1.QueryService/Query", &request);
  }

  PrometheusError Explain(const grpc::Status& status) const override {
    PrometheusError error = QueryEndpoint::Explain(status);
    // Prometheus names the parameter here, and not in a query over a range.
    if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
      error = BadData(InvalidParameter("query", error.text));
    }
    return error;
  }

  PrometheusStep Take(std::string_view message) override {
    const auto answer = std::make_shared<v1::QueryResponse>();
    if (!answer->ParseFromArray(message.data(), static_cast<int>(message.size())))
      return Unreadable();
    if (timed_out()) return TimedOut();
    const std::int64_t time_ms = TimeUtil::TimestampToMilliseconds(answer->time());
    switch (answer->value_case()) {
      case v1::QueryResponse::kScalar:
      case v1::QueryResponse::kText:
        return PointBody(*answer, time_ms);
      case v1::QueryResponse::kVector:
        return PrometheusBody{.head = Head("vector") + "[",
                              .count = static_cast<std::size_t>(answer->vector().samples_size()),
                              .append =
                                  [answer, time_ms](std::size_t index, std::string* json) {
                                    AppendVectorSample(
                                        index, answer->vector().samples(static_cast<int>(index)),
                                        time_ms, json);
                                  },
                              .tail = "]" + Tail(*answer)};
      case v1::QueryResponse::kMatrix:
        return MatrixBody(answer);
      default:
        return Unreadable();
    }
  }

 private:
  static PrometheusError Unreadable() {
    return {500, "internal", "the service sent a value that cannot be read"};
  }

  PrometheusBody MatrixBody(const std::shared_ptr<v1::QueryResponse>& answer) const {
    std::vector<MatrixPiece> pieces = PiecesOf(answer->matrix());
    const std::size_t count = pieces.size();
    return {.head = Head("matrix") + "[",
            .count = count,
            .append =
                [answer, pieces = std::move(pieces)](std::size_t index, std::string* json) {
                  AppendMatrixPiece(answer->matrix(), pieces[index], json);
                },
            .tail = "]" + Tail(*answer)};
  }

  // A scalar or a string.
  PrometheusBody PointBody(const v1::QueryResponse& answer, std::int64_t time_ms) const {
    const bool is_scalar = answer.value_case() == v1::QueryResponse::kScalar;
    std::string json = Head(is_scalar ? "scalar" : "string") + "[";
    AppendPrometheusTime(time_ms, /*shortest=*/true, &json);
    json.push_back(',');
    if (is_scalar) {
      AppendPrometheusValue(answer.scalar(), /*plain=*/true, &json);
    } else {
      AppendPrometheusString(answer.text(), &json);
    }
    return {.head = json + "]" + Tail(answer)};
  }
};

// How each sample of a grid begins, up to its value: the same in all series.
class SampleHeads {
 public:
  explicit SampleHeads(const v1::QueryRangeResponse& answer) {
    const std::int64_t start_ms = TimeUtil::TimestampToMilliseconds(answer.start_time());
    const std::int64_t step_ms = TimeUtil::DurationToMilliseconds(answer.step());
    int steps = 0;
    for (const v1::GridSeries& series : answer.series()) {
      steps = std::max(steps, series.values_size());
    }
    for (int i = 0; i < steps; ++i) {
      text_.push_back('[');
      AppendPrometheusTime(start_ms + i * step_ms, /*shortest=*/false, &text_);
      text_.push_back(',');
      ends_.push_back(text_.size());
    }
  }

  std::string_view operator[](int step) const {
    const auto place = static_cast<std::size_t>(step);
    const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
    return std::string_view(text_).substr(begin, ends_[place] - begin);
  }

  // Returns the most that so many samples take, with commas between them.
  std::size_t MostBytes(int samples) const {
    return text_.size() + static_cast<std::size_t>(samples) * (kMostValueBytes + 2);
  }

 private:
  std::string text_;               // all of them
  std::vector<std::size_t> ends_;  // of each in it
};

void AppendGridSeries(std::size_t index, const v1::QueryRangeResponse& answer,
                      const SampleHeads& heads, std::string* json) {
  const v1::GridSeries& series = answer.series(static_cast<int>(index));
  AppendMetric(index, series.labels(), json);
  json->append(",\"values\":[");
  const std::size_t begin = json->size();
  json->resize(begin + heads.MostBytes(series.values_size()));
  char* const first = json->data() + begin;
  char* out = first;
  for (int i = 0; i < series.values_size(); ++i) {
    if (promql::IsStale(series.values(i))) continue;
    if (out != first) *out++ = ',';
    out = std::ranges::copy(heads[i], out).out;
    out = WritePrometheusValue(series.values(i), out);
    *out++ = ']';
  }
  json->resize(static_cast<std::size_t>(out - json->data()));
  json->append("]}");
}

// Reads a parameter that must be there.
absl::StatusOr<absl::Time> RequiredTime(const PrometheusParameters& parameters, const char* name) {
  auto time = ParsePrometheusTime(parameters.Get(name));
  if (time.ok()) return time;
  return InvalidParameter(name, std::string(time.status().message()));
}

class RangeQueryEndpoint final : public QueryEndpoint {
 public:
  PrometheusStep Begin(const PrometheusParameters& parameters) override {
    auto request = RequestOf(parameters);
    if (!request.ok()) return BadData(request.status());
    return Call("/syspulse.v1.QueryService/QueryRange", &*request);
  }

  PrometheusStep Take(std::string_view message) override {
    const auto answer = std::make_shared<v1::QueryRangeResponse>();
    if (!answer->ParseFromArray(message.data(), static_cast<int>(message.size()))) {
      return PrometheusError{500, "internal", "the service sent a value that cannot be read"};
    }
    if (timed_out()) return TimedOut();
    return PrometheusBody{
        .head = Head("matrix") + "[",
        .count = static_cast<std::size_t>(answer->series_size()),
        .append = [answer, heads = SampleHeads(*answer)](
                      std::size_t index,
                      std::string* json) { AppendGridSeries(index, *answer, heads, json); },
        .tail = "]" + Tail(*answer)};
  }

 private:
  absl::StatusOr<v1::QueryRangeRequest> RequestOf(const PrometheusParameters& parameters) {
    v1::QueryRangeRequest request;
    ASSIGN_OR_RETURN(const absl::Time start, RequiredTime(parameters, "start"));
    ASSIGN_OR_RETURN(const absl::Time end, RequiredTime(parameters, "end"));
    if (end < start) {
      return InvalidParameter("end", "end timestamp must not be before start time");
    }
    const auto step = ParsePrometheusDuration(parameters.Get("step"));
    if (!step.ok()) return InvalidParameter("step", std::string(step.status().message()));
    if (*step <= absl::ZeroDuration()) {
      return InvalidParameter("step",
                              "zero or negative query resolution step widths are not accepted. Try "
                              "a positive integer");
    }
    absl::Duration rest;
    if (absl::IDivDuration(end - start, *step, &rest) > kMostPoints) {
      return absl::InvalidArgumentError(
          "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
          "resolution (?step=XX)");
    }
    RETURN_IF_ERROR(Read(parameters));
    ToProto(start, request.mutable_start_time());
    ToProto(end, request.mutable_end_time());
    ToProto(*step, request.mutable_step());
    request.set_query(ToUtf8(parameters.Get("query")));
    return request;
  }
};

}  // namespace

std::unique_ptr<PrometheusEndpoint> NewInstantQueryEndpoint() {
  return std::make_unique<InstantQueryEndpoint>();
}

std::unique_ptr<PrometheusEndpoint> NewRangeQueryEndpoint() {
  return std::make_unique<RangeQueryEndpoint>();
}

}  // namespace syspulse
