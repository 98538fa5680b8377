#include "tests/web-gateway/server/http2_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace syspulse {

// nghttp2's callbacks, which are C.
struct Http2ClientCallbacks {
  static Http2Client* Of(void* user) { return static_cast<Http2Client*>(user); }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
    auto& stream = Of(user)->streams_[frame->hd.stream_id];
    const std::string key(reinterpret_cast<const char*>(name), name_size);
    const std::string text(reinterpret_cast<const char*>(value), value_size);
    if (key == ":status") {
      stream.status = std::atoi(text.c_str());
    } else {
      stream.headers[key] = text;
    }
    return 0;
  }
  static int OnData(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                    std::size_t size, void* user) {
    Of(user)->streams_[stream].body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }
  static int OnClose(nghttp2_session*, std::int32_t stream, std::uint32_t error_code, void* user) {
    Of(user)->streams_[stream].closed = true;
    Of(user)->streams_[stream].error_code = error_code;
    return 0;
  }
  static ssize_t Pull(nghttp2_session*, std::int32_t stream, std::uint8_t* out, std::size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* user) {
    auto& outgoing = Of(user)->outgoing_[stream];
    const std::size_t count = std::min(size, outgoing.bytes.size());
    std::memcpy(out, outgoing.bytes.data(), count);
    outgoing.bytes.erase(0, count);
    if (outgoing.bytes.empty() && outgoing.ended) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
    } else if (count == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(count);
  }
};

Http2Client::Http2Client(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // frames go out one by one
  connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Http2ClientCallbacks::OnHeader);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks,
                                                            &Http2ClientCallbacks::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Http2ClientCallbacks::OnClose);
  nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  Flush();
}

Http2Client::~Http2Client() {
  nghttp2_session_del(session_);
  close(fd_);
}

std::int32_t Http2Client::Open(const std::string& method, const std::string& path,
                               const std::vector<std::pair<std::string, std::string>>& headers,
                               const std::string& authority) {
  std::vector<std::pair<std::string, std::string>> all = {
      {":method", method}, {":scheme", "http"}, {":authority", authority}, {":path", path}};
  all.insert(all.end(), headers.begin(), headers.end());
  std::vector<nghttp2_nv> list;
  for (auto& [name, value] : all) {
    list.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                    reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                    NGHTTP2_NV_FLAG_NONE});
  }
  nghttp2_data_provider provider{};
  provider.read_callback = &Http2ClientCallbacks::Pull;
  const std::int32_t stream =
      nghttp2_submit_request(session_, nullptr, list.data(), list.size(), &provider, nullptr);
  Flush();
  return stream;
}

void Http2Client::Write(std::int32_t stream, std::string_view bytes) {
  outgoing_[stream].bytes += bytes;
  nghttp2_session_resume_data(session_, stream);
  Flush();
}

void Http2Client::End(std::int32_t stream) {
  outgoing_[stream].ended = true;
  nghttp2_session_resume_data(session_, stream);
  Flush();
}

void Http2Client::Reset(std::int32_t stream) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
  Flush();
}

void Http2Client::Flush() {
  const std::uint8_t* bytes = nullptr;
  ssize_t size = 0;
  while ((size = nghttp2_session_mem_send(session_, &bytes)) > 0) {
    if (send(fd_, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL) != size) return;
  }
}

bool Http2Client::Fill() {
  std::uint8_t bytes[16384];
  const ssize_t size = recv(fd_, bytes, sizeof(bytes), 0);
  if (size <= 0) return false;
  if (nghttp2_session_mem_recv(session_, bytes, static_cast<std::size_t>(size)) < 0) return false;
  Flush();
  return true;
}

const Http2Client::Stream& Http2Client::WaitFor(std::int32_t stream,
                                                const std::function<bool(const Stream&)>& done) {
  while (!done(streams_[stream]) && Fill()) {
  }
  return streams_[stream];
}

const Http2Client::Stream& Http2Client::WaitForEnd(std::int32_t stream) {
  return WaitFor(stream, [](const Stream& current) { return current.closed; });
}

bool Http2Client::ReadsEnd() {
  while (Fill()) {
  }
  char byte = 0;
  return recv(fd_, &byte, 1, 0) == 0 || errno == ECONNRESET;
}

}  // namespace syspulse
