#include "web-gateway/server/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <utility>
#include <vector>

#include "services/base/text.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/peer_address.h"

namespace syspulse {
namespace {

namespace asio = boost::asio;

// As much as is written at once.
constexpr std::size_t kWriteBytes = 64 << 10;

std::string_view View(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv ToNv(const std::string& name, const std::string& value) {
  // nghttp2 copies both; its interface predates const.
  return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(),
          value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

// One stream. Speaks to its session until the session lets go of it.
class Http2Exchange final : public Exchange {
 public:
  Http2Exchange(HttpRequest request, BodyBudget* bodies, Http2Session* session, std::int32_t stream)
      : Exchange(std::move(request), bodies), session_(session), stream_(stream) {}

  bool full_duplex() const override { return true; }

  void Respond(HttpResponse response) override {
    if (session_ == nullptr || answered_) return;
    const bool no_body =
        response.status == 204 || response.status == 304 || request().method == "HEAD";
    const std::string_view body = response.Body();
    if (response.status != 204 && response.status != 304) {
      response.headers.emplace_back("content-length", std::to_string(body.size()));
    }
    if (!no_body) body_ = std::string(body);
    ended_ = true;
    Submit(std::move(response));
  }

  void StartStream(HttpResponse head) override {
    if (session_ != nullptr && !answered_) Submit(std::move(head));
  }

  void Write(std::string bytes, std::function<void()> written) override {
    if (session_ == nullptr) return;
    body_ += bytes;
    written_ = std::move(written);
    nghttp2_session_resume_data(session_->session_, stream_);
    session_->FlushSoon();
  }

  void End() override {
    if (session_ == nullptr) return;
    ended_ = true;
    nghttp2_session_resume_data(session_->session_, stream_);
    session_->FlushSoon();
  }

  // Cuts the ties; tells the handler if its answer was not complete.
  void Detach() {
    session_ = nullptr;
    const std::shared_ptr<ExchangeHandler> last = handler();
    ForgetHandler();
    if (last) last->OnGone();
  }

  // Fills `out` with the next bytes of the body. As nghttp2's data source wants it.
  ssize_t Pull(std::uint8_t* out, std::size_t size, std::uint32_t* flags) {
    const std::size_t count = std::min(size, body_.size() - pulled_);
    std::memcpy(out, body_.data() + pulled_, count);
    pulled_ += count;
    if (pulled_ == body_.size()) {
      body_.clear();
      pulled_ = 0;
      if (ended_) *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (written_) {
        asio::post(session_->socket_.get_executor(), std::exchange(written_, nullptr));
      }
      if (count == 0 && !ended_) return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(count);
  }

  bool answer_ended() const { return ended_; }

  // The client has ended its request.
  bool request_ended = false;

 private:
  void Submit(HttpResponse response);

  Http2Session* session_;
  const std::int32_t stream_;
  bool answered_ = false;
  bool ended_ = false;
  std::string body_;
  std::size_t pulled_ = 0;
  std::function<void()> written_;
};

// nghttp2's callbacks, which are C.
struct Http2Callbacks {
  static Http2Session* Of(void* user) { return static_cast<Http2Session*>(user); }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      Of(user)->heads_[frame->hd.stream_id] = HttpRequest{.version = 20};
    }
    return 0;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
    const auto found = Of(user)->heads_.find(frame->hd.stream_id);
    if (found == Of(user)->heads_.end()) return 0;  // trailers of a request mean nothing here
    HttpRequest& request = found->second;
    const std::string_view key = View(name, name_size);
    std::string_view text = View(value, value_size);
    if (key == ":method") {
      request.method = std::string(text);
    } else if (key == ":authority" || (key == "host" && request.authority.empty())) {
      request.authority = std::string(text);
    } else if (key == ":path") {
      request.path = std::string(TakeUntil(&text, '?'));
      request.query = std::string(text);
    } else if (!key.starts_with(':')) {
      request.headers.emplace_back(std::string(key), std::string(text));
    }
    std::size_t bytes = request.path.size() + request.query.size();
    for (const auto& [header, content] : request.headers) bytes += header.size() + content.size();
    return bytes > kMaxHeadBytes ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;  // resets the stream
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      Of(user)->OnHeaders(frame->hd.stream_id, last);
    } else if ((frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS) && last) {
      Of(user)->OnBody(frame->hd.stream_id, {}, true);
    }
    return 0;
  }

  static int OnData(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                    std::size_t size, void* user) {
    Of(user)->OnBody(stream, View(bytes, size), false);
    return 0;
  }

  static int OnClose(nghttp2_session*, std::int32_t stream, std::uint32_t error_code, void* user) {
    Of(user)->OnStreamClosed(stream, error_code);
    return 0;
  }

  static ssize_t Pull(nghttp2_session* session, std::int32_t stream, std::uint8_t* out,
                      std::size_t size, std::uint32_t* flags, nghttp2_data_source* source, void*) {
    auto* exchange = static_cast<Http2Exchange*>(source->ptr);
    const ssize_t count = exchange->Pull(out, size, flags);
    if ((*flags & NGHTTP2_DATA_FLAG_EOF) != 0 && !exchange->request_ended) {
      // The answer came before the request ended: the rest of it is not wanted.
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_NO_ERROR);
    }
    return count;
  }
};

void Http2Exchange::Submit(HttpResponse response) {
  answered_ = true;
  session_->router_->policy().Decorate(request(), &response);
  const std::string status_name = ":status";
  const std::string status = std::to_string(response.status);
  std::vector<nghttp2_nv> headers = {ToNv(status_name, status)};
  for (const auto& [name, value] : response.headers) headers.push_back(ToNv(name, value));
  nghttp2_data_provider provider{};
  provider.source.ptr = this;
  provider.read_callback = &Http2Callbacks::Pull;
  nghttp2_submit_response(session_->session_, stream_, headers.data(), headers.size(), &provider);
  session_->FlushSoon();
}

Http2Session::Http2Session(asio::ip::tcp::socket socket, Router* router,
                           const ConnectionLimits& limits, BodyBudget* bodies, Closed closed)
    : socket_(std::move(socket)),
      peer_(PeerAddress(socket_)),
      router_(router),
      limits_(limits),
      bodies_(bodies),
      closed_(std::move(closed)),
      deadline_(socket_.get_executor()) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks,
                                                          &Http2Callbacks::OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Http2Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Http2Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Http2Callbacks::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Http2Callbacks::OnClose);
  nghttp2_session_server_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  const std::array<nghttp2_settings_entry, 2> settings = {
      {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kMaxStreams},
       {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMaxHeadBytes}}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
}

