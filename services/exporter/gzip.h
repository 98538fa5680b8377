// Pages in fewer bytes, for scrapers that ask for it.
#ifndef SERVICES_EXPORTER_GZIP_H_
#define SERVICES_EXPORTER_GZIP_H_

#include <optional>
#include <string>
#include <string_view>

namespace syspulse {

// Returns whether the value of a request's header Accept-Encoding allows gzip; RFC 9110, 12.5.3.
bool AcceptsGzip(std::string_view accept_encoding);

// Returns `text` as gzip, RFC 1952, made fast rather than small; nothing if memory is short.
std::optional<std::string> Gzip(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_GZIP_H_
