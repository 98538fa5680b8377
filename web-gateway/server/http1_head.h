// The heads of HTTP/1.1 messages, between text and our own types.
#ifndef WEB_GATEWAY_SERVER_HTTP1_HEAD_H_
#define WEB_GATEWAY_SERVER_HTTP1_HEAD_H_

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "web-gateway/server/http_message.h"

namespace syspulse {

// Returns a request's head. Returns InvalidArgument where the Host header is missing or stands
// twice, or the target is no path.
absl::StatusOr<HttpRequest> ToHttpRequest(
    const boost::beast::http::header<true, boost::beast::http::fields>& head);

// Returns the text of an answer's head. `length` is the body's length, if it is known and there is
// one. Line breaks in values become spaces, so that no value can add a header.
std::string Http1HeadText(const HttpResponse& response, std::optional<std::size_t> length,
                          bool chunked, bool keep_alive);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_HTTP1_HEAD_H_