Http2Session::~Http2Session() { nghttp2_session_del(session_); }

void Http2Session::Start(std::string_view bytes) {
  deadline_.Bind(weak_from_this(), [this] { Close(); });
  deadline_.Set(limits_.idle_timeout);
  const auto self = shared_from_this();
  Feed(bytes);
  Read();
}

void Http2Session::Read() {
  if (is_closed_) return;
  socket_.async_read_some(
      asio::buffer(incoming_),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
        if (self->is_closed_) return;
        if (error) {
          self->Close();
          return;
        }
        self->Feed({self->incoming_.data(), size});
        self->Read();
      });
}

void Http2Session::Feed(std::string_view bytes) {
  const ssize_t used = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (used < 0) {
    Close();
    return;
  }
  if (reset_count_ > kMaxResets && reset_count_ * 2 > stream_count_) {
    nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
  }
  Flush();
}

void Http2Session::FlushSoon() {
  if (std::exchange(flush_posted_, true)) return;
  // nghttp2 must not be asked to send from within its own callbacks.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->flush_posted_ = false;
    self->Flush();
  });
}

void Http2Session::Flush() {
  if (writing_ || is_closed_) return;
  outgoing_.clear();
  while (outgoing_.size() < kWriteBytes) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) break;
    outgoing_.append(View(bytes, static_cast<std::size_t>(size)));
  }
  if (outgoing_.empty()) {
    if (stopping_ && exchanges_.empty()) Close();
    if (!nghttp2_session_want_read(session_) && !nghttp2_session_want_write(session_)) Close();
    return;
  }
  writing_ = true;
  deadline_.Set(limits_.write_timeout);
  asio::async_write(
      socket_, asio::buffer(outgoing_),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
        if (self->is_closed_) return;
        self->writing_ = false;
        if (error) {
          self->Close();
          return;
        }
        self->deadline_.Clear();
        if (self->exchanges_.empty()) self->deadline_.Set(self->limits_.idle_timeout);
        self->Flush();
      });
}

void Http2Session::OnHeaders(std::int32_t stream, bool last) {
  HttpRequest request = std::move(heads_[stream]);
  request.peer = peer_;
  heads_.erase(stream);
  ++stream_count_;
  if (!writing_) deadline_.Clear();
  const auto exchange = std::make_shared<Http2Exchange>(std::move(request), bodies_, this, stream);
  exchange->request_ended = last;
  exchanges_[stream] = exchange;
  router_->Route(exchange);
  if (last) OnBody(stream, {}, true);
}

void Http2Session::OnBody(std::int32_t stream, std::string_view bytes, bool last) {
  const auto found = exchanges_.find(stream);
  if (found == exchanges_.end()) return;
  const std::shared_ptr<Http2Exchange> exchange = found->second;
  exchange->request_ended = last;
  const std::shared_ptr<ExchangeHandler> handler = exchange->handler();
  if (!handler || exchange->answer_ended()) return;  // nobody holds what comes now
  if (exchange->body_share()->Grow(bytes.size())) {
    handler->OnBody(bytes, last);
    if (last) exchange->body_share()->Shrink(0);  // what the handler needs of it, it has
  } else {
    exchange->body_share()->Shrink(0);
    handler->OnNoRoom();
  }
}

void Http2Session::OnStreamClosed(std::int32_t stream, std::uint32_t error_code) {
  heads_.erase(stream);
  if (error_code != NGHTTP2_NO_ERROR) ++reset_count_;
  const auto found = exchanges_.find(stream);
  if (found == exchanges_.end()) return;
  const std::shared_ptr<Http2Exchange> exchange = std::move(found->second);
  exchanges_.erase(found);
  exchange->Detach();
  if (exchanges_.empty() && !writing_) deadline_.Set(limits_.idle_timeout);
}

void Http2Session::Stop() {
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                        nullptr, 0);
  stopping_ = true;
  const auto exchanges = exchanges_;
  for (const auto& [stream, exchange] : exchanges) {
    if (const auto handler = exchange->handler()) handler->OnStop();
  }
  FlushSoon();
}

void Http2Session::Close() {
  if (is_closed_) return;
  const auto self = shared_from_this();
  is_closed_ = true;
  deadline_.Stop();
  boost::system::error_code ignored;
  socket_.close(ignored);
  const auto exchanges = std::exchange(exchanges_, {});
  for (const auto& [stream, exchange] : exchanges) exchange->Detach();
  closed_(this);
}

}  // namespace syspulse
