// A connection from a client, in whatever version of HTTP.
#ifndef WEB_GATEWAY_SERVER_SESSION_H_
#define WEB_GATEWAY_SERVER_SESSION_H_

#include <memory>

namespace syspulse {

// Confined to the gateway's thread.
class Session {
 public:
  virtual ~Session() = default;
  // Takes no more requests, ends streams with a status that says why, lets other answers finish,
  // and then closes.
  virtual void Stop() = 0;
  // Cuts the connection; calls in progress are cancelled.
  virtual void Close() = 0;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_SESSION_H_
