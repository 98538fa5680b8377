#include "services/exporter/http_connection.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include "services/exporter/gzip.h"
#include "services/exporter/request_target.h"

namespace syspulse {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::size_t kMostConnections = 256;  // 10 scrapers on each of 25 hosts
constexpr std::uint32_t kMostHead = 16 << 10;  // of a request, with many ?collect[]=
constexpr std::size_t kMostDrained = 64 << 10;
constexpr std::size_t kLeastToPack = 1024;  // less is not worth the work of packing it
constexpr std::chrono::seconds kFirstHead{10};
constexpr std::chrono::seconds kNextHead{150};  // Prometheus scrapes every minute, at times every 2
constexpr std::chrono::seconds kWrite{60};
constexpr std::chrono::seconds kDrain{1};

}  // namespace

void OpenConnections::Opened() {
  const MutexLock lock(mutex_);
  ++count_;
}

void OpenConnections::Closed() {
  const MutexLock lock(mutex_);
  --count_;
}

std::uint64_t OpenConnections::Wait(std::weak_ptr<HttpConnection> connection) {
  const MutexLock lock(mutex_);
  waiting_.emplace(++last_number_, std::move(connection));
  return last_number_;
}

void OpenConnections::EndWait(std::uint64_t number) {
  const MutexLock lock(mutex_);
  waiting_.erase(number);
}

bool OpenConnections::MakeRoom() {
  std::shared_ptr<HttpConnection> oldest;  // outlives the lock, which its end takes
  const MutexLock lock(mutex_);
  if (count_ < kMostConnections) return true;
  if (waiting_.empty()) return false;
  oldest = waiting_.begin()->second.lock();
  waiting_.erase(waiting_.begin());
  if (oldest != nullptr) oldest->Close();
  return true;
}

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, const MetricsServer::Handler* handler,
                               OpenConnections* connections)
    : handler_(handler), connections_(connections), stream_(std::move(socket)), buffer_(kMostHead) {
  connections_->Opened();
}

HttpConnection::~HttpConnection() {
  connections_->EndWait(waiting_number_);
  connections_->Closed();
}

void HttpConnection::Close() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->stream_.close(); });
}

void HttpConnection::ReadHead() {
  parser_.emplace();
  parser_->header_limit(kMostHead);
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());  // none is read
  stream_.expires_after(answered_before_ ? kNextHead : kFirstHead);
  waiting_number_ = connections_->Wait(weak_from_this());
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](beast::error_code error, std::size_t) { self->OnHead(error); });
}

void HttpConnection::OnHead(beast::error_code error) {
  connections_->EndWait(waiting_number_);
  head_only_ = keep_ = more_comes_ = false;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return;
  if (error && error.category() != make_error_code(http::error::bad_method).category()) return;
  if (error) return Refuse(error);
  const auto& request = parser_->get();
  more_comes_ = parser_->chunked() || parser_->content_length().value_or(0) > 0;
  keep_ = request.keep_alive() && !more_comes_;
  head_only_ = request.method() == http::verb::head;
  if (std::optional<HttpAnswer> refusal = Refusal()) {
    Send(*std::move(refusal));
  } else {
    Send(Ask());
  }
}

void HttpConnection::Refuse(beast::error_code error) {
  more_comes_ = true;
  const bool too_long = error == http::error::header_limit || error == http::error::buffer_overflow;
  Send(too_long ? HttpAnswer{.status = 431, .body = "the head of the request is too long\n"}
                : HttpAnswer{.status = 400, .body = "this is no request of HTTP\n"});
}

std::optional<HttpAnswer> HttpConnection::Refusal() const {
  const auto& request = parser_->get();
  if (request.version() >= 11 && request.count(http::field::host) != 1) {
    return HttpAnswer{.status = 400, .body = "the request does not say which host it asks\n"};
  }
  if (request.method() == http::verb::options) return HttpAnswer{.status = 204};
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    return HttpAnswer{.status = 405, .body = "only GET is answered here\n"};
  }
  return std::nullopt;
}

HttpAnswer HttpConnection::Ask() const {
  const beast::string_view text = parser_->get().target();
  const auto target = ParseRequestTarget({text.data(), text.size()});
  if (!target) return {.status = 400, .body = "the request asks for what is no path\n"};
  return (*handler_)(target->path, target->query);
}

bool HttpConnection::TakesGzip() const {
  const beast::string_view accepted = parser_->get()[http::field::accept_encoding];
  return AcceptsGzip({accepted.data(), accepted.size()});
}

void HttpConnection::Send(HttpAnswer answer) {
  response_.emplace(static_cast<http::status>(answer.status), 11);
  Response& response = *response_;
  if (answer.body.size() >= kLeastToPack && TakesGzip()) {
    if (std::optional<std::string> packed = Gzip(answer.body)) {
      answer.body = *std::move(packed);
      response.set(http::field::content_encoding, "gzip");
    }
  }
  if (answer.status != 204) response.set(http::field::content_type, answer.type);
  response.set("X-Content-Type-Options", "nosniff");
  response.set(http::field::vary, "Accept-Encoding");
  if (answer.status == 204 || answer.status == 405) {
    response.set(http::field::allow, "GET, HEAD, OPTIONS");
  }
  response.body() = std::move(answer.body);
  response.prepare_payload();
  response.set(http::field::connection, keep_ ? "keep-alive" : "close");
  serializer_.emplace(response);
  stream_.expires_after(kWrite);
  const auto sent = [self = shared_from_this()](beast::error_code error, std::size_t) {
    self->OnSent(error);
  };
  if (head_only_) {
    http::async_write_header(stream_, *serializer_, sent);
  } else {
    http::async_write(stream_, *serializer_, sent);
  }
}

void HttpConnection::OnSent(beast::error_code error) {
  serializer_.reset();
  response_.reset();
  if (error) return;  // a client that goes away while it is written to is its own affair
  answered_before_ = true;
  if (keep_) return ReadHead();
  beast::error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  // What is closed with something unread takes the answer back from a client that still writes.
  stream_.expires_after(kDrain);
  if (more_comes_) Drain(kMostDrained);
}

void HttpConnection::Drain(std::size_t left) {
  buffer_.clear();
  stream_.async_read_some(
      buffer_.prepare(kLeastToPack),
      [self = shared_from_this(), left](beast::error_code error, std::size_t got) {
        if (!error && got < left) self->Drain(left - got);
      });
}

}  // namespace syspulse
