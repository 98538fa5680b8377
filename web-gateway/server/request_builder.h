// Builds an rpc's request message from a REST call: path variables, query parameters, body.
#ifndef WEB_GATEWAY_SERVER_REQUEST_BUILDER_H_
#define WEB_GATEWAY_SERVER_REQUEST_BUILDER_H_

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "web-gateway/server/json_codec.h"
#include "web-gateway/server/route_table.h"

namespace syspulse {

// Confined to the gateway's thread.
class RequestBuilder {
 public:
  // `codec` must outlive this, as must the pool of every type that is built.
  explicit RequestBuilder(const JsonCodec* codec) : codec_(codec) {}

  // Returns the serialised request. `query` is still encoded. Parameters are named as in JSON or as
  // in the .proto, with dots into messages; a repeated field takes a parameter for each value.
  // Returns InvalidArgument that names the parameter or field where something does not fit.
  absl::StatusOr<std::string> Build(const RestMatch& match, std::string_view query,
                                    std::string_view body);

 private:
  absl::Status SetPath(google::protobuf::Message* message, std::string_view path,
                       const std::string& value);
  absl::Status SetField(google::protobuf::Message* message,
                        const google::protobuf::FieldDescriptor& field, const std::string& value);
  absl::Status SetMessage(google::protobuf::Message* message,
                          const google::protobuf::FieldDescriptor& field, const std::string& value);

  const JsonCodec* const codec_;
  google::protobuf::DynamicMessageFactory factory_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_REQUEST_BUILDER_H_
