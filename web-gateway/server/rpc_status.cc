#include "web-gateway/server/rpc_status.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <array>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

struct CodeRow {
  std::string_view name;
  int http_status;
};

// By number; see google/rpc/code.proto and https://connectrpc.com/docs/protocol#error-codes.
constexpr std::array<CodeRow, 17> kCodes = {{
    {"OK", 200},
    {"CANCELLED", 499},
    {"UNKNOWN", 500},
    {"INVALID_ARGUMENT", 400},
    {"DEADLINE_EXCEEDED", 504},
    {"NOT_FOUND", 404},
    {"ALREADY_EXISTS", 409},
    {"PERMISSION_DENIED", 403},
    {"RESOURCE_EXHAUSTED", 429},
    {"FAILED_PRECONDITION", 400},
    {"ABORTED", 409},
    {"OUT_OF_RANGE", 400},
    {"UNIMPLEMENTED", 501},
    {"INTERNAL", 500},
    {"UNAVAILABLE", 503},
    {"DATA_LOSS", 500},
    {"UNAUTHENTICATED", 401},
}};

// Field of google.rpc.Status that holds its details.
constexpr int kDetailsField = 3;

const CodeRow& RowOf(grpc::StatusCode code) {
  const int number = static_cast<int>(code);
  return kCodes[number >= 0 && number < static_cast<int>(kCodes.size()) ? number : 2];
}

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

int HttpStatusOf(grpc::StatusCode code) { return RowOf(code).http_status; }

std::string_view CodeName(grpc::StatusCode code) { return RowOf(code).name; }

std::string ConnectCodeName(grpc::StatusCode code) {
  if (code == grpc::StatusCode::CANCELLED) return "canceled";
  return ToLower(CodeName(code));
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

std::vector<ErrorDetail> DetailsOf(const grpc::Status& status) {
  // google.rpc.Status is not among our messages; all that is needed of it is one field.
  google::protobuf::UnknownFieldSet fields;
  std::vector<ErrorDetail> details;
  if (!fields.ParseFromString(status.error_details())) return details;
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    google::protobuf::Any any;
    if (field.number() != kDetailsField ||
        field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED ||
        !any.ParseFromString(field.length_delimited())) {
      continue;
    }
    const std::string& url = any.type_url();
    details.push_back({.type = url.substr(url.rfind('/') + 1), .value = any.value()});
  }
  return details;
}

absl::StatusOr<absl::Duration> ParseGrpcTimeout(std::string_view text) {
  const auto error = absl::InvalidArgumentError(
      absl::StrFormat("grpc-timeout is '%s'; it takes 1 to 8 digits and one of H, M, S, m, u, n",
                      text.substr(0, 32)));
  if (text.size() < 2 || text.size() > 9) return error;
  const std::string_view digits = text.substr(0, text.size() - 1);
  if (!AllDigits(digits)) return error;
  const std::int64_t number = *ParseNumber<std::int64_t>(digits);
  switch (text.back()) {
    case 'H':
      return absl::Hours(number);
    case 'M':
      return absl::Minutes(number);
    case 'S':
      return absl::Seconds(number);
    case 'm':
      return absl::Milliseconds(number);
    case 'u':
      return absl::Microseconds(number);
    case 'n':
      return absl::Nanoseconds(number);
    default:
      return error;
  }
}

absl::StatusOr<absl::Duration> ParseConnectTimeout(std::string_view text) {
  if (text.size() > 10 || !AllDigits(text)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Connect-Timeout-Ms is '%s'; it takes 1 to 10 digits", text.substr(0, 32)));
  }
  return absl::Milliseconds(*ParseNumber<std::int64_t>(text));
}

std::string JsonString(std::string_view text) {
  std::string json = "\"";
  for (const char c : ToUtf8(text)) {
    if (c == '"' || c == '\\') {
      json.push_back('\\');
      json.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
      json += absl::StrFormat("\\u%04x", static_cast<int>(c));
    } else {
      json.push_back(c);
    }
  }
  return json + "\"";
}

}  // namespace syspulse
