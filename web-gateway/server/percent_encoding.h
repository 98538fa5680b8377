// Percent-encoding: of paths and queries (RFC 3986) and of the grpc-message trailer.
#ifndef WEB_GATEWAY_SERVER_PERCENT_ENCODING_H_
#define WEB_GATEWAY_SERVER_PERCENT_ENCODING_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syspulse {

// Returns `text` with its `%XX` resolved, or nothing if one is malformed.
std::optional<std::string> PercentDecode(std::string_view text);

// Returns the parameters of a query, `a=1&b=x+y`, in their order, decoded (`+` is a space). Returns
// nothing if one is malformed.
std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view query);

// Returns a status message as the grpc-message trailer carries it: printable ASCII but `%` as it
// is, all else as `%XX`; see "Percent-Encoded" in gRPC's PROTOCOL-HTTP2.md.
std::string EncodeGrpcMessage(std::string_view message);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_PERCENT_ENCODING_H_
