// What a request asks for, RFC 9112, section 3.2: `/metrics?collect[]=cpu`, or the same behind
// `http://host:port`, as proxies are asked.
#ifndef SERVICES_EXPORTER_REQUEST_TARGET_H_
#define SERVICES_EXPORTER_REQUEST_TARGET_H_

#include <optional>
#include <string>
#include <string_view>

namespace syspulse {

struct RequestTarget {
  std::string path;   // decoded, begins with '/'
  std::string query;  // what follows the '?', encoded as it came; may be empty

  bool operator==(const RequestTarget&) const = default;
};

// Returns nothing if it is no target of a page, or is encoded wrongly.
std::optional<RequestTarget> ParseRequestTarget(std::string_view target);

// Returns the text with each %XX as the byte it stands for; nothing if a % is not followed by two
// hexadecimal digits.
std::optional<std::string> FromPercentEncoding(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_REQUEST_TARGET_H_
