// A connection that speaks HTTP/2 without TLS, its preface already seen: many exchanges at once,
// each with both directions open at once. That is what server reflection and bidirectional rpcs
// need.
//
// nghttp2 knows the protocol (RFC 9113); this class moves its bytes and keeps its streams.
#ifndef WEB_GATEWAY_SERVER_HTTP2_SESSION_H_
#define WEB_GATEWAY_SERVER_HTTP2_SESSION_H_

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "web-gateway/server/body_budget.h"
#include "web-gateway/server/deadline.h"
#include "web-gateway/server/exchange.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/router.h"
#include "web-gateway/server/session.h"

struct nghttp2_session;

namespace syspulse {

class Http2Exchange;

// Confined to the gateway's thread. Lives as long as its connection.
class Http2Session final : public Session, public std::enable_shared_from_this<Http2Session> {
 public:
  using Closed = std::function<void(Session*)>;

  // `router`, `limits` and `bodies` must outlive the session; `closed` is called once when the
  // connection is over.
  Http2Session(boost::asio::ip::tcp::socket socket, Router* router, const ConnectionLimits& limits,
               BodyBudget* bodies, Closed closed);
  ~Http2Session() override;

  // Begins with the bytes that were read already.
  void Start(std::string_view bytes);
  void Stop() override;
  void Close() override;

 private:
  friend class Http2Exchange;
  friend struct Http2Callbacks;

  void Read();
  // Gives bytes to nghttp2, then sends what it answers.
  void Feed(std::string_view bytes);
  void Flush();
  void FlushSoon();
  void OnHeaders(std::int32_t stream, bool last);
  void OnBody(std::int32_t stream, std::string_view bytes, bool last);
  void OnStreamClosed(std::int32_t stream, std::uint32_t error_code);
  void CheckSoon();
  void ResetStuckStreams();

  boost::asio::ip::tcp::socket socket_;
  const std::string peer_;
  Router* const router_;
  const ConnectionLimits& limits_;
  BodyBudget* const bodies_;
  Closed closed_;
  nghttp2_session* session_ = nullptr;
  std::array<char, 16 << 10> incoming_;
  std::string outgoing_;
  bool writing_ = false;
  bool flush_posted_ = false;
  bool is_closed_ = false;
  bool stopping_ = false;
  std::size_t stream_count_ = 0;
  std::size_t reset_count_ = 0;
  struct Head {
    HttpRequest request;
    std::size_t bytes = 0;
  };
  // Requests whose head is not complete yet, and exchanges under way, by stream.
  std::map<std::int32_t, Head> heads_;
  std::map<std::int32_t, std::shared_ptr<Http2Exchange>> exchanges_;
  Deadline deadline_;    // of the connection
  Deadline next_check_;  // of its streams, while there are any
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_HTTP2_SESSION_H_
