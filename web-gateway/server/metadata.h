// Which HTTP headers become gRPC metadata, and back.
//
// Everything a client says passes to the service, except what belongs to HTTP, to the browser or to
// the protocol that is being translated. Keys that end in `-bin` hold bytes and travel as base64.
#ifndef WEB_GATEWAY_SERVER_METADATA_H_
#define WEB_GATEWAY_SERVER_METADATA_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "web-gateway/server/http_message.h"

namespace syspulse {

// Metadata of a call; values of `-bin` keys are bytes, not base64.
using Metadata = std::vector<std::pair<std::string, std::string>>;

// gRPC servers refuse a call with more than 8 KiB of metadata without saying so well.
inline constexpr std::size_t kMaxMetadataBytes = 7 << 10;

// Returns the metadata that a request's headers ask for. Returns InvalidArgument for bytes that are
// not base64 or not printable, ResourceExhausted above kMaxMetadataBytes.
absl::StatusOr<Metadata> ToMetadata(const HeaderList& headers);

// Returns metadata of an answer as headers, each name behind `prefix`. Keys that an answer sets by
// itself are left out.
HeaderList ToHeaders(const Metadata& metadata, std::string_view prefix = "");

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_METADATA_H_
