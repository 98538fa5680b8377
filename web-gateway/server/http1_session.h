// A connection that speaks HTTP/1.0 or HTTP/1.1: reads requests, one at a time, and writes answers.
//
// The connection is always being read, also while an answer is under way: that is how a client that
// leaves is noticed. What it sends ahead is kept, up to a buffer full.
#ifndef WEB_GATEWAY_SERVER_HTTP1_SESSION_H_
#define WEB_GATEWAY_SERVER_HTTP1_SESSION_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "web-gateway/server/body_budget.h"
#include "web-gateway/server/deadline.h"
#include "web-gateway/server/exchange.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/router.h"
#include "web-gateway/server/session.h"

namespace syspulse {

class Http1Exchange;

// Confined to the gateway's thread. Lives as long as its connection.
class Http1Session final : public Session, public std::enable_shared_from_this<Http1Session> {
 public:
  // Called once when the connection is over.
  using Closed = std::function<void(Session*)>;
  // Called instead if the client turns out to speak HTTP/2, with the connection and what was read.
  using Upgrade = std::function<void(boost::asio::ip::tcp::socket, std::string)>;

  // `router`, `limits` and `bodies` must outlive the session.
  Http1Session(boost::asio::ip::tcp::socket socket, Router* router, const ConnectionLimits& limits,
               BodyBudget* bodies, Closed closed, Upgrade upgrade);

  void Start();
  // Answers the connection itself with `status`, and ends it.
  void Refuse(int status, std::string_view sentence);
  void Stop() override;
  void Close() override;

 private:
  friend class Http1Exchange;

  enum class State { kIdle, kHead, kBody, kAnswering, kLingering, kClosed };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  struct Piece {
    std::string text;
    std::shared_ptr<const std::string> shared;
    std::function<void()> written;
  };

  void Read();
  void OnRead(const boost::system::error_code& error, std::size_t size);
  void Parse();
  bool ParseOnce();
  void RefuseParse(const boost::system::error_code& error);
  bool IsHttp2Preface();
  void BeginExchange();
  bool HoldBody();
  void DeliverBody();

  // Of the exchange.
  void SendAnswer(HttpResponse response);
  void SendStreamHead(HttpResponse head);
  void SendStreamPiece(std::string bytes, std::function<void()> written);
  void SendStreamEnd();
  std::string HeadText(HttpResponse* response, std::optional<std::size_t> length);

  void Send(Piece piece);
  void Flush();
  void OnWritten(const boost::system::error_code& error);
  void FinishAnswer();
  void DropExchange(bool gone);

  void OnDeadline();

  boost::asio::ip::tcp::socket socket_;
  const std::string peer_;
  Router* const router_;
  const ConnectionLimits& limits_;
  BodyBudget* const bodies_;
  Closed closed_;
  Upgrade upgrade_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::shared_ptr<Http1Exchange> exchange_;
  State state_ = State::kIdle;
  bool first_bytes_ = true;
  bool reading_ = false;
  bool keep_alive_ = true;
  bool chunked_ = false;
  bool answered_ = false;
  bool answer_complete_ = false;

  std::deque<Piece> outgoing_;
  std::deque<Piece> in_flight_;

  Deadline deadline_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_HTTP1_SESSION_H_
