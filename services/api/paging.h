// Pages of the List methods: sizes and tokens.
//
// A token says where the next page begins and which request it belongs to: a token used with other
// arguments is an error, not a wrong page.
#ifndef SERVICES_API_PAGING_H_
#define SERVICES_API_PAGING_H_

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse {

// Sizes of the pages of one method.
struct PageLimits {
  std::int32_t default_size;
  std::int32_t max_size;
};

// Returns the size to use: the default for 0, the maximum for anything above it. InvalidArgument
// for a negative size.
absl::StatusOr<std::size_t> PageSize(std::int32_t requested, PageLimits limits);

// Returns the token of the page that begins at `position`, for a request like this one.
// `arguments` is the request without its page size and token.
std::string MakePageToken(const google::protobuf::Message& arguments, std::string_view position);

// Returns the position in a token; empty for an empty token. InvalidArgument if the token was not
// made by MakePageToken for the same arguments.
absl::StatusOr<std::string> ParsePageToken(const google::protobuf::Message& arguments,
                                           const std::string& token);

// Returns a List request without its page size and token: what a token is bound to.
template <typename Request>
Request ArgumentsOf(const Request& request) {
  Request arguments = request;
  arguments.clear_page_size();
  arguments.clear_page_token();
  return arguments;
}

}  // namespace syspulse

#endif  // SERVICES_API_PAGING_H_
