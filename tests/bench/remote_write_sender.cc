// Prometheus remote write 1.0: https://prometheus.io/docs/specs/prw/remote_write_spec/. The bytes
// of labels are made once, as real senders keep them.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <snappy.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <string_view>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
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

// One connection, kept open. Reads just as much of HTTP as these servers write.
class HttpConnection {
 public:
  explicit HttpConnection(const std::string& address) {
    std::string_view rest = address;
    host_ = TakeUntil(&rest, '/');
    path_ = "/" + std::string(rest);
    std::string_view port = host_;
    const std::string name(TakeUntil(&port, ':'));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(ParseNumber<std::uint16_t>(port).value_or(0));
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (inet_pton(AF_INET, name.c_str(), &to.sin_addr) != 1 ||
        connect(socket_, std::bit_cast<sockaddr*>(&to), sizeof to) != 0) {
      FailSending("connect to " + host_);
    }
  }
  ~HttpConnection() { close(socket_); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void Post(std::string_view body) {
    std::string request = absl::StrFormat(
        "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Encoding: snappy\r\n"
        "Content-Type: application/x-protobuf\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n"
        "Content-Length: %d\r\n\r\n",
        path_, host_, body.size());
    request += body;
    for (std::string_view rest = request; !rest.empty();) {
      const ssize_t sent = send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) FailSending(host_ + " does not take the request");
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    ReadAnswer();
  }

 private:
  void ReadAnswer() {
    std::string answer;
    while (answer.find("\r\n\r\n") == std::string::npos) {
      char bytes[4096];
      const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) FailSending(host_ + " ends without an answer: " + answer);
      answer.append(bytes, static_cast<std::size_t>(got));
    }
    // A success has no body.
    if (!answer.starts_with("HTTP/1.1 2")) FailSending(host_ + " answers: " + answer);
  }

  std::string host_;
  std::string path_;
  int socket_ = -1;
};

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
    connection_.Post(packed_);
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
