// One request and its answer on a connection: what a handler sees of the client.
//
// The session (HTTP/1.1 or HTTP/2) makes an Exchange when the head of a request is complete, and
// the Router gives it a handler. From then on the session feeds the handler and the handler
// answers, either whole (Respond) or as a stream (StartStream, Write…, End). Everything here
// happens on the one thread of the gateway.
#ifndef WEB_GATEWAY_SERVER_EXCHANGE_H_
#define WEB_GATEWAY_SERVER_EXCHANGE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "web-gateway/server/body_budget.h"
#include "web-gateway/server/http_message.h"

namespace syspulse {

// What answers an exchange.
class ExchangeHandler {
 public:
  virtual ~ExchangeHandler() = default;

  // More of the request's body, and whether it was the last. HTTP/1.1 bodies come in one piece;
  // HTTP/2 bodies come as the client sends them.
  virtual void OnBody(std::string_view bytes, bool last) = 0;

  // There is no room for more of the body: answer so (kNoRoomForBody). No more of it comes.
  virtual void OnNoRoom() = 0;

  // The client left, or the answer could not be written. Nothing that is answered later arrives.
  virtual void OnGone() = 0;

  // The gateway stops. What would go on for ever should end now.
  virtual void OnStop() {}
};

class Exchange {
 public:
  // `bodies` must outlive the exchange.
  Exchange(HttpRequest request, BodyBudget* bodies)
      : request_(std::move(request)), body_share_(bodies) {}
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const HttpRequest& request() const { return request_; }

  // The bytes of the body that came and that a handler may still hold. A handler that passes them
  // on splits its part off; what is left when the request has ended is given back.
  BodyShare* body_share() { return &body_share_; }

  // Whether the answer may begin before the request has ended.
  virtual bool full_duplex() const = 0;

  // Answers with all there is to say. Instead of StartStream, Write and End.
  virtual void Respond(HttpResponse response) = 0;

  // Begins an answer whose body comes in pieces; the body of `head` is not used.
  virtual void StartStream(HttpResponse head) = 0;

  // Sends a piece of the body. `written` is called once the connection has taken it, and not at all
  // if the client leaves; the next Write must wait for it.
  virtual void Write(std::string bytes, std::function<void()> written) = 0;

  // Ends the answer, after the last Write was taken.
  virtual void End() = 0;

  void set_handler(std::shared_ptr<ExchangeHandler> handler) { handler_ = std::move(handler); }
  const std::shared_ptr<ExchangeHandler>& handler() const { return handler_; }

 protected:
  // Lets go of the handler, which holds this exchange.
  void ForgetHandler() { handler_.reset(); }

 private:
  HttpRequest request_;
  BodyShare body_share_;
  std::shared_ptr<ExchangeHandler> handler_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_EXCHANGE_H_
