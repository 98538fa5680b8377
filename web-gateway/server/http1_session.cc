#include "web-gateway/server/http1_session.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "web-gateway/server/http1_head.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/peer_address.h"

namespace syspulse {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kReadBytes = 8 << 10;
constexpr std::size_t kBufferBytes = kMaxHeadBytes + kReadBytes;
constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// How much of a write the system is asked to take at a time; by itself asio does by 64 KiB.
constexpr auto kAllAtOnce = [](const boost::system::error_code& error, std::size_t) {
  return error ? std::size_t{0} : std::numeric_limits<std::size_t>::max();
};

}  // namespace

// Speaks to its session until the session lets go of it.
class Http1Exchange final : public Exchange {
 public:
  Http1Exchange(HttpRequest request, BodyBudget* bodies, Http1Session* session)
      : Exchange(std::move(request), bodies), session_(session) {}

  bool full_duplex() const override { return false; }
  void Respond(HttpResponse response) override {
    if (session_ != nullptr) session_->SendAnswer(std::move(response));
  }
  void StartStream(HttpResponse head) override {
    if (session_ != nullptr) session_->SendStreamHead(std::move(head));
  }
  void Write(std::string bytes, std::function<void()> written) override {
    if (session_ != nullptr) session_->SendStreamPiece(std::move(bytes), std::move(written));
  }
  void End() override {
    if (session_ != nullptr) session_->SendStreamEnd();
  }

  // Cuts the ties; tells the handler if the client left before its answer was complete.
  void Detach(bool gone) {
    session_ = nullptr;
    const std::shared_ptr<ExchangeHandler> last = handler();
    ForgetHandler();
    if (gone && last) last->OnGone();
  }

 private:
  Http1Session* session_;
};

Http1Session::Http1Session(asio::ip::tcp::socket socket, Router* router,
                           const ConnectionLimits& limits, BodyBudget* bodies, Closed closed,
                           Upgrade upgrade)
    : socket_(std::move(socket)),
      peer_(PeerAddress(socket_)),
      router_(router),
      limits_(limits),
      bodies_(bodies),
      closed_(std::move(closed)),
      upgrade_(std::move(upgrade)),
      buffer_(kBufferBytes),
      deadline_(socket_.get_executor()) {}

void Http1Session::Start() {
  deadline_.Bind(weak_from_this(), [this] { OnDeadline(); });
  deadline_.Set(limits_.head_timeout);
  Read();
}

void Http1Session::Read() {
  if (reading_ || state_ == State::kClosed) return;
  const std::size_t room = std::min(kReadBytes, kBufferBytes - buffer_.size());
  if (room == 0) return;  // sent far ahead; read on when this answer is complete
  reading_ = true;
  socket_.async_read_some(
      buffer_.prepare(room),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
        self->OnRead(error, size);
      });
}

void Http1Session::OnRead(const boost::system::error_code& error, std::size_t size) {
  reading_ = false;
  if (state_ == State::kClosed) return;
  if (error) {
    Close();
    return;
  }
  buffer_.commit(size);
  if (state_ == State::kLingering) {
    buffer_.consume(buffer_.size());
  } else {
    Parse();
  }
  Read();
}

void Http1Session::Parse() {
  while (buffer_.size() > 0 &&
         (state_ == State::kIdle || state_ == State::kHead || state_ == State::kBody)) {
    if (!ParseOnce()) return;
  }
}

// Returns whether there may be more to parse in the buffer.
bool Http1Session::ParseOnce() {
  if (first_bytes_ && IsHttp2Preface()) return false;
  if (state_ == State::kIdle) {
    state_ = State::kHead;
    deadline_.Set(limits_.head_timeout);
    parser_.emplace();
    parser_->header_limit(kMaxHeadBytes);
    parser_->body_limit(kMaxBodyBytes);
    parser_->eager(false);
  }
  boost::system::error_code error;
  const std::size_t used = parser_->put(buffer_.data(), error);
  buffer_.consume(used);
  if (error == http::error::need_more) return false;
  if (error) {
    RefuseParse(error);
    return false;
  }
  if (state_ == State::kHead && parser_->is_header_done()) {
    state_ = State::kBody;
    deadline_.Set(limits_.body_timeout);
    parser_->eager(true);
    BeginExchange();
  }
  if (state_ == State::kBody && !HoldBody()) return false;
  if (state_ == State::kBody && parser_->is_done()) DeliverBody();
  return used > 0;
}

