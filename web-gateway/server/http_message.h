// A request and an answer of HTTP, whatever the version of the protocol that carries them.
//
// Header names are in lower case everywhere, as HTTP/2 has them. Values are what stood in the
// message, without white space at the ends.
#ifndef WEB_GATEWAY_SERVER_HTTP_MESSAGE_H_
#define WEB_GATEWAY_SERVER_HTTP_MESSAGE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syspulse {

// Headers in the order of the message; a name may stand more than once.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Returns the first value of `name` (in lower case), or the empty view.
std::string_view FindHeader(const HeaderList& headers, std::string_view name);

// Returns whether a comma-separated header such as Accept lists `token`, parameters aside and in
// any case. A token with `q=0` does not count.
bool ListsToken(std::string_view header, std::string_view token);

// Returns a media type without its parameters, in lower case: `text/html` of
// `Text/HTML; charset=utf-8`.
std::string MediaType(std::string_view content_type);

struct HttpRequest {
  std::string method;
  // The target as it was sent, cut at the first `?`. Not decoded.
  std::string path;
  std::string query;
  // Host and port that the client believes to talk to: the Host header or `:authority`.
  std::string authority;
  HeaderList headers;
  // 10, 11 or 20.
  int version = 11;
  // Address and port of whoever sent it; may be empty.
  std::string peer;

  std::string_view Header(std::string_view name) const { return FindHeader(headers, name); }
};

struct HttpResponse {
  int status = 200;
  HeaderList headers;
  std::string body;
  // Stands for `body` where it is set: bytes that many answers share.
  std::shared_ptr<const std::string> shared_body;

  std::string_view Body() const { return shared_body ? *shared_body : body; }
};

// Returns the words that HTTP/1.1 puts behind a status, `Not Found`.
std::string_view ReasonPhrase(int status);

// Returns an answer that is one sentence of plain text.
HttpResponse PlainAnswer(int status, std::string_view sentence);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_HTTP_MESSAGE_H_
