#include "web-gateway/server/http2_exchange.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>
#include <vector>

#include "web-gateway/server/http2_session.h"

namespace syspulse {
namespace {

nghttp2_nv ToNv(const std::string& name, const std::string& value) {
  // nghttp2 copies both; its interface predates const.
  return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(),
          value.size(), NGHTTP2_NV_FLAG_NONE};
}

// nghttp2's data source.
ssize_t PullOf(nghttp2_session* session, std::int32_t stream, std::uint8_t* out, std::size_t size,
               std::uint32_t* flags, nghttp2_data_source* source, void*) {
  auto* exchange = static_cast<Http2Exchange*>(source->ptr);
  const ssize_t count = exchange->Pull(out, size, flags);
  if ((*flags & NGHTTP2_DATA_FLAG_EOF) != 0 && !exchange->request_ended) {
    // The answer came before the request ended: the rest of it is not wanted.
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_NO_ERROR);
  }
  return count;
}

}  // namespace

void Http2Exchange::Respond(HttpResponse response) {
  if (session_ == nullptr || answered_) return;
  const bool no_body =
      response.status == 204 || response.status == 304 || request().method == "HEAD";
  if (response.status != 204 && response.status != 304) {
    response.headers.emplace_back("content-length", std::to_string(response.Body().size()));
  }
  if (!no_body) {
    body_ = std::move(response.body);
    shared_ = std::move(response.shared_body);
  }
  ended_ = true;
  taken_at_ = TimerNow();
  Submit(std::move(response));
}

void Http2Exchange::StartStream(HttpResponse head) {
  if (session_ != nullptr && !answered_) Submit(std::move(head));
}

void Http2Exchange::Write(std::string bytes, std::function<void()> written) {
  if (session_ == nullptr) return;
  if (body_.empty()) taken_at_ = TimerNow();
  body_ += bytes;
  written_ = std::move(written);
  nghttp2_session_resume_data(session_->session_, stream_);
  session_->FlushSoon();
}

void Http2Exchange::End() {
  if (session_ == nullptr) return;
  ended_ = true;
  nghttp2_session_resume_data(session_->session_, stream_);
  session_->FlushSoon();
}

void Http2Exchange::Detach() {
  session_ = nullptr;
  written_ = nullptr;  // which may hold this exchange
  const std::shared_ptr<ExchangeHandler> last = handler();
  ForgetHandler();
  if (last) last->OnGone();
}

void Http2Exchange::TakeBody(std::string_view bytes, bool last) {
  request_ended = last;
  const std::shared_ptr<ExchangeHandler> receiver = handler();
  if (!receiver || ended_) return;  // nobody holds what comes now
  const std::size_t held = body_share()->bytes();
  if (body_share()->Grow(bytes.size())) {
    receiver->OnBody(bytes, last);
    if (last) body_share()->Shrink(0);  // what the handler needs of it, it has
  } else {
    body_share()->Shrink(0);
    receiver->OnNoRoom();
  }
  // From the first byte that is held on, or the last time that a part was complete.
  const bool taken = body_share()->bytes() < held + bytes.size();
  if (held == 0 || taken) held_since_ = TimerNow();
}

ssize_t Http2Exchange::Pull(std::uint8_t* out, std::size_t size, std::uint32_t* flags) {
  const std::string_view body = Body();
  const std::size_t count = std::min(size, body.size() - pulled_);
  std::memcpy(out, body.data() + pulled_, count);
  pulled_ += count;
  if (count > 0) taken_at_ = TimerNow();
  if (pulled_ == body.size()) {
    body_.clear();
    shared_.reset();
    pulled_ = 0;
    if (ended_) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (written_) {
      boost::asio::post(session_->socket_.get_executor(), std::exchange(written_, nullptr));
    }
    if (count == 0 && !ended_) return NGHTTP2_ERR_DEFERRED;
  }
  return static_cast<ssize_t>(count);
}

bool Http2Exchange::IsStuck(const ConnectionLimits& limits) {
  const TimerTime now = TimerNow();
  // A client stream whose answer has begun may rest between its messages.
  const bool asks = !request_ended && (!answered_ || ended_);
  const bool waits = asks || body_share()->bytes() > 0;
  if (waits && now - held_since_ > limits.body_timeout) return true;
  return pulled_ < Body().size() && now - taken_at_ > limits.write_timeout;
}

void Http2Exchange::Submit(HttpResponse response) {
  answered_ = true;
  session_->router_->policy().Decorate(request(), &response);
  const std::string status_name = ":status";
  const std::string status = std::to_string(response.status);
  std::vector<nghttp2_nv> headers = {ToNv(status_name, status)};
  for (const auto& [name, value] : response.headers) headers.push_back(ToNv(name, value));
  nghttp2_data_provider provider{};
  provider.source.ptr = this;
  provider.read_callback = &PullOf;
  nghttp2_submit_response(session_->session_, stream_, headers.data(), headers.size(), &provider);
  session_->FlushSoon();
}

}  // namespace syspulse
