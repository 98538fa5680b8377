// Messages between protobuf's bytes and protobuf's JSON, by their descriptors.
//
// JSON is the same in every protocol of the gateway: camelCase names, enums by name, int64 as
// strings, NaN as "NaN"; fields without presence are left out at their default, `optional` fields
// that are set are printed also at zero. Unknown fields in a request are an error, so that a typing
// mistake is told rather than ignored.
#ifndef WEB_GATEWAY_SERVER_JSON_CODEC_H_
#define WEB_GATEWAY_SERVER_JSON_CODEC_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/type_resolver.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse {

// What becomes of fields in JSON that their message does not have.
enum class UnknownFields { kRefused, kIgnored };

// Confined to the gateway's thread.
class JsonCodec {
 public:
  // `pool` must outlive this, and hold every type that is asked for.
  explicit JsonCodec(const google::protobuf::DescriptorPool* pool);

  // Returns a serialised message as JSON. Returns DataLoss if it is not of that type.
  absl::StatusOr<std::string> ToJson(const google::protobuf::Descriptor& type,
                                     const std::string& bytes) const;

  // Returns JSON as a serialised message; an empty text is an empty message. Returns
  // InvalidArgument that names the field where the text is not of that type.
  absl::StatusOr<std::string> FromJson(const google::protobuf::Descriptor& type,
                                       std::string_view json,
                                       UnknownFields unknown = UnknownFields::kRefused) const;

 private:
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_JSON_CODEC_H_
