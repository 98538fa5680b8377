// Gzip: of requests, and for answers that are worth it.
#ifndef WEB_GATEWAY_SERVER_COMPRESSION_H_
#define WEB_GATEWAY_SERVER_COMPRESSION_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "web-gateway/server/http_message.h"

namespace syspulse {

// Returns `bytes` compressed at `level` (1 fast to 9 small), or nothing if memory is short.
std::optional<std::string> Gzip(std::string_view bytes, int level);

// Returns compressed bytes decompressed, or nothing if they are not gzip or become more than
// `limit` bytes.
std::optional<std::string> Gunzip(std::string_view bytes, std::size_t limit);

// Returns whether the body of a request is gzip.
bool HasGzipBody(const HttpRequest& request);

// Returns the refusal of a request whose body is coded in another way; nothing for any other.
std::optional<HttpResponse> RefuseOtherCoding(const HttpRequest& request);

// Compresses the body of `response`, and says so in its headers, unless it is small. For clients
// that accept gzip.
void GzipBody(HttpResponse* response);

// Compresses an answer that is sent in pieces.
class GzipStream {
 public:
  // Returns nothing if memory is short.
  static std::unique_ptr<GzipStream> Create();
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  // Returns what is to be sent for `bytes`, so that the client can read all of it at once. `last`
  // ends the stream.
  std::string Add(std::string_view bytes, bool last);

 private:
  struct State;
  explicit GzipStream(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_COMPRESSION_H_
