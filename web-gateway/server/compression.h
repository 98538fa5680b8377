// Gzip for answers that are worth it.
#ifndef WEB_GATEWAY_SERVER_COMPRESSION_H_
#define WEB_GATEWAY_SERVER_COMPRESSION_H_

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

// Compresses the body of `response`, and says so in its headers, unless it is small. For clients
// that accept gzip.
void GzipBody(HttpResponse* response);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_COMPRESSION_H_
