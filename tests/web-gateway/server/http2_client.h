// A small HTTP/2 client for tests: one connection, many streams, no TLS. Gives up after 5 seconds.
#ifndef TESTS_WEB_GATEWAY_SERVER_HTTP2_CLIENT_H_
#define TESTS_WEB_GATEWAY_SERVER_HTTP2_CLIENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_session;

namespace syspulse {

class Http2Client {
 public:
  struct Stream {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::string body;
    bool closed = false;
    std::uint32_t error_code = 0;
  };

  explicit Http2Client(std::uint16_t port);
  ~Http2Client();
  Http2Client(const Http2Client&) = delete;
  Http2Client& operator=(const Http2Client&) = delete;

  // Opens a stream and returns its number. Its body goes on with Write and End.
  std::int32_t Open(const std::string& method, const std::string& path,
                    const std::vector<std::pair<std::string, std::string>>& headers = {},
                    const std::string& authority = "localhost");
  void Write(std::int32_t stream, std::string_view bytes);
  void End(std::int32_t stream);
  void Reset(std::int32_t stream);

  // Reads until `done`, given the stream as it is; returns it. The connection's end ends the wait
  // too.
  const Stream& WaitFor(std::int32_t stream, const std::function<bool(const Stream&)>& done);
  // Reads until the stream is closed.
  const Stream& WaitForEnd(std::int32_t stream);
  // Whether the connection has ended, or does so in time.
  bool ReadsEnd();

 private:
  friend struct Http2ClientCallbacks;
  struct Outgoing {
    std::string bytes;
    bool ended = false;
  };

  void Flush();
  bool Fill();

  int fd_ = -1;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Stream> streams_;
  std::map<std::int32_t, Outgoing> outgoing_;
};

}  // namespace syspulse

#endif  // TESTS_WEB_GATEWAY_SERVER_HTTP2_CLIENT_H_
