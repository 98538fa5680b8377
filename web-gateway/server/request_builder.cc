#include "web-gateway/server/request_builder.h"

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "web-gateway/server/base64.h"
#include "web-gateway/server/percent_encoding.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

namespace pb = google::protobuf;

absl::Status Unfit(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrFormat("is not %s", what));
}

// Parses `value` and sets it by `set`, or adds it by `add` where the field is repeated.
template <typename Number, typename Reflect>
absl::Status SetNumber(const std::string& value, Reflect reflect) {
  const auto number = ParseNumber<Number>(value);
  if (!number)
    return Unfit(std::is_floating_point_v<Number> ? "a number" : "a whole number in range");
  reflect(*number);
  return absl::OkStatus();
}

// Messages whose JSON is a string or a plain value, so that they can be a parameter.
bool IsPlainInJson(const pb::Descriptor& type) {
  static constexpr std::array<std::string_view, 12> kTypes = {
      "google.protobuf.Timestamp",   "google.protobuf.Duration",    "google.protobuf.FieldMask",
      "google.protobuf.DoubleValue", "google.protobuf.FloatValue",  "google.protobuf.Int64Value",
      "google.protobuf.UInt64Value", "google.protobuf.Int32Value",  "google.protobuf.UInt32Value",
      "google.protobuf.BoolValue",   "google.protobuf.StringValue", "google.protobuf.BytesValue"};
  for (const std::string_view name : kTypes) {
    if (type.full_name() == name) return true;
  }
  return false;
}

std::string ExpectedForm(const pb::Descriptor& type) {
  if (type.name() == "Duration") return "a duration such as 1.5s";
  if (type.name() == "Timestamp") return "a time such as 2026-01-02T03:04:05Z";
  if (type.name() == "FieldMask") return "a list of fields such as cpu,memory";
  return "a value of " + type.full_name();
}

const pb::EnumValueDescriptor* FindEnumValue(const pb::EnumDescriptor& type,
                                             const std::string& value) {
  if (const auto* by_name = type.FindValueByName(value)) return by_name;
  const auto number = ParseNumber<int>(value);
  return number ? type.FindValueByNumber(*number) : nullptr;
}

}  // namespace

absl::Status RequestBuilder::SetMessage(pb::Message* message, const pb::FieldDescriptor& field,
                                        const std::string& value) {
  const pb::Descriptor& type = *field.message_type();
  if (field.is_map() || !IsPlainInJson(type)) {
    return absl::InvalidArgumentError("is a message; name a field in it");
  }
  auto bytes = codec_->FromJson(type, JsonString(value));
  if (!bytes.ok() && type.name() == "BoolValue") bytes = codec_->FromJson(type, value);
  if (!bytes.ok()) return Unfit(ExpectedForm(type));
  pb::Message* target = field.is_repeated()
                            ? message->GetReflection()->AddMessage(message, &field, &factory_)
                            : message->GetReflection()->MutableMessage(message, &field, &factory_);
  target->ParseFromString(*bytes);
  return absl::OkStatus();
}

