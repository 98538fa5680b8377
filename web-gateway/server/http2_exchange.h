// One stream of an HTTP/2 connection.
#ifndef WEB_GATEWAY_SERVER_HTTP2_EXCHANGE_H_
#define WEB_GATEWAY_SERVER_HTTP2_EXCHANGE_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "web-gateway/server/deadline.h"
#include "web-gateway/server/exchange.h"
#include "web-gateway/server/limits.h"

namespace syspulse {

class Http2Session;

// Speaks to its session until the session lets go of it.
class Http2Exchange final : public Exchange {
 public:
  Http2Exchange(HttpRequest request, BodyBudget* bodies, Http2Session* session, std::int32_t stream)
      : Exchange(std::move(request), bodies), session_(session), stream_(stream) {}

  bool full_duplex() const override { return true; }
  void Respond(HttpResponse response) override;
  void StartStream(HttpResponse head) override;
  void Write(std::string bytes, std::function<void()> written) override;
  void End() override;

  // Cuts the ties; tells the handler if its answer was not complete.
  void Detach();

  // Gives the handler what came of the request's body.
  void TakeBody(std::string_view bytes, bool last);

  // Fills `out` with the next bytes of the answer. As nghttp2's data source wants it.
  ssize_t Pull(std::uint8_t* out, std::size_t size, std::uint32_t* flags);

  // Returns whether the client has let us hold a part of its request, or of the answer, for longer
  // than it may.
  bool IsStuck(const ConnectionLimits& limits);

  // The client has ended its request.
  bool request_ended = false;

 private:
  void Submit(HttpResponse response);
  std::string_view Body() const { return shared_ ? *shared_ : body_; }

  Http2Session* session_;
  const std::int32_t stream_;
  bool answered_ = false;
  bool ended_ = false;
  // Of the answer, what is not pulled yet. `shared_` stands for `body_` where it is set.
  std::string body_;
  std::shared_ptr<const std::string> shared_;
  std::size_t pulled_ = 0;
  std::function<void()> written_;
  TimerTime taken_at_;  // the last part of that, or when it was there to be taken
  // Since when what is held of the request waits for the rest, or all of it does.
  TimerTime held_since_ = TimerNow();
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_HTTP2_EXCHANGE_H_