// Takes room for what has come of the body; else has the request refused, and returns false.
bool Http1Session::HoldBody() {
  const auto exchange = exchange_;
  if (!exchange) return true;
  BodyShare* const share = exchange->body_share();
  if (share->Grow(parser_->get().body().size() - share->bytes())) return true;
  parser_->get().body() = {};
  share->Shrink(0);
  state_ = State::kAnswering;
  keep_alive_ = false;
  if (const auto handler = exchange->handler(); handler && !answered_) handler->OnNoRoom();
  return false;
}

// Whether the client opened with HTTP/2's preface, or may be about to.
bool Http1Session::IsHttp2Preface() {
  const std::string_view bytes(static_cast<const char*>(buffer_.data().data()), buffer_.size());
  if (!upgrade_ || !kHttp2Preface.starts_with(bytes.substr(0, kHttp2Preface.size()))) {
    first_bytes_ = false;
    return false;
  }
  if (bytes.size() < kHttp2Preface.size()) return true;
  state_ = State::kClosed;
  deadline_.Stop();
  const auto self = shared_from_this();
  upgrade_(std::move(socket_), std::string(bytes));
  closed_(this);
  return true;
}

void Http1Session::RefuseParse(const boost::system::error_code& error) {
  if (error == http::error::header_limit) {
    Refuse(431, absl::StrFormat("the head of a request may have %d bytes", kMaxHeadBytes));
  } else if (error == http::error::body_limit) {
    Refuse(413, absl::StrFormat("the body of a request may have %d bytes", kMaxBodyBytes));
  } else {
    Refuse(400, "this is not HTTP/1.1: " + error.message());
  }
}

void Http1Session::Refuse(int status, std::string_view sentence) {
  DropExchange(true);
  keep_alive_ = false;
  if (answered_) {  // half an answer is out; nothing sensible can follow it
    Close();
    return;
  }
  exchange_ = std::make_shared<Http1Exchange>(HttpRequest{.method = "GET"}, bodies_, this);
  state_ = State::kAnswering;
  SendAnswer(PlainAnswer(status, sentence));
}

void Http1Session::BeginExchange() {
  absl::StatusOr<HttpRequest> request = ToHttpRequest(parser_->get().base());
  keep_alive_ = parser_->keep_alive() && parser_->get().version() >= 11;
  answered_ = answer_complete_ = false;
  if (!request.ok()) {
    Refuse(400, std::string(request.status().message()));
    return;
  }
  request->peer = peer_;
  const bool expects = ToLower(request->Header("expect")) == "100-continue";
  exchange_ = std::make_shared<Http1Exchange>(std::move(*request), bodies_, this);
  const auto exchange = exchange_;
  router_->Route(exchange);
  if (expects && !answered_ && state_ == State::kBody && !parser_->is_done()) {
    Send({.text = std::string(kContinue)});
    Flush();
  }
}

void Http1Session::DeliverBody() {
  state_ = State::kAnswering;
  if (in_flight_.empty()) deadline_.Clear();
  const auto exchange = exchange_;
  const std::string body = std::move(parser_->get().body());
  if (const auto handler = exchange->handler()) handler->OnBody(body, true);
  exchange->body_share()->Shrink(0);  // what the handler needs of it, it has
}

std::string Http1Session::HeadText(HttpResponse* response, std::optional<std::size_t> length) {
  answered_ = true;
  // An answer that comes before its request has ended leaves bytes that nobody wants.
  if (state_ == State::kBody && !parser_->is_done()) keep_alive_ = false;
  if (exchange_) router_->policy().Decorate(exchange_->request(), response);
  return Http1HeadText(*response, length, chunked_, keep_alive_);
}

void Http1Session::SendAnswer(HttpResponse response) {
  if (answered_) return;
  chunked_ = false;
  const bool no_body = response.status == 204 || response.status == 304;
  const std::string method = exchange_->request().method;
  std::string head =
      HeadText(&response, no_body ? std::nullopt : std::optional(response.Body().size()));
  answer_complete_ = true;
  Piece piece{.text = std::move(head)};
  if (!no_body && method != "HEAD") {
    if (response.shared_body) {
      piece.shared = std::move(response.shared_body);
    } else {
      piece.text += response.body;
    }
  }
  Send(std::move(piece));
  Flush();
}