absl::Status RequestBuilder::SetField(pb::Message* message, const pb::FieldDescriptor& field,
                                      const std::string& value) {
  const pb::Reflection& r = *message->GetReflection();
  const bool many = field.is_repeated();
  const auto put = [&](auto add, auto set) {
    return [&r, &field, message, many, add, set](auto v) {
      if (many) {
        (r.*add)(message, &field, v);
      } else {
        (r.*set)(message, &field, v);
      }
    };
  };
  using R = pb::Reflection;
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return SetNumber<std::int32_t>(value, put(&R::AddInt32, &R::SetInt32));
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return SetNumber<std::int64_t>(value, put(&R::AddInt64, &R::SetInt64));
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return SetNumber<std::uint32_t>(value, put(&R::AddUInt32, &R::SetUInt32));
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return SetNumber<std::uint64_t>(value, put(&R::AddUInt64, &R::SetUInt64));
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return SetNumber<double>(value, put(&R::AddDouble, &R::SetDouble));
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return SetNumber<float>(value, put(&R::AddFloat, &R::SetFloat));
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      if (value != "true" && value != "false") return Unfit("true or false");
      put(&R::AddBool, &R::SetBool)(value == "true");
      return absl::OkStatus();
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      const auto* number = FindEnumValue(*field.enum_type(), value);
      if (number == nullptr) return Unfit("a value of " + field.enum_type()->full_name());
      put(&R::AddEnum, &R::SetEnum)(number);
      return absl::OkStatus();
    }
    case pb::FieldDescriptor::CPPTYPE_STRING: {
      std::optional<std::string> bytes = value;
      if (field.type() == pb::FieldDescriptor::TYPE_BYTES) {
        bytes = DecodeBase64(value);
        if (!bytes) return Unfit("base64");
      } else if (ToUtf8(value) != value) {
        return Unfit("UTF-8");
      }
      put(&R::AddString, &R::SetString)(*bytes);
      return absl::OkStatus();
    }
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(message, field, value);
  }
  return absl::InternalError("is of a type that protobuf has invented since");
}

absl::Status RequestBuilder::SetPath(pb::Message* message, std::string_view path,
                                     const std::string& value) {
  const pb::FieldDescriptor* field = nullptr;
  const std::vector<std::string_view> names = Split(path, '.');
  for (std::size_t i = 0; i < names.size(); ++i) {
    field = FindField(*message->GetDescriptor(), names[i]);
    if (field == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrFormat("is not a field of %s", message->GetDescriptor()->full_name()));
    }
    if (i + 1 == names.size()) break;
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE || field->is_repeated()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("goes through '%s', which holds no fields", names[i]));
    }
    message = message->GetReflection()->MutableMessage(message, field, &factory_);
  }
  return SetField(message, *field, value);
}

absl::StatusOr<std::string> RequestBuilder::Build(const RestMatch& match, std::string_view query,
                                                  std::string_view body) {
  const RestRoute& route = *match.route;
  const pb::Descriptor& type = *route.method->descriptor->input_type();
  const std::unique_ptr<pb::Message> message(factory_.GetPrototype(&type)->New());
  if (route.has_body) {
    const pb::Descriptor& body_type =
        route.body_field != nullptr ? *route.body_field->message_type() : type;
    ASSIGN_OR_RETURN(const std::string bytes, codec_->FromJson(body_type, body));
    pb::Message* const target =
        route.body_field == nullptr
            ? message.get()
            : message->GetReflection()->MutableMessage(message.get(), route.body_field, &factory_);
    target->ParseFromString(bytes);
  } else if (!Trim(body).empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s takes no body here", route.method->descriptor->full_name()));
  }
  const auto parameters = ParseQuery(query);
  if (!parameters) return absl::InvalidArgumentError("the query is not percent-encoded correctly");
  if (route.has_body && route.body_field == nullptr && !parameters->empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("parameter '%s' has no place here: the body is all of the request",
                        parameters->front().first.substr(0, 128)));
  }
  std::set<std::string_view> seen;
  const auto set = [&](std::string_view kind, const std::string& name,
                       const std::string& value) -> absl::Status {
    const absl::Status status = SetPath(message.get(), name, value);
    if (status.ok()) return status;
    return absl::InvalidArgumentError(
        absl::StrFormat("%s '%s' %s", kind, name.substr(0, 128), std::string(status.message())));
  };
  for (const auto& [name, value] : *parameters) {
    const pb::FieldDescriptor* field = FindFieldPath(type, name);
    if (field != nullptr && !field->is_repeated() && !seen.insert(name).second) {
      return absl::InvalidArgumentError(
          absl::StrFormat("parameter '%s' is given twice", name.substr(0, 128)));
    }
    RETURN_IF_ERROR(set("parameter", name, value));
  }
  for (const auto& [name, value] : match.variables) {
    RETURN_IF_ERROR(set("path variable", name, value));
  }
  return message->SerializeAsString();
}

}  // namespace syspulse
