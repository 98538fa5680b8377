#include "web-gateway/server/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "services/base/text.h"
#include "web-gateway/server/http2_exchange.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/peer_address.h"

namespace syspulse {
namespace {

namespace asio = boost::asio;

// As much as is written at once.
constexpr std::size_t kWriteBytes = 64 << 10;
// What a header counts for beside its bytes, RFC 9113, section 6.5.2: a byte on the wire may stand
// for a whole one.
constexpr std::size_t kHeaderOverhead = 32;

std::string_view View(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

// nghttp2's callbacks, which are C.
struct Http2Callbacks {
  static Http2Session* Of(void* user) { return static_cast<Http2Session*>(user); }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      Of(user)->heads_[frame->hd.stream_id] = {.request = {.version = 20}};
    }
    return 0;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
    const auto found = Of(user)->heads_.find(frame->hd.stream_id);
    if (found == Of(user)->heads_.end()) return 0;  // trailers of a request mean nothing here
    HttpRequest& request = found->second.request;
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
    found->second.bytes += name_size + value_size + kHeaderOverhead;
    return found->second.bytes > kMaxHeadBytes ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE
                                               : 0;  // resets the stream
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
};

Http2Session::Http2Session(asio::ip::tcp::socket socket, Router* router,
                           const ConnectionLimits& limits, BodyBudget* bodies, Closed closed)
    : socket_(std::move(socket)),
      peer_(PeerAddress(socket_)),
      router_(router),
      limits_(limits),
      bodies_(bodies),
      closed_(std::move(closed)),
      deadline_(socket_.get_executor()),
      next_check_(socket_.get_executor()) {
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
  next_check_.Bind(weak_from_this(), [this] { ResetStuckStreams(); });
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
  HttpRequest request = std::move(heads_[stream].request);
  request.peer = peer_;
  heads_.erase(stream);
  ++stream_count_;
  if (!writing_) deadline_.Clear();
  const auto exchange = std::make_shared<Http2Exchange>(std::move(request), bodies_, this, stream);
  exchange->request_ended = last;
  if (exchanges_.empty()) CheckSoon();
  exchanges_[stream] = exchange;
  router_->Route(exchange);
  if (last) OnBody(stream, {}, true);
}

void Http2Session::OnBody(std::int32_t stream, std::string_view bytes, bool last) {
  const auto found = exchanges_.find(stream);
  if (found == exchanges_.end()) return;
  const std::shared_ptr<Http2Exchange> exchange = found->second;
  exchange->TakeBody(bytes, last);
}

void Http2Session::CheckSoon() {
  next_check_.Set(std::min(limits_.body_timeout, limits_.write_timeout) / 2);
}

// The connection may be well while a stream on it is not: its client sends no more of a request, or
// lets flow control stop the answer.
void Http2Session::ResetStuckStreams() {
  for (const auto& [stream, exchange] : exchanges_) {
    if (!exchange->IsStuck(limits_)) continue;
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
  }
  if (!exchanges_.empty()) CheckSoon();
  FlushSoon();
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
  next_check_.Stop();
  boost::system::error_code ignored;
  socket_.close(ignored);
  const auto exchanges = std::exchange(exchanges_, {});
  for (const auto& [stream, exchange] : exchanges) exchange->Detach();
  closed_(this);
}

}  // namespace syspulse