void Http1Session::SendStreamHead(HttpResponse head) {
  if (answered_) return;
  chunked_ = exchange_->request().version >= 11;
  if (!chunked_) keep_alive_ = false;
  Send({.text = HeadText(&head, std::nullopt)});
  // The first message is often only a moment away, and then leaves with the head.
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->Flush(); });
}

void Http1Session::SendStreamPiece(std::string bytes, std::function<void()> written) {
  if (bytes.empty()) {  // an empty chunk would be the end
    asio::post(socket_.get_executor(), std::move(written));
    return;
  }
  if (chunked_) Send({.text = absl::StrFormat("%x\r\n", bytes.size())});
  Send({.text = std::move(bytes), .written = std::move(written)});
  if (chunked_) Send({.text = "\r\n"});
  Flush();
}

void Http1Session::SendStreamEnd() {
  answer_complete_ = true;
  if (chunked_) Send({.text = "0\r\n\r\n"});
  Flush();
  if (in_flight_.empty()) FinishAnswer();
}

void Http1Session::Send(Piece piece) { outgoing_.push_back(std::move(piece)); }

void Http1Session::Flush() {
  if (!in_flight_.empty() || outgoing_.empty() || state_ == State::kClosed) return;
  in_flight_ = std::exchange(outgoing_, {});
  std::vector<asio::const_buffer> buffers;
  for (const Piece& piece : in_flight_) {
    buffers.emplace_back(piece.text.data(), piece.text.size());
    if (piece.shared) buffers.emplace_back(piece.shared->data(), piece.shared->size());
  }
  deadline_.Set(limits_.write_timeout);
  asio::async_write(socket_, buffers, kAllAtOnce,
                    [self = shared_from_this()](const boost::system::error_code& error,
                                                std::size_t) { self->OnWritten(error); });
}

void Http1Session::OnWritten(const boost::system::error_code& error) {
  if (state_ == State::kClosed) return;
  if (error) {
    Close();
    return;
  }
  const std::deque<Piece> written = std::exchange(in_flight_, {});
  if (state_ == State::kBody) {
    deadline_.Set(limits_.body_timeout);  // that was 100 Continue
  } else {
    deadline_.Clear();
  }
  const bool complete = answer_complete_ && outgoing_.empty();
  for (const Piece& piece : written) {
    if (piece.written) piece.written();
  }
  if (state_ == State::kClosed) return;
  if (complete) {
    FinishAnswer();
  } else {
    Flush();
  }
}

void Http1Session::FinishAnswer() {
  DropExchange(false);
  if (!keep_alive_) {
    // With nothing unread, closing cannot cost the client the end of its answer.
    if (parser_ && parser_->is_done() && buffer_.size() == 0) {
      Close();
      return;
    }
    state_ = State::kLingering;
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    deadline_.Set(limits_.linger_timeout);
    buffer_.consume(buffer_.size());
    Read();  // a full buffer may have stopped that
    return;
  }
  parser_.reset();
  answered_ = answer_complete_ = false;
  state_ = State::kIdle;
  deadline_.Set(limits_.idle_timeout);
  if (buffer_.size() > 0) {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->Parse();
      self->Read();
    });
  } else {
    Read();
  }
}

void Http1Session::DropExchange(bool gone) {
  if (const auto exchange = std::move(exchange_)) exchange->Detach(gone);
  exchange_.reset();
}

void Http1Session::Stop() {
  keep_alive_ = false;
  if (state_ != State::kAnswering) {
    Close();
    return;
  }
  const auto exchange = exchange_;
  if (const auto handler = exchange ? exchange->handler() : nullptr) handler->OnStop();
}

void Http1Session::Close() {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  state_ = State::kClosed;
  deadline_.Stop();
  boost::system::error_code ignored;
  socket_.close(ignored);
  outgoing_.clear();
  DropExchange(true);
  closed_(this);
}

void Http1Session::OnDeadline() {
  if ((state_ == State::kHead || state_ == State::kBody) && in_flight_.empty()) {
    Refuse(408, "the request did not come in time");
  } else {
    Close();
  }
}

}  // namespace syspulse
