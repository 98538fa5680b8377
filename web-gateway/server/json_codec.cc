#include "web-gateway/server/json_codec.h"

#include <google/protobuf/type.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

namespace pb = google::protobuf;

constexpr const char* kUrlPrefix = "type.googleapis.com";

std::string UrlOf(const pb::Descriptor& type) {
  return std::string(kUrlPrefix) + "/" + type.full_name();
}

// Remembers the types it was asked for: protobuf asks anew for every message that it converts, and
// making a Type from a descriptor costs more than the conversion.
class CachingResolver final : public pb::util::TypeResolver {
 public:
  explicit CachingResolver(const pb::DescriptorPool* pool)
      : resolver_(pb::util::NewTypeResolverForDescriptorPool(kUrlPrefix, pool)) {}

  pb::util::Status ResolveMessageType(const std::string& url, pb::Type* type) override {
    if (const auto found = types_.find(url); found != types_.end()) {
      *type = found->second;
      return {};
    }
    const pb::util::Status status = resolver_->ResolveMessageType(url, type);
    if (status.ok()) types_[url] = *type;
    return status;
  }

  pb::util::Status ResolveEnumType(const std::string& url, pb::Enum* type) override {
    if (const auto found = enums_.find(url); found != enums_.end()) {
      *type = found->second;
      return {};
    }
    const pb::util::Status status = resolver_->ResolveEnumType(url, type);
    if (status.ok()) enums_[url] = *type;
    return status;
  }

 private:
  const std::unique_ptr<pb::util::TypeResolver> resolver_;
  std::map<std::string, pb::Type> types_;
  std::map<std::string, pb::Enum> enums_;
};

}  // namespace

JsonCodec::JsonCodec(const pb::DescriptorPool* pool)
    : resolver_(std::make_unique<CachingResolver>(pool)) {}

absl::StatusOr<std::string> JsonCodec::ToJson(const pb::Descriptor& type,
                                              const std::string& bytes) const {
  std::string json;
  const auto status = pb::util::BinaryToJsonString(resolver_.get(), UrlOf(type), bytes, &json);
  if (!status.ok()) {
    return absl::DataLossError(
        absl::StrFormat("the service's answer is not a %s: %s", type.full_name(),
                        std::string(status.message().data(), status.message().size())));
  }
  return json;
}

absl::StatusOr<std::string> JsonCodec::FromJson(const pb::Descriptor& type, std::string_view json,
                                                UnknownFields unknown) const {
  if (Trim(json).empty()) return std::string();
  std::string bytes;
  pb::util::JsonParseOptions options;
  options.ignore_unknown_fields = unknown == UnknownFields::kIgnored;
  const auto status = pb::util::JsonToBinaryString(
      resolver_.get(), UrlOf(type), pb::StringPiece(json.data(), json.size()), &bytes, options);
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the JSON is not a %s: %s", type.full_name(),
                        std::string(status.message().data(), status.message().size())));
  }
  return bytes;
}

}  // namespace syspulse
