// Prometheus remote write 1.0: https://prometheus.io/docs/specs/prw/remote_write_spec/. The bytes
// of labels are made once, as real senders keep them.
#include <snappy.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <string_view>

#include "absl/strings/str_format.h"
#include "tests/bench/http_connection.h"
#include "tests/bench/load.h"
#include "tests/bench/load_sender.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostSeries = 2000;  // of a request; Prometheus' default

void PutVarint(std::uint64_t number, std::string* out) {
  for (; number >= 128; number >>= 7) out->push_back(static_cast<char>(number | 128));
  out->push_back(static_cast<char>(number));
}

// A field of protobuf whose value has a length.
void PutField(int field, std::string_view value, std::string* out) {
  PutVarint(static_cast<std::uint64_t>(field << 3 | 2), out);
  PutVarint(value.size(), out);
  out->append(value);
}

// Returns the labels of a TimeSeries: field 1 of it, in the order of names.
std::string LabelsField(const Schema& schema, const Series& series, std::size_t host) {
  const MetricFamily& family = schema.families()[static_cast<std::size_t>(series.family)];
  std::map<std::string, std::string> labels = {
      {"__name__", family.name}, {"instance", HostnameOf(host)}, {"job", "syspulse"}};
  for (std::size_t i = 0; i < family.label_names.size(); ++i) {
    if (!series.label_values[i].empty()) labels[family.label_names[i]] = series.label_values[i];
  }
  std::string bytes;
  for (const auto& [name, value] : labels) {
    std::string label;
    PutField(1, name, &label);
    PutField(2, value, &label);
    PutField(1, label, &bytes);
  }
  return bytes;
}

class RemoteWriteSender final : public LoadSender {
 public:
  RemoteWriteSender(const std::string& address, const SchemaPtr& schema,
                    std::span<const std::size_t> hosts)
      : connection_(address) {
    for (const std::size_t host : hosts) {
      for (const Series& series : schema->series()) {
        labels_.push_back(LabelsField(*schema, series, host));
      }
    }
  }

  void Send(const LoadRow& row) override {
    std::size_t place = 0;
    for (const std::vector<double>& values : row.values) {
      for (const double value : values) {
        const std::string& labels = labels_[place++];
        if (std::isnan(value)) continue;
        Add(labels, row.time_ms, value);
        if (++series_ == kMostSeries) Flush();
      }
    }
  }
  // Every request but the last one was answered.
  void Finish() override { Flush(); }

 private:
  void Add(std::string_view labels, std::int64_t time_ms, double value) {
    sample_.assign(1, '\x09');  // field 1, a double
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 0; i < 64; i += 8) sample_.push_back(static_cast<char>(bits >> i));
    sample_.push_back('\x10');  // field 2, a varint
    PutVarint(static_cast<std::uint64_t>(time_ms), &sample_);
    one_.assign(labels);
    PutField(2, sample_, &one_);
    PutField(1, one_, &body_);
  }

  void Flush() {
    if (series_ == 0) return;
    snappy::Compress(body_.data(), body_.size(), &packed_);
    const auto answer = connection_.Post(
        "Content-Encoding: snappy\r\nContent-Type: application/x-protobuf\r\n"
        "X-Prometheus-Remote-Write-Version: 0.1.0\r\n",
        packed_);
    if (!answer.ok()) FailSending(std::string(answer.status().message()));
    body_.clear();
    series_ = 0;
  }

  HttpConnection connection_;
  std::vector<std::string> labels_;  // of all series of all hosts
  std::string sample_;
  std::string one_;
  std::string body_;
  std::string packed_;
  std::size_t series_ = 0;  // in body_
};

}  // namespace

std::unique_ptr<LoadSender> SendRemoteWrite(const std::string& address, const SchemaPtr& schema,
                                            std::span<const std::size_t> hosts) {
  return std::make_unique<RemoteWriteSender>(address, schema, hosts);
}

}  // namespace syspulse
